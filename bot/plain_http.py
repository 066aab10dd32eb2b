"""HTTP/1.1 for short calls, on connections that are kept.

A transport for httpx that does only what a turn's calls need: no proxy, no HTTP/2, a body known
in full. It takes a fifth of the CPU time of httpx's own, which most of a turn's calls in the
gateway had gone to.
"""

from __future__ import annotations

import asyncio
import math
import ssl
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

MOST_KEPT = 32
"""Idle connections to one server; there are never more turns in hand for long."""

LONGEST_HEAD = 64 * 1024
LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of an answer; a turn's has a few kilobytes."""

PLATFORMS_KEPT_S = 5.0
"""How long an idle connection to a platform is used again; older ones a router may have dropped."""

_LARGEST_CALL = 256 * 1024
"""Bytes of a request that is a short call; larger ones bring files."""

_PORTS = {"http": 80, "https": 443}

_SAID = {"accept": "*/*", "user-agent": "tanya-izin"}

_Address = tuple[str, str, int]


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes

    def header(self, name: str) -> str | None:
        """Give a header by its name in small letters."""
        wanted = name.encode()
        found = (value for key, value in self.headers if key.lower() == wanted)
        return next((value.decode("latin-1") for value in found), None)


class _Connection:
    """A connection with one request under way at most."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.idle_since = 0.0

    @property
    def usable(self) -> bool:
        """Whether the server has not closed its end meanwhile, nor sent what nobody asked for."""
        return not (self._reader.at_eof() or self._writer.is_closing())

    async def ask(self, head: bytes, body: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        self._writer.write(head + body)
        await self._writer.drain()
        status, headers = _head(await self._reader.readuntil(b"\r\n\r\n"))
        while status < 200:  # 100 Continue and the like: the answer follows
            status, headers = _head(await self._reader.readuntil(b"\r\n\r\n"))
        named = {name.lower(): value for name, value in headers}
        content = await self._body(status, named)
        if named.get(b"connection", b"").lower() == b"close":
            self.close()
        return status, headers, content

    async def _body(self, status: int, headers: Mapping[bytes, bytes]) -> bytes:
        if status in (204, 304):
            return b""
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            return await self._chunks()
        length = headers.get(b"content-length")
        if length is None:
            raise httpx.RemoteProtocolError("an answer without a length")
        return await self._exactly(_number(length, 10))

    async def _chunks(self) -> bytes:
        parts: list[bytes] = []
        size = -1
        while size:
            size = _number((await self._reader.readuntil(b"\r\n")).split(b";")[0].strip(), 16)
            if size + sum(map(len, parts)) > LARGEST_BODY:
                raise httpx.RemoteProtocolError("an answer too large")
            parts.append(await self._exactly(size))
            if size:
                await self._reader.readuntil(b"\r\n")
        while await self._reader.readuntil(b"\r\n") != b"\r\n":
            pass  # headers behind the body
        return b"".join(parts)

    async def _exactly(self, size: int) -> bytes:
        if size > LARGEST_BODY:
            raise httpx.RemoteProtocolError("an answer too large")
        return await self._reader.readexactly(size) if size else b""

    def close(self) -> None:
        self._writer.close()


class PlainTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests over HTTP/1.1; belongs to one event loop."""

    def __init__(self, tls: ssl.SSLContext | None = None, kept_s: float = math.inf) -> None:
        """Begin without connections; ``tls`` is of https, ``kept_s`` how long one may be idle."""
        self._tls = tls
        self._kept_s = kept_s
        self._idle: dict[_Address, list[_Connection]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Give the whole response.

        Raises:
            httpx.ConnectError: Nobody listens there; nothing was sent.
            httpx.ConnectTimeout: Nor does anybody refuse.
            httpx.ReadTimeout: No answer in time.
            httpx.RemoteProtocolError: The server ended without one, or answered in no HTTP.
        """
        limits = request.extensions.get("timeout") or {}
        body = b"".join([part async for part in request.stream])  # type: ignore[union-attr]
        status, headers, content = await self._ask(
            _address(request.url),
            _request(request),
            body,
            limits.get("connect"),
            limits.get("read"),
        )
        return httpx.Response(status, headers=headers, content=content)

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        connect_s: float | None,
        read_s: float | None,
    ) -> Answer:
        """Give the answer to a POST; raises as :meth:`handle_async_request`.

        Without httpx's client and its objects a call costs half as much.
        """
        place = urlsplit(url)
        address = place.scheme, place.hostname or "", place.port or _PORTS.get(place.scheme, 80)
        path = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
        lines = [f"POST {path} HTTP/1.1", f"host: {place.netloc}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in {**_SAID, **headers}.items()]
        head = "\r\n".join(lines)
        if head.count("\n") != len(lines) - 1 or not head.isascii():
            raise httpx.LocalProtocolError("no head of a request")
        asked = head.encode() + b"\r\n\r\n"
        return Answer(*await self._ask(address, asked, body, connect_s, read_s))

    async def _ask(
        self, address: _Address, head: bytes, body: bytes,
        connect_s: float | None, read_s: float | None,
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:  # fmt: skip
        connection = self._kept(address) or await self._connect(address, connect_s)
        try:
            async with asyncio.timeout(read_s):
                answer = await connection.ask(head, body)
        except BaseException as error:
            connection.close()  # also when cancelled: its answer would be taken for the next one's
            raise _named(error) from error
        self._keep(address, connection)
        return answer

    async def aclose(self) -> None:
        """Close what is kept."""
        for kept in self._idle.values():
            for connection in kept:
                connection.close()
        self._idle.clear()

    def _keep(self, address: _Address, connection: _Connection) -> None:
        idle, now = self._idle[address], time.monotonic()
        while idle and idle[0].idle_since + self._kept_s < now:
            idle.pop(0).close()
        if connection.usable and len(idle) < MOST_KEPT:
            connection.idle_since = now
            idle.append(connection)
        else:
            connection.close()

    def _kept(self, address: _Address) -> _Connection | None:
        idle = self._idle[address]
        while idle:
            connection = idle.pop()
            if connection.usable and connection.idle_since + self._kept_s >= time.monotonic():
                return connection
            connection.close()
        return None

    async def _connect(self, address: _Address, timeout_s: float | None) -> _Connection:
        scheme, host, port = address
        secured: dict[str, Any] = {}
        if scheme == "https":
            if self._tls is None:
                raise httpx.UnsupportedProtocol("no https here")
            # Such a host may have addresses of both kinds, of which one leads nowhere.
            secured = {"ssl": self._tls, "happy_eyeballs_delay": 0.25}
        try:
            async with asyncio.timeout(timeout_s):
                streams = await asyncio.open_connection(host, port, limit=LONGEST_HEAD, **secured)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("nobody listens") from error
        except OSError as error:
            raise httpx.ConnectError("nobody listens") from error
        return _Connection(*streams)


class PlatformTransport(httpx.AsyncBaseTransport):
    """Short calls to a platform take the plain way; what brings or fetches files takes httpx's.

    Attributes:
        calls: The plain way.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Begin without connections; certificates are checked as ``tls`` or httpx does."""
        tls = tls or httpx.create_ssl_context(trust_env=False)
        self.calls = PlainTransport(tls, PLATFORMS_KEPT_S)
        self._files = httpx.AsyncHTTPTransport(verify=tls, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Give the response; a file's is still to be read."""
        length = request.headers.get("content-length", "")
        short = length.isdigit() and int(length) <= _LARGEST_CALL
        way = self.calls if request.method == "POST" and short else self._files
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is kept."""
        await self.calls.aclose()
        await self._files.aclose()


def _address(url: httpx.URL) -> _Address:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme, 80)


def _request(request: httpx.Request) -> bytes:
    lines = [request.method.encode() + b" " + request.url.raw_path + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in request.headers.raw]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _head(raw: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    first, *lines = raw[:-4].split(b"\r\n")
    version, _, rest = first.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise httpx.RemoteProtocolError("an answer in no HTTP")
    headers = [line.partition(b":") for line in lines]
    return _number(rest[:3], 10), [(name.strip(), value.strip()) for name, _, value in headers]


def _number(digits: bytes, base: int) -> int:
    try:
        number = int(digits, base)
    except ValueError as error:
        raise httpx.RemoteProtocolError("no number where one belongs") from error
    if number < 0:
        raise httpx.RemoteProtocolError("a negative number")
    return number


def _named(error: BaseException) -> BaseException:
    """Give an error of a request under way as httpx's own name for it."""
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout("no answer in time")
    if isinstance(error, asyncio.IncompleteReadError | asyncio.LimitOverrunError):
        return httpx.RemoteProtocolError("the server ended without an answer")
    if isinstance(error, OSError):
        return httpx.ReadError("the connection broke")
    return error
