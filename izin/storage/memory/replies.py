"""Replies on their way into the outbox in memory."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime

from izin.conversations import OutboundMessage
from izin.replies import Reply
from izin.storage.memory.conversations import ConversationData, Job
from izin.storage.postgres.queue import DELIVERY_QUEUE, DELIVERY_TASK
from izin.storage.text import storable


def store_reply(
    data: ConversationData, conversation_id: str, reply: Reply, key: str, turn_id: str | None
) -> str:
    """Put one reply into the outbox under its idempotency key; gives the outbox id."""
    if key in data.outbox_keys:
        return data.outbox_keys[key]
    reply = Reply.from_json(storable(reply.to_json()))
    choice_ids = []
    for choice in reply.choices:
        choice_id = secrets.token_urlsafe(9)
        choice_ids.append(choice_id)
        if choice.url is None:
            data.choices[choice_id] = (
                conversation_id,
                {
                    "intent": choice.intent,
                    "entities": dict(choice.entities),
                    "title": choice.title,
                },
            )
    message_id = str(uuid.uuid4())
    data.outbox[message_id] = OutboundMessage(
        id=message_id,
        conversation_id=conversation_id,
        address=data.conversations[conversation_id].address,
        reply=reply.to_json(),
        choice_ids=tuple(choice_ids),
        turn_id=turn_id,
        created_at=datetime.now(UTC),
    )
    data.outbox_keys[key] = message_id
    data.jobs.append(
        Job(DELIVERY_TASK, DELIVERY_QUEUE, f"out:{conversation_id}", {"message_id": message_id})
    )
    return message_id
