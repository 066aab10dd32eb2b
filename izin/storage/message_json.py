"""Inbound messages as JSON, the way they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tanya_language import mask_personal_data

from izin.conversations import ChatAddress, InboundMedia, InboundMessage
from izin.storage.text import storable


def message_to_json(message: InboundMessage) -> dict[str, Any]:
    """Give the stored form of a message; file contents are never part of it."""
    address = message.address
    return {
        "channel": address.channel,
        "chat": address.chat,
        "namespace": address.namespace,
        "user": address.user,
        "external_id": message.external_id,
        "kind": message.kind,
        "sent_at": message.sent_at.isoformat(),
        "text": message.text,
        "choice_id": message.choice_id,
        "media": [
            {
                "kind": item.kind,
                "platform_id": item.platform_id,
                "mime_type": item.mime_type,
                "size_bytes": item.size_bytes,
                "file_name": item.file_name,
            }
            for item in message.media
        ],
        "location": list(message.location) if message.location else None,
        "phone": message.phone,
        "aliases": list(message.aliases),
        "group": message.group,
        "reply_to": message.reply_to,
    }


def storable_message(message: InboundMessage) -> InboundMessage:
    """Give the message as it is stored: texts that PostgreSQL can hold, no file contents."""
    return message_from_json(storable(message_to_json(message)))


def masked_message(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stored message as it is kept once it was answered: without personal numbers."""
    return {**document, "text": mask_personal_data(document.get("text") or "")}


def message_from_json(document: Mapping[str, Any]) -> InboundMessage:
    """Read what :func:`message_to_json` gave."""
    location = document.get("location")
    return InboundMessage(
        address=ChatAddress(
            document["channel"], document["chat"], document["namespace"], document.get("user")
        ),
        external_id=document["external_id"],
        kind=document["kind"],
        sent_at=datetime.fromisoformat(document["sent_at"]),
        text=document["text"],
        choice_id=document.get("choice_id"),
        media=tuple(InboundMedia(**item) for item in document.get("media", ())),
        location=(location[0], location[1]) if location else None,
        phone=document.get("phone"),
        aliases=tuple(document.get("aliases", ())),
        group=bool(document.get("group")),
        reply_to=document.get("reply_to"),
    )
