"""Officers' messages that leave at a later time, as rows."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversation_room import RoomHead, Scheduled
from izin.replies import Reply
from izin.storage.postgres.replies import store_reply
from izin.storage.room_entries import SCHEDULED_KEY
from izin.storage.tables.conversations import conversations, escalations
from izin.storage.tables.serving import scheduled_messages
from izin.storage.text import storable

MOST_AT_ONCE = 500
_later = scheduled_messages.c


def store(connection: Connection, message: Scheduled, now: datetime) -> str:
    """Store a message once per key; gives its id."""
    stored = connection.execute(
        upsert(scheduled_messages)
        .values(
            id=str(uuid.uuid4()),
            conversation_id=message.conversation_id,
            key=message.key,
            author=message.author,
            text=storable(message.text),
            signed=storable(message.signed),
            due_at=message.due_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(_later.id)
    ).scalar()
    if stored is None:
        stored = connection.execute(select(_later.id).where(_later.key == message.key)).scalar_one()
    return str(stored)


def waiting(connection: Connection, conversation_id: str) -> list[Scheduled]:
    """Give what waits or has failed, the next one first."""
    rows = connection.execute(
        select(scheduled_messages)
        .where(_later.conversation_id == conversation_id, _later.state.in_(("waiting", "failed")))
        .order_by(_later.due_at, _later.id)
    ).all()
    return [_read(row) for row in rows]


def cancel(connection: Connection, conversation_id: str, scheduled_id: str) -> bool:
    """Cancel a message that waits or has failed."""
    done = connection.execute(
        update(scheduled_messages)
        .where(
            _later.id == scheduled_id,
            _later.conversation_id == conversation_id,
            _later.state.in_(("waiting", "failed")),
        )
        .values(state="cancelled")
    )
    return done.rowcount > 0


def send_next(connection: Connection, now: datetime) -> bool:
    """Send the message that is due first; False when none is.

    The simulator's clock can be moved: it decides over simulated chats only.
    """
    live_until = min(now, datetime.now(UTC))
    is_due = (_later.due_at <= live_until) | (
        (conversations.c.namespace == "simulator") & (_later.due_at <= now)
    )
    row = connection.execute(
        select(
            scheduled_messages,
            conversations.c.channel,
            conversations.c.namespace,
            conversations.c.last_inbound_at,
        )
        .join(conversations, conversations.c.id == _later.conversation_id)
        .where(_later.state == "waiting", _later.due_at <= now, is_due)
        .order_by(_later.due_at)
        .limit(1)
        .with_for_update(of=scheduled_messages, skip_locked=True)
    ).first()
    if row is None:
        return False
    head = RoomHead(
        row.conversation_id, row.channel, row.namespace, False, None, row.last_inbound_at
    )
    values: dict[str, Any] = {"state": "failed"}
    if head.window_open(now):
        outbox_id = store_reply(
            connection, row.conversation_id, Reply(row.signed), f"{SCHEDULED_KEY}{row.id}", None
        )
        values = {"state": "sent", "outbox_id": outbox_id}
    else:
        connection.execute(
            upsert(escalations)
            .values(
                conversation_id=row.conversation_id,
                key=f"{SCHEDULED_KEY}{row.id}",
                reason="delivery_failed",
                opened_at=now,
            )
            .on_conflict_do_nothing()
        )
    connection.execute(update(scheduled_messages).where(_later.id == row.id).values(**values))
    return True


def _read(row: Row[Any]) -> Scheduled:
    return Scheduled(
        id=row.id,
        conversation_id=row.conversation_id,
        key=row.key,
        author=row.author,
        text=row.text,
        signed=row.signed,
        due_at=row.due_at,
        state=row.state,
    )
