"""Hears of jobs that can run, on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql
from sqlalchemy import Engine

from izin.errors import StorageUnavailable
from izin.storage.postgres.queue import CHANNEL
from izin.storage.postgres.silence import watchful


async def listen(engine: Engine, queues: Sequence[str], tell: Callable[[str], None]) -> None:
    """Call ``tell`` with the queue's name for each job that can run; once for each at first.

    Returns only by an error: whoever listens begins again.

    Raises:
        StorageUnavailable: The connection cannot be opened, or broke.
    """
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=3, **watchful(url)
        )
        async with connection:
            for queue in queues:
                channel = sql.Identifier(CHANNEL + queue)
                await connection.execute(sql.SQL("LISTEN {}").format(channel))
            for queue in queues:
                tell(queue)  # what came while nobody listened
            async for notice in connection.notifies():
                tell(notice.channel.removeprefix(CHANNEL))
    except psycopg.Error as error:
        raise StorageUnavailable("our database does not tell any more") from error
