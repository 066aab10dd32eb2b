"""Faults a test orders from a fake platform: errors, silence, answers lost on the way."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


@dataclass(frozen=True)
class Fault:
    """What happens to the next call.

    ``kind``: ``error`` answers ``status`` and ``body`` without acting; ``silence`` never
    answers and does not act; ``lost`` acts but never answers; ``dropped`` acts and closes the
    connection in the middle of its answer; ``garbage`` answers no JSON.
    """

    kind: Literal["error", "silence", "lost", "dropped", "garbage"]
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class BrokenOff(Response):
    """An answer that ends in its middle: the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Announce more than is sent."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class Faults:
    """A queue of faults for each call name."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._lock = threading.Lock()
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)
        self.release = threading.Event()
        """Ends every silence, so that a server can stop."""

    def order(self, name: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` calls of ``name`` fail so."""
        with self._lock:
            self._ordered[name].extend([fault] * times)

    def next(self, name: str) -> Fault | None:
        """Take the fault of this call, if one was ordered."""
        with self._lock:
            queue = self._ordered[name]
            return queue.popleft() if queue else None

    async def silence(self, request: Request) -> None:
        """Return when the caller has hung up, or the platform ends."""
        while not self.release.is_set():
            if await request.is_disconnected():
                return
            await asyncio.sleep(0.02)
