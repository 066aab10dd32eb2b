"""Wrong proofs and the locks that follow, on PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import proof_failures, proof_locks

WRONG_PROOFS_ALLOWED = 5
LOCK_TIME = timedelta(hours=24)


class PostgresProofLedger:
    """``izin.ports.ProofLedger`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def is_locked(self, number: str, conversation_id: str, now: datetime) -> bool:
        """Say whether the number or the chat is locked at ``now``."""
        with transaction(self._engine) as connection:
            return _exists(
                connection,
                proof_locks.c.subject.in_(_subjects(number, conversation_id)),
                proof_locks.c.until > now,
            )

    def record_failure(
        self, number: str, conversation_id: str, turn_id: str, now: datetime
    ) -> bool:
        """Count a wrong proof once per turn; True when it caused a new lock."""
        with transaction(self._engine) as connection:
            for subject in sorted(_subjects(number, conversation_id)):
                connection.execute(
                    text("select pg_advisory_xact_lock(hashtextextended(:key, 1))"),
                    {"key": subject},
                )
            subjects = _subjects(number, conversation_id)
            counted_at = connection.execute(
                select(proof_failures.c.at).where(proof_failures.c.turn_id == turn_id)
            ).scalar()
            if counted_at is not None:  # run again after a crash: the first result again
                return _exists(
                    connection,
                    proof_locks.c.subject.in_(subjects),
                    proof_locks.c.until == counted_at + LOCK_TIME,
                )
            if _exists(connection, proof_locks.c.subject.in_(subjects), proof_locks.c.until > now):
                return False
            connection.execute(
                insert(proof_failures).values(
                    turn_id=turn_id, number=number, conversation_id=conversation_id, at=now
                )
            )
            since = now - LOCK_TIME
            worst = max(
                connection.execute(
                    select(func.count())
                    .select_from(proof_failures)
                    .where(column == value, proof_failures.c.at > since)
                ).scalar_one()
                for column, value in (
                    (proof_failures.c.number, number),
                    (proof_failures.c.conversation_id, conversation_id),
                )
            )
            if worst < WRONG_PROOFS_ALLOWED:
                return False
            for subject in subjects:
                statement = upsert(proof_locks).values(subject=subject, until=now + LOCK_TIME)
                connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=["subject"], set_={"until": statement.excluded.until}
                    )
                )
        return True


def _exists(connection: Connection, *conditions: ColumnElement[bool]) -> bool:
    found = connection.execute(select(proof_locks.c.subject).where(*conditions).limit(1))
    return found.first() is not None


def _subjects(number: str, conversation_id: str) -> tuple[str, str]:
    return (f"number:{number}", f"chat:{conversation_id}")
