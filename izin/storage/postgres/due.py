"""Work that becomes due with time, done exactly once whatever the clock that asks.

Every job takes the moment it is asked for, so that the simulator's clock, a restart after
days of downtime and the hourly run all do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Date, Engine, cast, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.complaints import ComplaintState, Confidentiality
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import complaint_events, complaints
from izin.storage.tables.conversations import (
    choices,
    drafts,
    escalations,
    proof_failures,
    proof_locks,
)

CHOICES_LIVE = timedelta(days=30)
DRAFTS_LIVE = timedelta(days=7)
FINISHED_DRAFTS_LIVE = timedelta(hours=1)
FAILURES_LIVE = timedelta(days=2)
ORIGINS_LIVE = timedelta(hours=1)

_OVERDUE_LOCK = 7_203_003
_FORGOTTEN = "anonymous:"

DueJob = Callable[[Engine, datetime], int]


def forget_old_choices(engine: Engine, now: datetime) -> int:
    """Forget buttons shown more than 30 days ago; tapping one then gets a kind answer."""
    with transaction(engine) as connection:
        return connection.execute(
            delete(choices).where(choices.c.created_at < now - CHOICES_LIVE)
        ).rowcount


def forget_old_drafts(engine: Engine, now: datetime) -> int:
    """Forget tasks left unfinished for 7 days, and finished ones after an hour.

    They may hold personal data; a finished one is kept only to survive a crash in mid-turn.
    """
    finished = (drafts.c.document["now"] == {}) & (drafts.c.updated_at < now - FINISHED_DRAFTS_LIVE)
    with transaction(engine) as connection:
        return connection.execute(
            delete(drafts).where(finished | (drafts.c.updated_at < now - DRAFTS_LIVE))
        ).rowcount


def forget_old_proofs(engine: Engine, now: datetime) -> int:
    """Forget wrong proofs and locks that no longer decide anything."""
    with transaction(engine) as connection:
        failures = connection.execute(
            delete(proof_failures).where(proof_failures.c.at < now - FAILURES_LIVE)
        ).rowcount
        locks = connection.execute(delete(proof_locks).where(proof_locks.c.until < now)).rowcount
    return failures + locks


def escalate_overdue_complaints(engine: Engine, now: datetime) -> int:
    """Open complaints whose promised first response has passed to an officer, once each.

    An anonymous complaint has no conversation to open; its event alone shows it.
    """
    due = cast(complaints.c.first_response_due["day"].astext, Date)
    with transaction(engine) as connection:
        # Two gateways may ask at the same time.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _OVERDUE_LOCK})
        overdue = connection.execute(
            select(complaints.c.ticket, complaints.c.conversation_id).where(
                complaints.c.state == ComplaintState.RECEIVED.value,
                due < now.date(),
                ~select(complaint_events.c.id)
                .where(
                    complaint_events.c.ticket == complaints.c.ticket,
                    complaint_events.c.kind == "first_response_overdue",
                )
                .exists(),
            )
        ).all()
        for row in overdue:
            connection.execute(
                complaint_events.insert().values(
                    ticket=row.ticket, at=now, kind="first_response_overdue"
                )
            )
            if row.conversation_id is not None:
                connection.execute(
                    upsert(escalations)
                    .values(
                        conversation_id=row.conversation_id,
                        key=f"complaint_overdue:{row.ticket}",
                        reason="complaint_overdue",
                        opened_at=now,
                    )
                    .on_conflict_do_nothing()
                )
    return len(overdue)


def forget_anonymous_origins(engine: Engine, now: datetime) -> int:
    """Forget which turn filed an anonymous complaint, once that turn can no longer run again.

    Until then its idempotency key, which names the turn, keeps a crash from filing it twice.
    """
    with transaction(engine) as connection:
        return connection.execute(
            update(complaints)
            .where(
                complaints.c.confidentiality == Confidentiality.ANONYMOUS.value,
                complaints.c.filed_at < now - ORIGINS_LIVE,
                ~complaints.c.key.startswith(_FORGOTTEN),
            )
            .values(key=func.concat(literal(_FORGOTTEN), complaints.c.ticket))
        ).rowcount


JOBS: Mapping[str, DueJob] = {
    "forget_old_choices": forget_old_choices,
    "forget_old_drafts": forget_old_drafts,
    "forget_old_proofs": forget_old_proofs,
    "escalate_overdue_complaints": escalate_overdue_complaints,
    "forget_anonymous_origins": forget_anonymous_origins,
}


def bound_jobs(engine: Engine) -> dict[str, Callable[[datetime], int]]:
    """Give every job by name, ready to be called with the moment it is asked for."""
    return {name: partial(job, engine) for name, job in JOBS.items()}
