"""Brings a house to the installed version: a backup first, then the schema, under one lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from izin.storage.schema_versions import newest_revision
from ops.backup_errors import UpgradeBusy
from ops.databases import database
from ops.known_schema import known_schema
from ops.postgres_upgrade import upgrade_cluster
from ops.prepare import migrate
from ops.settings import OpsSettings

_UPGRADE_LOCK = 7_203_043
_CONNECT_S = 10


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which schema to which; the same when nothing was to be done."""

    before: str
    after: str
    backup: Path | None
    kept_cluster: Path | None = None


def upgrade(
    settings: OpsSettings,
    back_up: Callable[[], Path] | None,
    tell: Callable[[str], None] = lambda step: None,
) -> Upgraded:
    """Upgrade the database; running it again after a stop half-way goes on.

    The migrations are one transaction, so a stop in the middle leaves the old schema whole.

    Args:
        settings: which database.
        back_up: makes the backup; None goes without one.
        tell: told each step: ``cluster``, ``backup``, ``migrating``.

    Raises:
        SchemaNewer: the database belongs to a newer version.
        UpgradeBusy: another upgrade runs.
        OldProgramsMissing: the data is of an older PostgreSQL that cannot be started.
        KeepingError: no backup could be made; the schema is as it was.
    """
    kept = None if settings.database_url else upgrade_cluster(settings.data_root, tell)
    with database(settings) as url, _alone(url) as connection:
        schema = known_schema(connection)
        if schema.state == "current":
            return Upgraded(schema.revision, schema.revision, None, kept)
        backup = None
        if back_up is not None and schema.state != "empty":
            tell("backup")
            backup = back_up()
        tell("migrating")
        migrate(url)
        return Upgraded(schema.revision, newest_revision(), backup, kept)


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection[TupleRow]]:
    with psycopg.connect(url, connect_timeout=_CONNECT_S, autocommit=True) as connection:
        got = connection.execute("SELECT pg_try_advisory_lock(%s)", (_UPGRADE_LOCK,)).fetchone()
        if not got or not got[0]:
            raise UpgradeBusy("another upgrade of this database runs")
        yield connection
