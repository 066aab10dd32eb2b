"""Bot API and Cloud API as light as can be: every call is accepted, every message is noted.

The strict fakes of the tests would cost more than what is measured. What is sent was checked
there; here only its moment counts.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from itertools import count

TOKEN = "1234567:contoh-token_bukan_rahasia"  # noqa: S105 - opens nothing
BOT = "tanya_contoh_bot"

Replied = Callable[[str, float], None]
"""Takes a chat and the moment (``time.monotonic``) a message to it arrived."""

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_TELEGRAM_CHAT = re.compile(rb'chat_id"?[=:] ?"?(-?\d+)')
_WHATSAPP_CHAT = re.compile(rb'"(?:to|recipient)": ?"([^"]+)"')
_SENDS = (b"sendMessage", b"sendPhoto", b"sendDocument", b"sendLocation")
_ME = {"id": 1234567, "is_bot": True, "first_name": "Tanya Izin", "username": BOT}


class Requests(asyncio.Protocol):
    """Reads HTTP/1.1 requests off one connection and answers each at once."""

    def __init__(self, answer: Callable[[bytes, bytes], bytes]) -> None:
        self._answer = answer
        self._kept = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._kept += data
        while (head := self._kept.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._kept, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._kept) < end:
                if b"100-continue" in self._kept[:head] and self._transport:
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            request, self._kept = self._kept[:end], self._kept[end:]
            path = request[: request.find(b"\r\n")].split(b" ")[1]
            body = self._answer(path, request[head + 4 :])
            if self._transport:
                self._transport.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
                )


class Platform:
    """Both platforms on one loopback port.

    Attributes:
        replied: Called for every message of the bot to a chat.
        url: Base address of the Bot API, known once it is served.
    """

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self.replied: Replied = lambda chat, at: None
        self.url = ""
        self._server: asyncio.Server | None = None
        self._numbers = count(1)

    async def serve(self) -> None:
        """Listen on a free loopback port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Requests(self.answer), "127.0.0.1", 0, backlog=1024
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def answer(self, path: bytes, body: bytes) -> bytes:
        """Give the JSON that answers a call, and tell whoever waits of a message."""
        method = path.rpartition(b"/")[2].partition(b"?")[0]
        if path.startswith(b"/bot"):
            return self._telegram(method, path + b"&" + body)
        return self._whatsapp(body) if method == b"messages" else b'{"success": true}'

    def _telegram(self, method: bytes, call: bytes) -> bytes:
        if method in _SENDS and (found := _TELEGRAM_CHAT.search(call)):
            chat = found[1].decode()
            self.replied(chat, time.monotonic())
            return (
                b'{"ok":true,"result":{"message_id":%d,"date":%d,"text":"-","from":{"id":1234567,'
                b'"is_bot":true,"first_name":"Tanya"},"chat":{"id":%b,"type":"private",'
                b'"first_name":"Warga"}}}' % (next(self._numbers), int(time.time()), found[1])
            )
        if method.lower() == b"getme":
            return json.dumps({"ok": True, "result": _ME}).encode()
        return b'{"ok":true,"result":true}'

    def _whatsapp(self, body: bytes) -> bytes:
        found = None if b'"read"' in body else _WHATSAPP_CHAT.search(body)
        if found is None:
            return b'{"success": true}'
        self.replied(found[1].decode(), time.monotonic())
        return (
            b'{"messaging_product":"whatsapp","contacts":[{"input":"%b","wa_id":"%b"}],'
            b'"messages":[{"id":"wamid.load%d"}]}' % (found[1], found[1], next(self._numbers))
        )
