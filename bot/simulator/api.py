"""The simulator's JSON API, for loopback only.

A turn travels the whole house; its identities live in the ``simulator`` namespace, which
no platform sender ever sees.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from bot.gateway.delivery import Deliverer
from bot.gateway.receiving import Receiver
from bot.gateway.watch import Watch
from bot.received_files import check_file
from izin.conversations import (
    ChatAddress,
    InboundMedia,
    InboundMessage,
    MessageKind,
    OutboundMessage,
    Turn,
)
from izin.errors import InvalidInput, RejectedMessage
from izin.ports import Inbox, MediaStore, Outbox

ANSWER_TIMEOUT_S = 15.0
LARGEST_PHOTO_BYTES = 5 * 1024 * 1024
CAPTIONED = ("photo", "document", "location")
"""What may come with a text."""

_PHONE = re.compile(r"\+\d{6,15}")
_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1)(:\d{1,5})?")

RunDue = Callable[[datetime], Awaitable[dict[str, int]]]

# Control characters cannot be stored, so that two names could become one chat.
ChatName = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class TurnBody(BaseModel):
    """A citizen's message as the simulator sends it."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["telegram", "whatsapp"]
    chat: ChatName
    phone: str | None = None
    text: Annotated[str | None, Field(max_length=100_000)] = None
    choice: Annotated[str | None, Field(max_length=256)] = None
    photo: str | None = None
    document: str | None = None
    file_name: Annotated[str | None, Field(max_length=200)] = None
    voice: str | None = None
    sticker: Literal[True] | None = None
    contact: Literal["own", "other"] | None = None
    location: tuple[Latitude, Longitude] | None = None
    at: AwareDatetime | None = None

    @field_validator("phone")
    @classmethod
    def _international(cls, value: str | None) -> str | None:
        if value is not None and not _PHONE.fullmatch(value):
            raise ValueError("phone must look like +62…")
        return value

    @model_validator(mode="after")
    def _one_message(self) -> TurnBody:
        given = [
            name
            for name in ("choice", "photo", "document", "voice", "sticker", "contact", "location")
            if getattr(self, name) is not None
        ]
        if len(given) > 1 or (self.text is None and not given):
            raise ValueError(
                "one of text, choice, photo, document, voice, sticker, contact, location is needed;"
                " only a file and text go together"
            )
        if given and self.text is not None and given[0] not in CAPTIONED:
            raise ValueError(f"{given[0]} stands alone")
        if self.contact == "own" and self.phone is None:
            raise ValueError("the citizen's own contact needs phone")
        return self


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
        message = await _message(body, media)
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


async def _message(body: TurnBody, media: MediaStore) -> InboundMessage:
    address = ChatAddress(body.channel, body.chat, "simulator")
    files: tuple[InboundMedia, ...] = ()
    file = _file(body)
    if file is not None:
        content = file.content or b""
        try:
            media_id = await asyncio.to_thread(
                media.put, replace(file, content=None), content, None
            )
        except RejectedMessage as error:
            raise InvalidInput(f"{file.kind} cannot be read", field=file.kind) from error
        files = (replace(file, platform_id=media_id, content=None),)
    kind = _kind(body)
    text = body.text or ""
    return InboundMessage(
        address=address,
        external_id=f"simulator-{uuid.uuid4()}",
        kind=kind,
        sent_at=datetime.now(UTC),
        text=text.removeprefix("/start").strip() if kind == "start" else text,
        choice_id=body.choice,
        media=files,
        location=body.location,
        phone=body.phone if body.contact != "other" else None,
    )


def _kind(body: TurnBody) -> MessageKind:
    for kind in ("photo", "document", "voice", "sticker", "contact", "location", "choice"):
        if getattr(body, kind) is not None:
            return kind
    return "start" if (body.text or "").split(" ", 1)[0] == "/start" else "text"


def _file(body: TurnBody) -> InboundMedia | None:
    """Give the file of a message with its content, checked as a platform's would be."""
    if body.photo is not None:
        content = _decoded("photo", body.photo)
        if _image_type(content) is None:
            raise InvalidInput("photo is not JPEG, PNG or WebP", field="photo")
        return InboundMedia("photo", "", _image_type(content), len(content), None, content)
    if body.document is not None or body.voice is not None:
        kind: Literal["document", "voice"] = "document" if body.document is not None else "voice"
        content = _decoded(kind, body.document or body.voice or "")
        item = InboundMedia(kind, "", None, len(content), body.file_name, content)
        try:
            return replace(item, mime_type=check_file(item, content, LARGEST_PHOTO_BYTES))
        except RejectedMessage as error:
            raise InvalidInput(f"{kind} is not a file we take", field=kind) from error
    return None


def _decoded(kind: str, encoded: str) -> bytes:
    if len(encoded) > LARGEST_PHOTO_BYTES * 4 // 3 + 4:
        raise HTTPException(413, f"{kind} is larger than 5 MB")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(f"{kind} is not base64", field=kind) from error


def _image_type(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


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
