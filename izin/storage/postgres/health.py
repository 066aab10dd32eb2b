"""Small questions the running processes ask our own PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Engine, text

from izin.storage.postgres.engine import transaction


def ping(engine: Engine) -> None:
    """Return when the database answers.

    Raises:
        StorageUnavailable: It does not.
    """
    with transaction(engine) as connection:
        connection.execute(text("select 1"))


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
