"""A lock that one process at a time holds, for as long as its connection lives."""

from __future__ import annotations

import psycopg

from izin.storage.postgres.silence import watchful

TELEGRAM_POLLING = 7_203_002
"""Two pollers of one Telegram token get 409: only the holder of this lock polls."""


class SessionLock:
    """A session-level advisory lock of our own PostgreSQL."""

    def __init__(self, database_url: str, key: int) -> None:
        """Take the libpq URL and the lock's number; nothing is opened yet."""
        self._url = database_url
        self._key = key
        self._connection: psycopg.AsyncConnection[tuple[bool]] | None = None

    async def held(self) -> bool:
        """Take the lock if it is free; say whether this process holds it now.

        A broken connection has lost the lock, and is opened again at the next call.
        """
        try:
            if self._connection is None:
                connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=3, **watchful(self._url)
                )
                cursor = await connection.execute("select pg_try_advisory_lock(%s)", (self._key,))
                row = await cursor.fetchone()
                if not row or not row[0]:
                    await connection.close()
                    return False
                self._connection = connection
                return True
            await self._connection.execute("select 1")
            return True
        except psycopg.Error:
            await self.release()
            return False

    async def release(self) -> None:
        """Give the lock back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
