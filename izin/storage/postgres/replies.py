"""Replies on their way into the outbox, within the caller's transaction."""

from __future__ import annotations

import secrets
import uuid

from sqlalchemy import Connection, insert, select

from izin.replies import Reply
from izin.storage.postgres import queue
from izin.storage.tables.conversations import choices, outbox
from izin.storage.text import storable

_CHOICE_ID_BYTES = 9  # 12 URL-safe characters: fits Telegram's 64 bytes, not guessable


def store_reply(
    connection: Connection, conversation_id: str, reply: Reply, key: str, turn_id: str | None
) -> str:
    """Put one reply into the outbox under its idempotency key; gives the outbox id.

    Its choices get opaque ids of ours; a repeated key gives the first message's id.
    """
    earlier = connection.execute(select(outbox.c.id).where(outbox.c.key == key)).scalar()
    if earlier is not None:
        return str(earlier)
    document = storable(reply.to_json())
    reply = Reply.from_json(document)
    choice_ids = choice_ids_for(reply)
    rows = [
        {
            "id": choice_id,
            "conversation_id": conversation_id,
            "title": choice.title,
            "intent": choice.intent,
            "entities": dict(choice.entities),
        }
        for choice_id, choice in zip(choice_ids, reply.choices, strict=True)
        if choice.url is None
    ]
    if rows:  # one statement, as every answer has several choices
        connection.execute(insert(choices).values(rows))
    message_id = str(uuid.uuid4())
    connection.execute(
        insert(outbox).values(
            id=message_id,
            conversation_id=conversation_id,
            turn_id=turn_id,
            key=key,
            reply=document,
            choice_ids=choice_ids,
        )
    )
    queue.defer_delivery(connection, conversation_id, message_id)
    return message_id


def choice_ids_for(reply: Reply) -> list[str]:
    """Give new opaque ids of ours for the choices of a reply."""
    return [secrets.token_urlsafe(_CHOICE_ID_BYTES) for _ in reply.choices]


def outbox_ids(connection: Connection, turn_id: str) -> tuple[str, ...]:
    """Give the outbox ids of a turn's replies, oldest first."""
    rows = connection.execute(
        select(outbox.c.id).where(outbox.c.turn_id == turn_id).order_by(outbox.c.seq)
    )
    return tuple(str(row.id) for row in rows)
