"""What a Telegram message holds: its kind, words, files and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from izin.conversations import InboundMedia, MessageKind

MediaName = Literal["photo", "document", "voice", "video", "sticker"]

DOWNLOAD_LIMIT_BYTES = 20_000_000
"""Bots may download files up to 20 MB (core.telegram.org/bots/api#getfile)."""

# An animation also carries ``document``, so it is looked for first.
_FILES: tuple[tuple[str, MediaName], ...] = (
    ("animation", "video"),
    ("video", "video"),
    ("video_note", "video"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("sticker", "sticker"),
    ("document", "document"),
)
_SERVICE = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo",
        "delete_chat_photo", "group_chat_created", "supergroup_chat_created",
        "channel_chat_created", "message_auto_delete_timer_changed", "migrate_to_chat_id",
        "migrate_from_chat_id", "pinned_message", "successful_payment", "refunded_payment",
        "connected_website", "write_access_allowed", "proximity_alert_triggered",
        "boost_added", "chat_background_set", "forum_topic_created", "forum_topic_edited",
        "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
        "general_forum_topic_unhidden", "giveaway_created", "giveaway_completed",
        "video_chat_scheduled", "video_chat_started", "video_chat_ended",
        "video_chat_participants_invited", "users_shared", "chat_shared", "gift",
        "unique_gift", "chat_owner_left", "chat_owner_changed",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """The useful part of a message."""

    kind: MessageKind
    text: str = ""
    media: tuple[InboundMedia, ...] = ()
    location: tuple[float, float] | None = None


def content_of(message: Mapping[str, Any]) -> Content | None:
    """Give the content; None for a service message (somebody joined, a title changed).

    A place with a name (venue) has name and address as its text.

    Raises:
        KeyError, TypeError, ValueError: The message is malformed.
    """
    if "text" in message:
        return Content("text", _words(message["text"]))
    caption = _words(message.get("caption", ""))
    if "photo" in message:
        return Content("photo", caption, (_photo(message["photo"]),))
    for field, kind in _FILES:
        if field in message:
            return Content(kind, caption, (_file(message[field], kind),))
    if "location" in message or "venue" in message:
        return _place(message)
    if "contact" in message:
        _words(message["contact"]["phone_number"])
        return Content("contact")
    if _SERVICE.intersection(message):
        return None
    return Content("unsupported", caption)


def _photo(sizes: list[Mapping[str, Any]]) -> InboundMedia:
    if not isinstance(sizes, list) or not sizes:
        raise ValueError("a photo without sizes")
    fitting = [size for size in sizes if size.get("file_size", 0) <= DOWNLOAD_LIMIT_BYTES]
    best = max(fitting or sizes[:1], key=lambda size: size["width"] * size["height"])
    return InboundMedia("photo", _words(best["file_id"]), "image/jpeg", best.get("file_size"))


def _file(item: Mapping[str, Any], kind: MediaName) -> InboundMedia:
    return InboundMedia(
        kind=kind,
        platform_id=_words(item["file_id"]),
        mime_type=item.get("mime_type"),
        size_bytes=item.get("file_size"),
        file_name=item.get("file_name"),
    )


def _place(message: Mapping[str, Any]) -> Content:
    venue = message.get("venue") or {}
    point = message.get("location") or venue["location"]
    names = [_words(venue[part]) for part in ("title", "address") if venue.get(part)]
    location = (float(point["latitude"]), float(point["longitude"]))
    return Content("location", ", ".join(names), location=location)


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected a text")
    return value
