"""Officers and the conversations they hold, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.officers import LEASE, Handling, Line, OfficerSession, Waiting
from izin.replies import Reply
from izin.storage.postgres import officer_holds, officer_queue
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.conversations import conversations, escalations
from izin.storage.tables.officers import escalation_messages, officer_handlings
from izin.storage.text import storable

_handling = officer_handlings.c


class PostgresOfficers:
    """``izin.ports.Officers`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def beat(self, session: OfficerSession, now: datetime) -> None:
        """Record that an officer is present."""
        with transaction(self._engine) as connection:
            officer_queue.beat(connection, session, now)

    def leave(self, session: str) -> bool:
        """Forget a session."""
        with transaction(self._engine) as connection:
            return officer_queue.leave(connection, session)

    def present(self, now: datetime) -> Sequence[OfficerSession]:
        """Give the sessions present, one per officer."""
        with transaction(self._engine) as connection:
            return officer_queue.present(connection, now)

    def waiting(self) -> Sequence[Waiting]:
        """Give every conversation with an open escalation."""
        with transaction(self._engine) as connection:
            return officer_queue.waiting(connection)

    def handling_times(self, now: datetime) -> Sequence[timedelta]:
        """Give recent handling times."""
        with transaction(self._engine) as connection:
            return officer_queue.handling_times(connection, now)

    def conversation_with(self, conversation_id: str) -> Sequence[Line]:
        """Give what was said between the citizen and officers."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            return officer_queue.conversation_with(connection, conversation_id)

    def leave_message(self, conversation_id: str, turn_id: str) -> bool:
        """Add a turn's message to the newest thing that is open in the chat."""
        with transaction(self._engine) as connection:
            escalation = connection.execute(
                select(escalations.c.id)
                .where(officer_holds.open_in_chat(conversation_id))
                .order_by(escalations.c.id.desc())
                .limit(1)
            ).scalar()
            if escalation is None:
                return False
            connection.execute(
                upsert(escalation_messages)
                .values(escalation_id=escalation, turn_id=turn_id)
                .on_conflict_do_nothing()
            )
            others = select(func.count()).where(
                escalation_messages.c.escalation_id == escalation,
                escalation_messages.c.turn_id != turn_id,
            )
            return connection.execute(others).scalar() == 0

    def withdraw(self, conversation_id: str, reason: str, now: datetime) -> bool:
        """Close the open escalations of a reason."""
        with transaction(self._engine) as connection:
            closed = (
                update(escalations)
                .where(
                    escalations.c.conversation_id == conversation_id,
                    escalations.c.reason == reason,
                    escalations.c.closed_at.is_(None),
                )
                .values(closed_at=now)
            )
            return connection.execute(closed).rowcount > 0

    def claim(
        self, conversation_id: str, officer: str, role: str, notice: Reply, now: datetime
    ) -> Handling:
        """Give the conversation to an officer; the bot is silent from this commit on."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            officer_holds.lock(connection, conversation_id)
            held = officer_holds.active(connection, conversation_id)
            if held is not None and held.officer != officer:
                raise Conflict(f"conversation {conversation_id} is held by another officer")
            if held is not None:
                officer_holds.renew(connection, held.id, now)
            else:
                self._begin(connection, conversation_id, officer, role, notice, now)
            return officer_holds.read(officer_holds.hold_of(connection, conversation_id))

    def handling(self, conversation_id: str) -> Handling | None:
        """Give the hold on a conversation."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            row = officer_holds.active(connection, conversation_id)
        return None if row is None else officer_holds.read(row)

    def reply(
        self, conversation_id: str, officer: str, reply: Reply, key: str, now: datetime
    ) -> str:
        """Put an officer's answer into the outbox, once per key."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            officer_holds.lock(connection, conversation_id)
            held = officer_holds.active(connection, conversation_id)
            if held is None or held.officer != officer:
                raise Conflict(f"conversation {conversation_id} is not held by this officer")
            officer_holds.renew(connection, held.id, now, replied_at=now)
            return officer_holds.tell(connection, held, reply, key)

    def renew(self, conversation_id: str, officer: str, now: datetime) -> bool:
        """Let one's own hold last for another lease."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            officer_holds.lock(connection, conversation_id)
            held = officer_holds.active(connection, conversation_id)
            if held is None or held.officer != officer:
                return False
            officer_holds.renew(connection, held.id, now)
            return True

    def transfer(
        self, conversation_id: str, officer: str | None, to: str, role: str, notice: Reply,
        now: datetime,
    ) -> Handling:  # fmt: skip
        """Pass the conversation to another officer in one step, so that the bot stays silent."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            officer_holds.lock(connection, conversation_id)
            held = officer_holds.active(connection, conversation_id)
            if officer is not None and (held is None or held.officer != officer):
                raise Conflict(f"conversation {conversation_id} is not held by this officer")
            if held is not None and held.officer == to:
                officer_holds.renew(connection, held.id, now)
            else:
                if held is not None:
                    officer_holds.end(connection, held, now, "alih")
                self._begin(connection, conversation_id, to, role, notice, now)
            return officer_holds.read(officer_holds.hold_of(connection, conversation_id))

    def release(
        self, conversation_id: str, officer: str, notice: Reply, now: datetime, *,
        served: bool = True,
    ) -> bool:  # fmt: skip
        """End one's own hold."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            officer_holds.lock(connection, conversation_id)
            held = officer_holds.active(connection, conversation_id)
            if held is None:
                return False
            if held.officer != officer:
                raise Conflict(f"conversation {conversation_id} is held by another officer")
            officer_holds.end(connection, held, now, "petugas" if served else "lepas")
            if served:
                officer_holds.close(connection, conversation_id, now)
            else:
                officer_holds.keep_open(connection, held, now)
            officer_holds.tell_if_heard(connection, held, notice, "released", now)
            return True

    def return_to_bot(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """End the hold by the citizen's word; told True again when the turn runs again."""
        with transaction(self._engine) as connection:
            if not officer_holds.lock(connection, conversation_id):
                ended = exists().where(
                    _handling.conversation_id == conversation_id, _handling.ended_in == turn_id
                )
                return bool(connection.execute(select(ended)).scalar())
            held = officer_holds.active(connection, conversation_id)
            if held is None:
                officer_holds.let_go(connection, conversation_id)
            else:
                officer_holds.end(connection, held, now, "warga", turn_id)
            officer_holds.close(connection, conversation_id, now)
            return True

    def expired(self, now: datetime) -> Sequence[Handling]:
        """Give the holds whose lease has run out."""
        with transaction(self._engine) as connection:
            rows = connection.execute(
                officer_holds.handlings().where(_handling.lease_until <= now)
            ).all()
        return [officer_holds.read(row) for row in rows]

    def expire(self, handling: Handling, notice: Reply, now: datetime) -> bool:
        """End a hold that has run out; what the citizen still waits for stays open."""
        with transaction(self._engine) as connection:
            officer_holds.lock(connection, handling.conversation_id)
            held = officer_holds.active(connection, handling.conversation_id)
            if held is None or held.id != handling.id or held.lease_until > now:
                return False
            officer_holds.end(connection, held, now, "waktu")
            if handling.waits:
                officer_holds.keep_open(connection, held, now)
            else:
                officer_holds.close(connection, handling.conversation_id, now)
            officer_holds.tell_if_heard(connection, held, notice, "expired", now)
            return True

    def _begin(
        self,
        connection: Connection,
        conversation_id: str,
        officer: str,
        role: str,
        notice: Reply,
        now: datetime,
    ) -> None:
        connection.execute(
            insert(officer_handlings).values(
                conversation_id=conversation_id,
                officer=storable(officer),
                role=storable(role),
                claimed_at=now,
                lease_until=now + LEASE,
            )
        )
        connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(held_by_officer=True)
        )
        held = officer_holds.hold_of(connection, conversation_id)
        officer_holds.tell_if_heard(connection, held, notice, "claimed", now)


def _known_shape(conversation_id: str) -> None:
    if not is_id(conversation_id):
        raise NotFound(f"conversation {conversation_id!r}")
