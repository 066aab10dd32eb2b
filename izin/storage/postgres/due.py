"""Work that becomes due with time, done exactly once whatever the clock that asks.

Every job takes the moment it is asked for, so that the simulator's clock, a restart after
days of downtime and the hourly run all do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Date, Engine, String, cast, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.complaint_states import ENDED, ComplaintState
from izin.storage.postgres import sealing, sealing_due
from izin.storage.postgres.batches import delete_in_batches
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import SHELVES, Shelf
from izin.storage.tables.conversations import (
    choices,
    drafts,
    escalations,
    proof_failures,
    proof_locks,
    turns,
)

CHOICES_LIVE = timedelta(days=30)
DRAFTS_LIVE = timedelta(days=7)
FINISHED_DRAFTS_LIVE = timedelta(hours=1)
FAILURES_LIVE = timedelta(days=2)
OVERDUE_AT_ONCE = 100
"""Complaints of one commit; after long downtime thousands may be overdue."""

_OVERDUE_LOCK = 7_203_003
_UNANSWERED = tuple(
    state.value for state in ComplaintState if state not in {*ENDED, ComplaintState.WAITING}
)

DueJob = Callable[[Engine, datetime], int]


def forget_old_choices(engine: Engine, now: datetime) -> int:
    """Forget buttons shown more than 30 days ago; tapping one then gets a kind answer."""
    return delete_in_batches(engine, choices, choices.c.created_at < now - CHOICES_LIVE)


def forget_old_drafts(engine: Engine, now: datetime) -> int:
    """Forget tasks left unfinished for 7 days, and finished ones after an hour.

    They may hold personal data; a finished one is kept only to survive a crash in mid-turn.
    """
    # The office's time is that of the turn; the simulator's clock may be far from the server's.
    turned = (
        select(turns.c.office_now)
        .where(
            turns.c.conversation_id == drafts.c.conversation_id,
            cast(turns.c.id, String) == drafts.c.document["turn"].astext,
        )
        .correlate(drafts)
        .scalar_subquery()
    )
    at = func.greatest(drafts.c.updated_at, func.coalesce(turned, drafts.c.updated_at))
    finished = (drafts.c.document["now"] == {}) & (at < now - FINISHED_DRAFTS_LIVE)
    left = at < now - DRAFTS_LIVE
    with transaction(engine) as connection:
        abandoned = connection.execute(
            select(drafts.c.document).where(drafts.c.kind == sealing.INTAKE, left)
        ).scalars()
        # The draft is the last to know which turns told of something confidential.
        sealing_due.note_intakes(connection, abandoned)
        return connection.execute(delete(drafts).where(finished | left)).rowcount


def forget_old_proofs(engine: Engine, now: datetime) -> int:
    """Forget wrong proofs and locks that no longer decide anything."""
    failures = delete_in_batches(engine, proof_failures, proof_failures.c.at < now - FAILURES_LIVE)
    return failures + delete_in_batches(engine, proof_locks, proof_locks.c.until < now)


def escalate_overdue_complaints(engine: Engine, now: datetime) -> int:
    """Note complaints whose promised first response has passed, once each.

    An ordinary one is opened to an officer. A sealed one must not be met in that list: its
    event alone shows it, at the complaint desk.
    """
    noted, went = 0, [OVERDUE_AT_ONCE]
    while max(went) == OVERDUE_AT_ONCE:
        with transaction(engine) as connection:
            # Two gateways may ask at the same time.
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _OVERDUE_LOCK})
            went = [_note_overdue(connection, shelf, now) for shelf in SHELVES]
        noted += sum(went)
    return noted


def _note_overdue(connection: Connection, shelf: Shelf, now: datetime) -> int:
    complaints, events = shelf.complaints, shelf.events
    overdue = connection.execute(
        select(complaints.c.ticket, complaints.c.conversation_id)
        .where(
            complaints.c.state.in_(_UNANSWERED),
            complaints.c.responded_at.is_(None),
            cast(complaints.c.first_response_due["day"].astext, Date) < now.date(),
            ~select(events.c.id)
            .where(
                events.c.ticket == complaints.c.ticket, events.c.kind == "first_response_overdue"
            )
            .exists(),
        )
        .limit(OVERDUE_AT_ONCE)
    ).all()
    for row in overdue:
        connection.execute(
            events.insert().values(ticket=row.ticket, at=now, kind="first_response_overdue")
        )
        if row.conversation_id is not None and not shelf.sealed:
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


JOBS: Mapping[str, DueJob] = {
    "forget_old_choices": forget_old_choices,
    "forget_old_drafts": forget_old_drafts,
    "forget_old_proofs": forget_old_proofs,
    "escalate_overdue_complaints": escalate_overdue_complaints,
}


def bound_jobs(engine: Engine) -> dict[str, Callable[[datetime], int]]:
    """Give every job by name, ready to be called with the moment it is asked for."""
    return {name: partial(job, engine) for name, job in JOBS.items()}
