"""Webhook calls as bytes, and connections that send them without waiting for one another."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

Answered = Callable[[int, float], None]
"""Takes the HTTP status (0: the connection broke) and the moment of the answer."""

_HEAD = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass(frozen=True, slots=True)
class Door:
    """Where a house takes a platform's webhook.

    Attributes:
        channel: ``telegram`` or ``whatsapp``.
        host, port, path: The address.
        secret: Telegram's header, or the key of WhatsApp's signature.
        phone_id: WhatsApp's business number.
    """

    channel: str
    port: int
    path: str
    secret: str
    phone_id: str = ""
    host: str = "127.0.0.1"

    def call(self, chat: str, number: int, text: str) -> bytes:
        """Give the request of message ``number`` of a chat, signed as the platform signs."""
        now = int(time.time())
        if self.channel == "telegram":
            body = _telegram(int(chat), number, text, now)
            signed = f"X-Telegram-Bot-Api-Secret-Token: {self.secret}"
        else:
            body = _whatsapp(chat, number, text, now, self.phone_id)
            digest = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            signed = f"X-Hub-Signature-256: sha256={digest}"
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Content-Type: application/json\r\n{signed}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _telegram(chat: int, number: int, text: str, now: int) -> bytes:
    sender = {"id": chat, "is_bot": False, "first_name": "Warga"}
    message = {
        "message_id": number,
        "from": sender,
        "chat": {"id": chat, "type": "private", "first_name": "Warga"},
        "date": now,
        "text": text,
    }
    # Unique as Telegram's are: no chat has a thousand messages here.
    update = {"update_id": chat % 1_000_000 * 1000 + number, "message": message}
    return json.dumps(update).encode()


def _whatsapp(chat: str, number: int, text: str, now: int, phone_id: str) -> bytes:
    message = {
        "from": chat,
        "id": f"wamid.in{chat}n{number}",
        "timestamp": str(now),
        "type": "text",
        "text": {"body": text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62210000000", "phone_number_id": phone_id},
        "contacts": [{"profile": {"name": "Warga"}, "wa_id": chat}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    document = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return json.dumps(document).encode()


class _Connection(asyncio.Protocol):
    """One connection; one call at a time."""

    def __init__(self, free: Callable[[_Connection], None]) -> None:
        self._free = free
        self._kept = b""
        self._answered: Answered | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, call: bytes, answered: Answered) -> None:
        self._answered, self._kept = answered, b""
        assert self.transport is not None
        self.transport.write(call)

    def data_received(self, data: bytes) -> None:
        self._kept += data
        head = self._kept.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._kept, 0, head)
        if len(self._kept) < head + 4 + (int(length[1]) if length else 0):
            return
        status = _HEAD.match(self._kept)
        closing = b"connection: close" in self._kept[:head].lower()
        answered, self._answered = self._answered, None
        if closing and self.transport:
            self.transport.close()
            self.transport = None
        else:
            self._free(self)
        if answered:
            answered(int(status[1]) if status else 0, time.monotonic())

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        answered, self._answered = self._answered, None
        if answered:
            answered(0, time.monotonic())


class Caller:
    """Sends calls to one address, each at once, over kept connections."""

    def __init__(self, host: str, port: int) -> None:
        """Take the address; connections are opened as they are needed."""
        self._address = (host, port)
        self._idle: deque[_Connection] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    def send(self, call: bytes, answered: Answered) -> None:
        """Send a call now and have ``answered`` called with its answer."""
        while self._idle:
            connection = self._idle.pop()
            if connection.transport is not None and not connection.transport.is_closing():
                connection.send(call, answered)
                return
        task = asyncio.get_running_loop().create_task(self._open(call, answered))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, call: bytes, answered: Answered) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                lambda: _Connection(self._idle.append), *self._address
            )
        except OSError:
            answered(0, time.monotonic())
            return
        connection.send(call, answered)

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            transport = self._idle.pop().transport
            if transport:
                transport.close()
