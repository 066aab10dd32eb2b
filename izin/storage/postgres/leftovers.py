"""Forgets what conversations leave behind: raw payloads, trackers, jobs, files without a record.

Periods follow the privacy notice: what holds words of citizens goes after the 90 days of a chat.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine, Text, cast, select, text

from izin.privacy import CHAT_LIVES
from izin.storage.postgres.batches import BATCH, delete_in_batches
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.conversations import (
    conversations,
    media_files,
    rasa_trackers,
    review_items,
)

FAILED_JOBS_LIVE = timedelta(days=30)
"""Long enough to look into why; they hold ids alone."""
UNRECORDED_FILES_LIVE = timedelta(days=1)
"""A file is on disk before its record is: what is younger may still get one."""

_PAGE = 500
# A job that was never put back has no time of its own: it gets the one it is first seen failed.
_DATE_JOBS = """
UPDATE procrastinate_jobs SET scheduled_at = :now WHERE id IN (
    SELECT id FROM procrastinate_jobs
     WHERE status IN ('failed', 'cancelled', 'aborted') AND scheduled_at IS NULL LIMIT :most)
"""
_DELETE_JOBS = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT id FROM procrastinate_jobs
     WHERE status IN ('failed', 'cancelled', 'aborted') AND scheduled_at < :before LIMIT :most)
"""


def forget_review_items(engine: Engine, now: datetime) -> int:
    """Forget what platforms sent that could not be understood, 90 days after it came."""
    return delete_in_batches(engine, review_items, review_items.c.received_at < now - CHAT_LIVES)


def forget_trackers(engine: Engine, now: datetime) -> int:
    """Forget dialogues of chats that are gone or silent for 90 days; a new one then begins."""
    # Trackers are stamped by the real clock; the simulator's may be set far ahead.
    moment = min(now, datetime.now(UTC))
    silent = rasa_trackers.c.updated_at < moment - CHAT_LIVES
    chat = cast(conversations.c.id, Text) == rasa_trackers.c.sender_id
    gone = ~select(conversations.c.id).where(chat).exists()
    # The chat of a dialogue that is just beginning may not be stored yet.
    settled = rasa_trackers.c.updated_at < moment - timedelta(days=1)
    # Two statements: joined by "or", every dialogue would be looked up in all chats by itself.
    return delete_in_batches(engine, rasa_trackers, silent) + delete_in_batches(
        engine, rasa_trackers, gone & settled
    )


def forget_unrecorded_files(engine: Engine, folder: Path, now: datetime) -> int:
    """Remove files of citizens that no record names, as a crash may leave them."""
    before = (min(now, datetime.now(UTC)) - UNRECORDED_FILES_LIVE).timestamp()
    removed = 0
    for path in unrecorded_files(engine, folder, before):
        path.unlink(missing_ok=True)
        removed += 1
    return removed


def unrecorded_files(engine: Engine, folder: Path, before: float) -> Iterator[Path]:
    """Give the files written before a moment that no record names; other files are not seen."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        old = (
            entry
            for entry in entries
            if is_id(entry.name) and entry.is_file(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_mtime < before
        )  # fmt: skip
        while page := {entry.name: Path(entry.path) for entry in islice(old, _PAGE)}:
            query = select(media_files.c.id).where(media_files.c.id.in_(page))
            with transaction(engine) as connection:
                known = {str(found) for found in connection.execute(query).scalars()}
            yield from (path for name, path in page.items() if name not in known)


def lost_files(engine: Engine, folder: Path) -> Iterator[str]:
    """Give the ids of records whose file is gone."""
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        query = (
            select(media_files.c.id)
            .where(media_files.c.id > last)
            .order_by(media_files.c.id)
            .limit(_PAGE)
        )
        with transaction(engine) as connection:
            page = [str(found) for found in connection.execute(query).scalars()]
        if not page:
            return
        yield from (found for found in page if not (folder / found).exists())
        last = page[-1]


def forget_failed_jobs(engine: Engine, now: datetime) -> int:
    """Forget jobs that failed for good, 30 days after they were first seen to have."""
    moment = min(now, datetime.now(UTC))
    with transaction(engine) as connection:
        connection.execute(text(_DATE_JOBS), {"now": moment, "most": BATCH})
        gone = connection.execute(
            text(_DELETE_JOBS), {"before": moment - FAILED_JOBS_LIVE, "most": BATCH}
        )
        return gone.rowcount


def bound_hourly(engine: Engine, folder: Path) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs by name."""
    return {
        "forget_review_items": partial(forget_review_items, engine),
        "forget_trackers": partial(forget_trackers, engine),
        "forget_unrecorded_files": partial(forget_unrecorded_files, engine, folder),
        "forget_failed_jobs": partial(forget_failed_jobs, engine),
    }
