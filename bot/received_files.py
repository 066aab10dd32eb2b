"""What a citizen's file really is, by its content, and whether we take it."""

from __future__ import annotations

import re

import filetype

from izin.conversations import InboundMedia
from izin.errors import RejectedMessage

TOO_BIG = "media_too_big"
WRONG_TYPE = "media_wrong_type"
GONE = "media_gone"

_FAMILIES = {
    "photo": ("image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"),
    "sticker": ("image/", "video/", "application/gzip"),
    "voice": ("audio/", "video/mp4", "video/webm", "application/ogg"),
    "video": ("video/", "image/gif"),
}
_REFUSED = frozenset(
    {
        "application/x-msdownload",
        "application/x-executable",
        "application/x-shockwave-flash",
        "application/java-archive",
        "application/vnd.android.package-archive",
    }
)
_ACTIVE = (b"<!doctype html", b"<html", b"<script", b"<svg", b"#!/", b"<?php")
_HEAD_BYTES = 4096
_PROLOGUE = re.compile(rb"(?:\s|<\?xml.*?\?>|<!--.*?-->|<!doctype[^>]*>)+", re.DOTALL)
_SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf", "audio/ogg": "ogg"}


class FileTooBig(RejectedMessage):
    """A file above the limit of its kind, ``limit_bytes``."""

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"{size_bytes} bytes, at most {limit_bytes}", code=TOO_BIG)
        self.limit_bytes = limit_bytes


def check_file(media: InboundMedia, content: bytes, limit_bytes: int) -> str:
    """Give the MIME type of a file we take.

    The content decides, not what the sender claimed: a photo must be an image, and the
    JSON of a media look-up is never taken for the file.

    Raises:
        RejectedMessage: Empty, too big, executable, or not what it claims; ``code`` is
            ``media_too_big`` or ``media_wrong_type``.
    """
    if len(content) > limit_bytes:
        raise too_big(len(content), limit_bytes)
    found = filetype.guess_mime(content[:8192]) if content else None
    claimed = (media.mime_type or "").split(";")[0].strip().lower()
    if not content or found in _REFUSED or _is_active(content):
        raise RejectedMessage("a file we do not take", code=WRONG_TYPE)
    family = _FAMILIES.get(media.kind)
    if family is not None and not (found or "").startswith(family):
        raise RejectedMessage(f"not a {media.kind}", code=WRONG_TYPE)
    checkable = media.kind == "document" and claimed.startswith(("image/", "application/pdf"))
    if checkable and (found or "").split("/")[0] != claimed.split("/")[0]:
        raise RejectedMessage(f"not {claimed}", code=WRONG_TYPE)
    return found or _text_type(content)


def too_big(size_bytes: int, limit_bytes: int) -> RejectedMessage:
    """Give the error of a file above the limit."""
    return FileTooBig(size_bytes, limit_bytes)


def file_name(media: InboundMedia, mime_type: str) -> str:
    """Give a harmless name for the file: the sender's without any path, or its kind."""
    name = (media.file_name or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(character for character in name if character.isprintable()).strip(". ")
    return name[-120:] or f"{media.kind}.{_SUFFIXES.get(mime_type) or mime_type.split('/')[-1]}"


def _is_active(content: bytes) -> bool:
    """Say whether a browser would run it: what may stand before the first tag is passed over."""
    head = content[:_HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").strip(b"\x00 \t\r\n\f").lower()
    return head.startswith(_ACTIVE) or _PROLOGUE.sub(b"", head, count=1).startswith(_ACTIVE)


def _text_type(content: bytes) -> str:
    try:
        content.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"
