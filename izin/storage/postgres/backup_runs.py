"""The record of backups, on PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from izin.storage.postgres.engine import transaction
from izin.storage.tables.keeping import backup_runs

RUNS_LIVE = timedelta(days=2 * 365)
"""Longer than the oldest backup that is kept."""


class PostgresBackupRuns:
    """Keeps when backups began, how they ended, and how large they are."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def begin(self, file: str, at: datetime) -> int | None:
        """Note that a backup begins, and forget very old notes; gives the number of the run.

        None before the schema that has the record: the backup before an upgrade to it.
        """
        with transaction(self._engine) as connection:
            if not _there(connection):
                return None
            connection.execute(delete(backup_runs).where(backup_runs.c.started_at < at - RUNS_LIVE))
            added = insert(backup_runs).values(started_at=at, file=file)
            return int(connection.execute(added.returning(backup_runs.c.id)).scalar_one())

    def end(
        self, run: int | None, at: datetime, *, size: int | None = None, reason: str = ""
    ) -> None:
        """Note how a backup ended: with its size in bytes, or with the reason why not."""
        if run is None:
            return
        with transaction(self._engine) as connection:
            connection.execute(
                update(backup_runs)
                .where(backup_runs.c.id == run)
                .values(finished_at=at, ok=size is not None, bytes=size, reason=reason)
            )

    def sizes(self) -> dict[str, int]:
        """Give the size in bytes of every backup that ended well, by its file."""
        query = select(backup_runs.c.file, backup_runs.c.bytes).where(backup_runs.c.ok)
        with transaction(self._engine) as connection:
            if not _there(connection):
                return {}
            return {row.file: int(row.bytes or 0) for row in connection.execute(query)}


def _there(connection: Connection) -> bool:
    found = connection.execute(select(func.to_regclass(backup_runs.name))).scalar()
    return found is not None
