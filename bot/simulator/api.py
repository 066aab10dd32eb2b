"""The simulator's JSON API, for loopback only.

A turn travels the whole house; its identities live in the ``simulator`` namespace, which
no platform sender ever sees.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.gateway.delivery import Deliverer
from bot.gateway.receiving import Receiver
from bot.gateway.watch import Watch
from bot.simulator.turn_body import ChatName, TurnBody, message_of
from izin.conversations import OutboundMessage, Turn
from izin.errors import InvalidInput
from izin.ports import Inbox, MediaStore, Outbox

ANSWER_TIMEOUT_S = 15.0
_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1)(:\d{1,5})?")

RunDue = Callable[[datetime], Awaitable[dict[str, int]]]


class ClockBody(BaseModel):
    """The moment by which due jobs are run."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime


def local_only(request: Request) -> None:
    """Refuse anything that came through a proxy or by another name than this machine's.

    Raises:
        HTTPException: 403; nothing was done.
    """
    proxied = any(
        name == "forwarded" or name.startswith("x-forwarded-") for name in request.headers
    )
    if proxied or not _LOCAL_HOST.fullmatch(request.headers.get("host", "")):
        raise HTTPException(403, "simulator is for this machine only")


def router(
    receiver: Receiver,
    inbox: Inbox,
    outbox: Outbox,
    deliverer: Deliverer,
    media: MediaStore,
    watch: Watch,
    run_due: RunDue,
) -> APIRouter:
    """Serve turns, messages and clock below ``/simulator/api``."""
    routes = APIRouter(prefix="/simulator/api", dependencies=[Depends(local_only)])

    @routes.post("/turns")
    async def take_turn(body: TurnBody) -> JSONResponse:
        begun = time.monotonic()
        message = await message_of(body, media)
        received = await receiver.receive(message, body.at)

        answered_by = received.merged_into or received.turn_id

        async def look() -> tuple[Turn, list[OutboundMessage]] | None:
            return await asyncio.to_thread(_finished, inbox, outbox, answered_by)

        found = await watch.until(look, ANSWER_TIMEOUT_S, answered_by)
        turn_ms = round((time.monotonic() - begun) * 1000, 1)
        if found is None:
            document = {"turn_id": received.turn_id, "replies": [], "turn_ms": turn_ms}
            return JSONResponse(document, status_code=504)
        turn, messages = found
        return JSONResponse(
            {
                "turn_id": turn.id,
                "replies": [_shown(part) for item in messages for part in _parts(deliverer, item)],
                "handled_by": "officer" if turn.state == "held" else "bot",
                "turn_ms": turn_ms,
            }
        )

    @routes.get("/messages")
    async def messages(
        channel: Literal["telegram", "whatsapp"],
        chat: Annotated[ChatName, Query()],
        after: Annotated[str | None, Query(max_length=64)] = None,
    ) -> JSONResponse:
        if after is not None and not _is_uuid(after):
            raise InvalidInput("after is no message id", field="after")
        items = await asyncio.to_thread(outbox.delivered_since, "simulator", channel, chat, after)
        return JSONResponse(
            {
                "messages": [
                    {
                        "id": item.id,
                        "turn_id": item.turn_id,
                        "replies": [_shown(part) for part in _parts(deliverer, item)],
                    }
                    for item in items
                ]
            }
        )

    @routes.get("/media/{media_id}")
    async def sent_file(
        media_id: str,
        channel: Literal["telegram", "whatsapp"],
        chat: Annotated[ChatName, Query()],
    ) -> Response:
        """Give a file that was sent to this simulator chat, and no other file."""
        items = await asyncio.to_thread(outbox.delivered_since, "simulator", channel, chat, None)
        sent = {
            str(file.get("media_id")): file
            for item in items
            for file in item.reply.get("media") or ()
        }
        if media_id not in sent:
            raise HTTPException(404)
        content, mime_type = await asyncio.to_thread(media.get, media_id)
        name = quote(str(sent[media_id].get("title") or "berkas"))
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        return Response(content, media_type=mime_type, headers=headers)

    @routes.post("/clock")
    async def clock(body: ClockBody) -> JSONResponse:
        return JSONResponse({"ran": await run_due(body.at)})

    return routes


def _finished(
    inbox: Inbox, outbox: Outbox, turn_id: str
) -> tuple[Turn, list[OutboundMessage]] | None:
    turn = inbox.turn(turn_id)
    if turn.state == "queued":
        return None
    messages = list(outbox.of_turn(turn_id))
    if any(item.state == "waiting" for item in messages):
        return None
    return turn, messages


def _parts(deliverer: Deliverer, message: OutboundMessage) -> list[Any]:
    return list(deliverer.render(message)) if message.state == "accepted" else []


def _shown(part: Any) -> dict[str, Any]:
    return {
        "text": part.text,
        "choices": [
            {"id": choice.id, "title": choice.title, "description": choice.description}
            for choice in part.choices
        ],
        "media": dict(part.media) if part.media else None,
    }


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
