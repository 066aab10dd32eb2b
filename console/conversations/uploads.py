"""Files officers attach: how much of a body is read, and which files are taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import filetype
from fastapi import HTTPException
from PIL import Image
from starlette.datastructures import UploadFile
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from izin.errors import InvalidInput

LARGEST_FILE_BYTES = 10 * 1024 * 1024
LARGEST_BODY_BYTES = LARGEST_FILE_BYTES + 512 * 1024
"""Read of one request: a file with the fields around it."""

LARGEST_PHOTO_BYTES = 5_000_000
"""WhatsApp takes larger pictures as documents only (Cloud API, supported media types)."""

MOST_DRAINED_BYTES = 256 * 1024 * 1024
"""Thrown away of a body that is too long, so that the browser hears the answer."""

CUT = "upload_cut"
"""Key in the request's scope: the form went beyond what is read."""

TYPES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}

_BOUNDARY = re.compile(rb'boundary="?([^";,]+)"?', re.IGNORECASE)
_NAME = re.compile(r"[^\w .()-]+")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that may be sent: its content, what it is, and a harmless name."""

    content: bytes
    mime_type: str
    name: str

    @property
    def is_photo(self) -> bool:
        """Say whether both channels show it as a picture."""
        return self.mime_type.startswith("image/") and len(self.content) <= LARGEST_PHOTO_BYTES


def attachment(file: UploadFile | None) -> Attachment | None:
    """Give an uploaded file; None when the field was left empty.

    Raises:
        InvalidInput: It is empty, too large or of a type that is not taken; ``field`` is
            ``file_empty``, ``file_size`` or ``file_type``.
    """
    if file is None or not file.filename:
        return None
    content = _read(file.file)
    if not content:
        raise InvalidInput("an empty file", field="file_empty")
    mime_type = filetype.guess_mime(content[:8192])
    if mime_type not in TYPES:
        raise InvalidInput(f"files of type {mime_type} are not taken", field="file_type")
    if mime_type == "image/webp":  # WhatsApp takes WebP as a sticker only
        content, mime_type = _as_jpeg(content), "image/jpeg"
    return Attachment(content, mime_type, _name(file.filename, TYPES[mime_type]))


def _read(stream: BinaryIO) -> bytes:
    content = stream.read(LARGEST_FILE_BYTES + 1)
    if len(content) > LARGEST_FILE_BYTES:
        raise InvalidInput("a file of more than 10 MB", field="file_size")
    return content


def _as_jpeg(content: bytes) -> bytes:
    out = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=("WEBP",)) as image:
            if image.width * image.height > 50_000_000:
                raise InvalidInput("a picture with too many pixels", field="file_type")
            image.convert("RGB").save(out, "JPEG", quality=92)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput("a picture that cannot be read", field="file_type") from error
    return out.getvalue()


def _name(given: str, ending: str) -> str:
    stem = given.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    stem = " ".join(_NAME.sub(" ", stem).split())[:_LONGEST_NAME].strip(". ")
    return f"{stem or 'berkas'}.{ending}"


class BodyLimit:
    """Reads no more of a request than a form with one file needs, whoever sends it.

    The rest of a longer form is thrown away while it comes in, and the form ends where it was
    cut, so that what was typed before the file is not lost; ``scope[CUT]`` says so.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Take the application behind it."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        await self._app(scope, _Limited(scope, receive), send)


class _Limited:
    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._taken = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        body: bytes = message.get("body", b"")
        room = LARGEST_BODY_BYTES - self._taken
        self._taken += len(body)
        if len(body) <= room:
            return message
        self._scope[CUT] = True
        await self._drain(bool(message.get("more_body")))
        kind = dict(self._scope["headers"]).get(b"content-type", b"")
        boundary = _BOUNDARY.search(kind)
        if not kind.startswith(b"multipart/form-data") or boundary is None:
            raise HTTPException(413)
        ending = b"\r\n--" + boundary[1] + b"--\r\n"
        return {"type": "http.request", "body": body[: max(0, room)] + ending, "more_body": False}

    async def _drain(self, more: bool) -> None:
        while more and self._taken <= MOST_DRAINED_BYTES:
            message = await self._receive()
            more = bool(message.get("more_body")) and message["type"] == "http.request"
            self._taken += len(message.get("body", b""))
