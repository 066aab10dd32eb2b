"""What changes in the database, as it is told on ``tanya_news``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import structlog

from izin.storage.migrate import sqlalchemy_url

CHANNEL = "tanya_news"
RESYNC = "resync"
"""Told after a connection was lost: something may have been missed."""

_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger()


class DeskNews:
    """One listening connection for a whole process."""

    def __init__(self, database_url: str) -> None:
        """Take a libpq URL."""
        self._url = sqlalchemy_url(database_url).replace("postgresql+psycopg://", "postgresql://")

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Call ``hear`` with every payload until cancelled; connects again and again.

        ``hear`` runs in the event loop and must be quick. After a lost connection it is
        called with :data:`RESYNC` as soon as there is a new one.
        """
        failures, missed = 0, False
        while True:
            try:
                async with await self._connection() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if missed:
                        hear(RESYNC)
                    failures = 0
                    async for notice in connection.notifies():
                        hear(notice.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("desk_news_lost", reason=type(error).__name__)
            missed = True
            pause = _PAUSES_S[min(failures, len(_PAUSES_S) - 1)]
            failures += 1
            await asyncio.sleep(pause)

    async def _connection(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=3, application_name="tanya-console-news",
            keepalives=1, keepalives_idle=20, keepalives_interval=5, keepalives_count=3,
        )  # fmt: skip
