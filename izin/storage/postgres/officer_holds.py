"""Officers' holds on conversations as rows: renewed, ended, moved between chats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversation_room import RoomHead
from izin.errors import NotFound
from izin.officers import IN_CHAT, LEASE, EndedBy, Handling
from izin.replies import Reply
from izin.storage.postgres import officer_queue
from izin.storage.postgres.replies import store_reply
from izin.storage.tables.conversations import conversations, escalations, turns
from izin.storage.tables.officers import officer_handlings
from izin.storage.tables.serving import conversation_notes, scheduled_messages

_handling = officer_handlings.c


def move_holds(connection: Connection, older: str, younger: Sequence[str]) -> None:
    """Let what waits for officers follow when conversations become one.

    Of two holds the older conversation's goes on; the other one ends by time.
    """
    connection.execute(
        update(escalations)
        .where(escalations.c.conversation_id.in_(younger))
        .values(conversation_id=older)
    )
    for table in (conversation_notes, scheduled_messages):
        connection.execute(
            update(table).where(table.c.conversation_id.in_(younger)).values(conversation_id=older)
        )
    kept = [active(connection, item) for item in (older, *younger)]
    holds = [row for row in kept if row is not None]
    for row in holds[1:]:
        connection.execute(
            update(officer_handlings)
            .where(_handling.id == row.id)
            .values(ended_at=row.lease_until, ended_by="waktu")
        )
    connection.execute(
        update(officer_handlings)
        .where(_handling.conversation_id.in_(younger))
        .values(conversation_id=older)
    )


def lock(connection: Connection, conversation_id: str) -> bool:
    """Lock the conversation, so that no turn is answered meanwhile; gives whether it is held."""
    held = connection.execute(
        select(conversations.c.held_by_officer)
        .where(conversations.c.id == conversation_id)
        .with_for_update()
    ).scalar()
    if held is None:
        raise NotFound(f"conversation {conversation_id}")
    return bool(held)


def open_in_chat(conversation_id: str) -> Any:
    """Give the condition of what an officer's presence in this chat answers."""
    return (
        (escalations.c.conversation_id == conversation_id)
        & escalations.c.closed_at.is_(None)
        & escalations.c.reason.in_(IN_CHAT)
    )


def handlings() -> Any:
    """Give the query for the holds that go on, with whether their citizen waits."""
    unanswered = exists().where(
        turns.c.conversation_id == _handling.conversation_id,
        turns.c.state == "held",
        turns.c.office_now > _handling.replied_at,
    )
    waits = (_handling.replied_at.is_(None) | unanswered).label("waits")
    return select(officer_handlings, waits).where(_handling.ended_at.is_(None))


def active(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Give the hold on a conversation, or None."""
    query = handlings().where(_handling.conversation_id == conversation_id)
    row: Row[Any] | None = connection.execute(query).first()
    return row


def hold_of(connection: Connection, conversation_id: str) -> Row[Any]:
    """Give the hold on a conversation.

    Raises:
        NotFound: Nobody holds it.
    """
    row = active(connection, conversation_id)
    if row is None:
        raise NotFound(f"nobody holds conversation {conversation_id}")
    return row


def read(row: Row[Any]) -> Handling:
    """Give a row of ``handlings`` as the noun."""
    return Handling(
        id=row.id,
        conversation_id=row.conversation_id,
        officer=row.officer,
        role=row.role,
        claimed_at=row.claimed_at,
        lease_until=row.lease_until,
        replied_at=row.replied_at,
        waits=row.waits,
    )


def renew(connection: Connection, handling_id: int, now: datetime, **values: Any) -> None:
    """Let a hold last for another lease; further columns by name."""
    connection.execute(
        update(officer_handlings)
        .where(_handling.id == handling_id)
        .values(lease_until=func.greatest(_handling.lease_until, now + LEASE), **values)
    )


def tell(connection: Connection, held: Any, reply: Reply, what: str) -> str:
    """Put what the officer's side says into the outbox once; gives its id."""
    key = f"{officer_queue.OFFICER_KEY}{held.id}:{what}"
    return store_reply(connection, held.conversation_id, reply, key, None)


def tell_if_heard(
    connection: Connection, held: Any, reply: Reply, what: str, now: datetime
) -> None:
    """Tell the citizen that an officer came or went, where the platform takes it.

    Outside WhatsApp's window it would only fail; the officer then writes by template.
    """
    row = connection.execute(
        select(
            conversations.c.channel, conversations.c.namespace, conversations.c.last_inbound_at
        ).where(conversations.c.id == held.conversation_id)
    ).one()
    head = RoomHead(
        held.conversation_id, row.channel, row.namespace, False, None, row.last_inbound_at
    )
    if head.window_open(now):
        tell(connection, held, reply, what)


def let_go(connection: Connection, conversation_id: str) -> None:
    """Give the conversation back to the bot."""
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(held_by_officer=False)
    )


def end(
    connection: Connection, held: Any, now: datetime, by: EndedBy, turn_id: str | None = None
) -> None:
    """End a hold and give the conversation back to the bot."""
    connection.execute(
        update(officer_handlings)
        .where(_handling.id == held.id)
        .values(ended_at=now, ended_by=by, ended_in=turn_id)
    )
    let_go(connection, held.conversation_id)


def close(connection: Connection, conversation_id: str, now: datetime) -> None:
    """Close what an officer's presence in this chat answered."""
    connection.execute(
        update(escalations).where(open_in_chat(conversation_id)).values(closed_at=now)
    )


def keep_open(connection: Connection, held: Any, now: datetime) -> None:
    """See to it that a citizen who waits still has a place: a hold may begin without one."""
    if connection.execute(select(exists().where(open_in_chat(held.conversation_id)))).scalar():
        return
    connection.execute(
        upsert(escalations)
        .values(
            conversation_id=held.conversation_id,
            key=f"lease:{held.id}",
            reason="minta_petugas",
            opened_at=held.claimed_at,
        )
        .on_conflict_do_nothing()
    )
