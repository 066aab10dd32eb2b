"""News for open pages, as server-sent events.

``/langsung`` sends events ``news`` with ``{"kind": …, "id": …}``, and a comment now and then so
that a dead line is noticed. ``?conversation=<id>`` says which conversation the page shows;
``?idle=1`` that nobody has touched the page for long.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from console.door import session_of
from console.house import House
from console.live_hub import LiveHub, OpenPage
from console.pages import HEADERS
from console.routes import Routes
from izin.accounts import Permission
from izin.storage.postgres.desk_news import DeskNews

HEARTBEAT_S = 15.0
RETRY_MS = 3000


def router(house: House) -> APIRouter:
    """Serve ``/langsung``; the hub lives as long as the application."""
    routes = Routes()
    hub = LiveHub(
        DeskNews(house.settings.database_url),
        house.desk, house.presence, house.officers, house.clock,
    )  # fmt: skip

    @routes.get("/langsung", Permission.OWN_ACCOUNT)
    async def news(request: Request, conversation: str = "", idle: bool = False) -> Response:
        page = OpenPage(uuid.uuid4().hex, session_of(request), conversation or None, idle)
        return StreamingResponse(
            _stream(hub, page), media_type="text/event-stream",
            headers={**HEADERS, "X-Accel-Buffering": "no"},
        )  # fmt: skip

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        task = asyncio.create_task(hub.run())
        try:
            with _ended_by_signals(hub):
                yield
        finally:
            hub.end()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    routes.router.lifespan_context = lifespan
    return routes.router


async def _stream(hub: LiveHub, page: OpenPage) -> AsyncIterator[bytes]:
    try:
        await hub.enter(page)
        yield format_sse_event(event="ready", data_str="{}", retry=RETRY_MS)
        async for item in page.news(HEARTBEAT_S):
            if item is None:
                yield KEEPALIVE_COMMENT
            else:
                document = json.dumps({"kind": item[0], "id": item[1]})
                yield format_sse_event(event="news", data_str=document)
        yield format_sse_event(event="over", data_str="{}")
    finally:
        hub.leave(page)


@contextmanager
def _ended_by_signals(hub: LiveHub) -> Iterator[None]:
    """End the streams as soon as the process is told to stop: the server waits for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}

    def told(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(hub.end)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for name in before:
        signal.signal(name, told)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
