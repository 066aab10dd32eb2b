"""All that is forgotten by rule: by kind, noted by day, and tried out without forgetting it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.storage.postgres import (
    complaint_retention,
    due,
    erasure,
    leftovers,
    opinion_months,
    retention,
)
from izin.storage.postgres.engine import is_id, one_commit, transaction
from izin.storage.postgres.erasure import Files
from izin.storage.tables.conversations import media_files
from izin.storage.tables.keeping import retention_days

KINDS = (
    "forget_old_messages",
    "forget_closed_complaints",
    "forget_uploads",
    "expire_files",
    "forget_unrecorded_files",
    "forget_review_items",
    "forget_trackers",
    "forget_old_drafts",
    "forget_old_choices",
    "forget_old_proofs",
    "forget_mailboxes",
    "forget_readings",
    "forget_failed_jobs",
    "merge_old_opinions",
)
"""In the order people read them; each is a job of that name."""

NOTES_LIVE = timedelta(days=2 * 365)
SHOWN = timedelta(days=30)

Job = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went of a kind: in its last run, and within 30 days."""

    kind: str
    last_at: datetime
    last_removed: int
    lately: int


def recorded(engine: Engine, jobs: Mapping[str, Job]) -> dict[str, Job]:
    """Give the jobs, those of retention noting how much they removed."""

    def run(name: str, job: Job, now: datetime) -> int:
        removed = job(now)
        note(engine, name, removed, datetime.now(UTC))
        return removed

    return {name: partial(run, name, job) if name in KINDS else job for name, job in jobs.items()}


def note(engine: Engine, kind: str, removed: int, at: datetime) -> None:
    """Note what a run removed; a day is one row, very old days are forgotten."""
    added = upsert(retention_days).values(
        kind=kind, day=at.date(), removed=removed, last_removed=removed, last_at=at
    )
    with transaction(engine) as connection:
        connection.execute(
            added.on_conflict_do_update(
                index_elements=["kind", "day"],
                set_={
                    "removed": retention_days.c.removed + added.excluded.removed,
                    "last_removed": added.excluded.last_removed,
                    "last_at": added.excluded.last_at,
                },
            )
        )
        old: date = (at - NOTES_LIVE).date()
        connection.execute(
            delete(retention_days).where(retention_days.c.kind == kind, retention_days.c.day < old)
        )


def forgotten(engine: Engine, now: datetime) -> dict[str, Forgotten]:
    """Give what went, by kind; kinds that never ran are absent."""
    newest = (
        select(retention_days)
        .distinct(retention_days.c.kind)
        .order_by(retention_days.c.kind, retention_days.c.day.desc())
    )
    lately = (
        select(retention_days.c.kind, func.sum(retention_days.c.removed))
        .where(retention_days.c.day > (now - SHOWN).date())
        .group_by(retention_days.c.kind)
    )
    with transaction(engine) as connection:
        sums = {row[0]: int(row[1]) for row in connection.execute(lately)}
        rows = connection.execute(newest).all()
    return {
        row.kind: Forgotten(row.kind, row.last_at, row.last_removed, sums.get(row.kind, 0))
        for row in rows
    }


def jobs_of(engine: Engine, files: Files, folder: Path) -> dict[str, Job]:
    """Give every job of retention, by kind."""
    found = {
        **due.bound_jobs(engine),
        **erasure.bound_hourly(engine, files),
        **retention.bound_jobs(engine, files),
        **complaint_retention.bound_hourly(engine, files),
        **leftovers.bound_hourly(engine, folder),
        **opinion_months.bound_hourly(engine),
    }
    return {kind: found[kind] for kind in KINDS}


def due_now(engine: Engine, folder: Path, now: datetime) -> dict[str, int]:
    """Give how much each kind's next run would remove; nothing is removed.

    Each job really runs, in a transaction that is undone, so that this can tell no other number
    than the run itself.
    """
    found: dict[str, int] = {}
    for kind, job in jobs_of(engine, _RecordsAlone(engine), folder).items():
        if kind == "forget_unrecorded_files":
            before = (now - leftovers.UNRECORDED_FILES_LIVE).timestamp()
            found[kind] = sum(1 for _ in leftovers.unrecorded_files(engine, folder, before))
            continue
        try:
            with one_commit(engine):
                found[kind] = job(now)
                raise _Undo
        except _Undo:
            continue
    return found


class _Undo(Exception):
    """Lets everything that was tried be undone."""


class _RecordsAlone:
    """Removes the records of files within the transaction that is undone, never their content."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def remove(self, media_id: str) -> None:
        if is_id(media_id):
            with transaction(self._engine) as connection:
                connection.execute(delete(media_files).where(media_files.c.id == media_id))
