"""Which chats were erased at their citizen's wish, told to the list beside the backups."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, delete, select

from izin.privacy import RequestKind
from izin.storage.erasure_list import add_to_list, mark_of
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.erasure import earlier_chats_of, erase_chat
from izin.storage.tables.conversations import conversations, media_files
from izin.storage.tables.privacy import privacy_requests

log = structlog.get_logger()

_AGAIN = timedelta(minutes=10)
"""Requests are read once more for so long: a commit may come after a later moment's."""

_IN_PARTS = {"yield_per": 10_000}


def erased_marks(engine: Engine, since: datetime | None = None) -> set[tuple[date, str]]:
    """Give day and mark of every chat whose erasure ended since a moment, or ever.

    Raises:
        StorageUnavailable: The database is away.
        DataLocked: The data key does not fit.
    """
    ended = select(privacy_requests.c.finished_at, privacy_requests.c.details).where(
        privacy_requests.c.kind == RequestKind.ERASURE.value,
        privacy_requests.c.finished_at.is_not(None),
    )
    if since is not None:
        ended = ended.where(privacy_requests.c.finished_at >= since)
    with transaction(engine) as connection:
        rows = connection.execute(ended).all()
    return {
        (row.finished_at.astimezone(UTC).date(), mark)
        for row in rows
        for mark in (row.details or {}).get("marks", ())
    }


def erase_again(connection: Connection, marks: set[str]) -> tuple[int, list[str]]:
    """Erase the chats of these marks wherever they are back; gives how many, and their files.

    Raises:
        DataLocked: The data key does not fit.
    """
    ids = connection.execute(select(conversations.c.id), execution_options=_IN_PARTS).scalars()
    back = [str(found) for found in ids if mark_of(str(found)) in marks]
    files: list[str] = []
    for chat in back:
        for earlier in earlier_chats_of(connection, chat):
            files += erase_chat(connection, earlier)[0]
        files += erase_chat(connection, chat)[0]
    connection.execute(delete(media_files).where(media_files.c.id.in_(files)))
    return len(back), files


class ErasureListJob:
    """Keeps the list of a folder of backups up to date; nothing is done where none is."""

    def __init__(self, engine: Engine, folder: str) -> None:
        """Take the folder; "" keeps none."""
        self._engine, self._folder = engine, Path(folder) if folder else None
        self._told: datetime | None = None

    def run(self, now: datetime) -> int:
        """Add what was erased since the last run, or ever; gives how many were new."""
        if self._folder is None or not self._folder.is_dir():
            return 0
        found = erased_marks(self._engine, self._told)
        try:
            added = add_to_list(self._folder, found)
        except OSError as error:
            # Tried again at every run; an erasure itself never waits for a disk.
            log.warning("erasure_list_not_written", reason=error.strerror)
            return 0
        self._told = now - _AGAIN
        return added
