"""Small questions the running processes ask our own PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from izin.storage.postgres.engine import transaction


def ping(engine: Engine) -> None:
    """Return when the database answers.

    Raises:
        StorageUnavailable: It does not.
    """
    with transaction(engine) as connection:
        connection.execute(text("select 1"))


def machine(engine: Engine) -> tuple[float, str]:
    """Give what compares this machine with the database's.

    The first is how many seconds our clock is ahead of the database's, the second the folder
    of the database's files, "" when our role may not know it.
    """
    query = text(
        "select clock_timestamp() as at,"
        " (select setting from pg_settings where name = 'data_directory') as folder"
    )
    with transaction(engine) as connection:
        connection.execute(text("select 1"))  # opening the connection must not count
        before = datetime.now(UTC)
        row = connection.execute(query).one()
        middle = before + (datetime.now(UTC) - before) / 2
    return (middle - row.at).total_seconds(), str(row.folder or "")


def queue_depth(engine: Engine) -> dict[tuple[str, str], int]:
    """Give the number of unfinished or failed jobs by (queue, status)."""
    with transaction(engine) as connection:
        rows = connection.execute(
            text(
                "select queue_name, status::text as status, count(*) as jobs"
                " from procrastinate_jobs where status in ('todo', 'doing', 'failed')"
                " group by queue_name, status"
            )
        ).all()
    return {(row.queue_name, row.status): row.jobs for row in rows}
