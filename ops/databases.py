"""The database a command works on: the one named, the one that runs, or one started for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ops.embedded_postgres import EmbeddedPostgres, running_dsn
from ops.settings import OpsSettings


@contextlib.contextmanager
def database(settings: OpsSettings) -> Iterator[str]:
    """libpq URL of our own database, served as long as the block runs.

    Raises:
        PostgresError: the embedded PostgreSQL cannot be started.
    """
    url = settings.database_url or running_dsn(settings.data_root)
    if url:
        yield url
        return
    with EmbeddedPostgres(settings.data_root) as started:
        yield started
