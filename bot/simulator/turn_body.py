"""A citizen's message as the simulator takes it, and what the gateway makes of it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import HTTPException
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from bot.received_files import check_file
from izin.conversations import ChatAddress, InboundMedia, InboundMessage, MessageKind
from izin.errors import InvalidInput, RejectedMessage
from izin.ports import MediaStore

LARGEST_PHOTO_BYTES = 5 * 1024 * 1024
CAPTIONED = ("photo", "document", "location")
"""What may come with a text."""

_PHONE = re.compile(r"\+\d{6,15}")

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


async def message_of(body: TurnBody, media: MediaStore) -> InboundMessage:
    """Give the message of a body, its file checked as a platform's would be and stored.

    Raises:
        InvalidInput: The file is none we take; ``field`` names it.
        HTTPException: 413, the file is too large.
    """
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
