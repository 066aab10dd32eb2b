"""HTTP/1.1 for the calls of actions, on connections that are kept.

It does only what these calls need: a POST with a body known in full, an answer with a length.
aiohttp's client took an eighth of this process's CPU time. Its errors stay, by which Rasa tells
failures apart.
"""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from urllib.parse import urlsplit

import aiohttp
import httptools

MOST_KEPT = 32
"""Idle connections; there are never more turns in hand for long."""

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of an answer; an action's has a few kilobytes."""


class _Connection(asyncio.Protocol):
    """A connection with one request under way at most."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._size = 0
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @property
    def usable(self) -> bool:
        """Whether nothing has closed it."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.close()  # also when cancelled: its answer would be taken for the next one's
            raise
        finally:
            self._answer = None

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(aiohttp.ClientPayloadError("an answer in no HTTP"), error)

    def on_body(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > LARGEST_BODY:
            self._fail(aiohttp.ClientPayloadError("an answer too large"))
            return
        self._parts.append(part)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        body, self._parts, self._size = b"".join(self._parts), [], 0
        if status < 200:  # 100 Continue and the like: the answer follows
            return
        if not self._parser.should_keep_alive():
            self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))

    def connection_lost(self, error: Exception | None) -> None:
        lost = aiohttp.ServerDisconnectedError() if error is None else aiohttp.ClientOSError(error)
        self._fail(lost, error)

    def _fail(self, failure: Exception, cause: BaseException | None = None) -> None:
        failure.__cause__ = cause
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(failure)
        self.close()


class PlainClient:
    """Posts JSON to one server; belongs to one event loop.

    Args:
        url: Where to.
        headers: Sent with each request.
        connect_timeout_s: How long a connection may take.
        kept_s: How long an idle connection is used again.
    """

    def __init__(
        self, url: str, headers: dict[str, str], connect_timeout_s: float, kept_s: float
    ) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"POST {target} HTTP/1.1",
            f"Host: {parts.netloc.rpartition('@')[2]}",
            "Content-Type: application/json",
            *(f"{name}: {value}" for name, value in headers.items()),
            "Content-Length: ",
        ]
        self._head = "\r\n".join(lines).encode("latin-1")
        self._connect_timeout_s = connect_timeout_s
        self._kept_s = kept_s
        self._idle: list[_Connection] = []

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer.

        Raises:
            aiohttp.ClientConnectorError: Nobody listens there; nothing was sent.
            aiohttp.ServerTimeoutError: Nor does anybody refuse.
            aiohttp.ServerDisconnectedError: The server ended the connection without an answer.
            aiohttp.ClientOSError: The connection broke.
            aiohttp.ClientPayloadError: The answer is no HTTP, or too large.
        """
        connection = self._kept() or await self._connect()
        answer = await connection.ask(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        self._keep(connection)
        return answer

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _keep(self, connection: _Connection) -> None:
        now = time.monotonic()
        while self._idle and self._idle[0].idle_since + self._kept_s < now:
            self._idle.pop(0).close()
        if connection.usable and len(self._idle) < MOST_KEPT:
            connection.idle_since = now
            self._idle.append(connection)
        else:
            connection.close()

    def _kept(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and connection.idle_since + self._kept_s >= time.monotonic():
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_timeout_s):
                _, connection = await loop.create_connection(
                    _Connection, self._host, self._port, ssl=self._tls or None
                )
        except TimeoutError as error:
            raise aiohttp.ServerTimeoutError("nobody listens") from error
        except OSError as error:
            where = SimpleNamespace(host=self._host, port=self._port, ssl=self._tls or None)
            raise aiohttp.ClientConnectorError(where, error) from error
        return connection
