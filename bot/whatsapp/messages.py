"""One WhatsApp message as an inbound message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.whatsapp.identity import Identity
from izin.conversations import InboundMedia, InboundMessage, MessageKind

MediaName = Literal["photo", "document", "voice", "video", "sticker"]

_FILES: Mapping[str, MediaName] = {
    "image": "photo",
    "document": "document",
    "audio": "voice",
    "video": "video",
    "sticker": "sticker",
}


@dataclass(frozen=True, slots=True)
class _Content:
    kind: MessageKind
    text: str = ""
    choice_id: str | None = None
    media: tuple[InboundMedia, ...] = ()
    location: tuple[float, float] | None = None
    edits: str | None = None


def read_message(message: Mapping[str, Any], who: Identity) -> InboundMessage:
    """Give the message of ``who``; a type we do not know is ``unsupported``.

    Raises:
        KeyError, TypeError, ValueError: A part that must be there is missing or malformed.
    """
    if not _words(message["id"]):
        raise ValueError("a message without id")
    content = _content(message)
    context = message.get("context") or {}
    return InboundMessage(
        address=who.address,
        external_id=message["id"],
        kind=content.kind,
        sent_at=moment(message["timestamp"]),
        text=content.text,
        choice_id=content.choice_id,
        media=content.media,
        location=content.location,
        phone=who.phone,
        aliases=who.aliases,
        reply_to=content.edits or context.get("id"),
    )


def moment(timestamp: Any) -> datetime:
    """Give the time of a Unix timestamp, which WhatsApp writes as text."""
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | str):
        raise ValueError("a timestamp must be a number")
    return datetime.fromtimestamp(int(timestamp), UTC)


def _content(message: Mapping[str, Any]) -> _Content:
    kind = _words(message["type"])
    if kind == "text":
        return _typed(_words(message["text"]["body"]))
    if kind in _FILES:
        return _file(message[kind], _FILES[kind])
    if kind == "location":
        return _place(message["location"])
    if kind == "contacts":
        return _Content("contact")
    if kind == "button":  # quick reply of a template
        button = message["button"]
        return _Content("choice", _words(button.get("text", "")), _words(button["payload"]))
    if kind == "interactive":
        return _interactive(message["interactive"])
    if kind == "edit":
        edit = message["edit"]
        inner = _content(edit["message"])
        original = _words(edit["original_message_id"])
        return _Content("edited", inner.text, media=inner.media, edits=original)
    if kind == "request_welcome":  # the chat was opened for the first time
        return _Content("start")
    return _Content("unsupported")


def _typed(text: str) -> _Content:
    """Read what was typed; a link to this chat may fill in "/start pbg" beforehand."""
    command, _, rest = text.strip().partition(" ")
    if command.casefold() == "/start":
        return _Content("start", rest.strip())
    return _Content("text", text)


def _interactive(interactive: Mapping[str, Any]) -> _Content:
    kind = _words(interactive["type"])
    if kind not in ("button_reply", "list_reply"):
        return _Content("unsupported")
    reply = interactive[kind]
    return _Content("choice", _words(reply.get("title", "")), _words(reply["id"]))


def _file(item: Mapping[str, Any], kind: MediaName) -> _Content:
    media = InboundMedia(
        kind=kind,
        platform_id=_words(item["id"]),
        mime_type=item.get("mime_type"),
        file_name=item.get("filename"),
    )
    return _Content(kind, _words(item.get("caption") or ""), media=(media,))


def _place(place: Mapping[str, Any]) -> _Content:
    names = [_words(place[part]) for part in ("name", "address") if place.get(part)]
    location = (float(place["latitude"]), float(place["longitude"]))
    return _Content("location", ", ".join(names), location=location)


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value
