"""The inbox on PostgreSQL: messages stored once, turns enqueued in the same transaction."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversations import ChatAddress, Conversation, InboundMessage, Received, Turn
from izin.errors import NotFound
from izin.replies import Reply
from izin.storage.message_json import message_from_json, message_to_json
from izin.storage.postgres import queue
from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import (
    chat_aliases,
    choices,
    conversations,
    escalations,
    outbox,
    review_items,
    turns,
)

_CHOICE_ID_BYTES = 9  # 12 URL-safe characters: fits Telegram's 64 bytes, not guessable


class PostgresInbox:
    """``izin.ports.Inbox`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def receive(
        self, message: InboundMessage, received_at: datetime, now: datetime | None = None
    ) -> Received:
        """Store a message once and enqueue its turn; see the port."""
        with transaction(self._engine) as connection:
            aliases = sorted({message.address.key, *_alias_keys(message)})
            for alias in aliases:  # sorted: two transactions can never wait for one another
                connection.execute(
                    text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"),
                    {"key": alias},
                )
            earlier = connection.execute(
                select(turns.c.id, turns.c.conversation_id).where(
                    turns.c.namespace == message.address.namespace,
                    turns.c.channel == message.address.channel,
                    turns.c.external_id == message.external_id,
                )
            ).first()
            if earlier is not None:
                return Received(earlier.id, earlier.conversation_id, duplicate=True)
            conversation_id = _conversation_id(connection, message, aliases, received_at)
            turn_id = str(uuid.uuid4())
            connection.execute(
                insert(turns).values(
                    id=turn_id,
                    conversation_id=conversation_id,
                    namespace=message.address.namespace,
                    channel=message.address.channel,
                    external_id=message.external_id,
                    message=message_to_json(message),
                    choice=_choice(connection, conversation_id, message.choice_id),
                    office_now=now or received_at,
                    received_at=received_at,
                )
            )
            queue.defer_turn(connection, conversation_id, turn_id)
            return Received(turn_id, conversation_id)

    def turn(self, turn_id: str) -> Turn:
        """Give a turn with its conversation."""
        with transaction(self._engine) as connection:
            return _read_turn(connection, turn_id)

    def begin(self, turn_id: str) -> Turn:
        """Count an attempt and give the turn."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(turns)
                .where(turns.c.id == turn_id, turns.c.state == "queued")
                .values(attempts=turns.c.attempts + 1)
            )
            return _read_turn(connection, turn_id)

    def set_media(self, turn_id: str, media_ids: Sequence[str]) -> None:
        """Remember our ids of the turn's stored files."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(turns).where(turns.c.id == turn_id).values(media_ids=list(media_ids))
            )

    def answer(
        self, turn_id: str, replies: Sequence[Reply], timings_ms: Mapping[str, float]
    ) -> tuple[str, ...]:
        """Store replies and enqueue their deliveries, once."""
        return self._close(turn_id, replies, "answered", dict(timings_ms), None)

    def hold(self, turn_id: str) -> None:
        """Leave the message to the officer."""
        self._close(turn_id, (), "held", {}, None)

    def fail(self, turn_id: str, reply: Reply, error: str) -> tuple[str, ...]:
        """Answer politely and open the conversation to an officer."""
        return self._close(turn_id, (reply,), "failed", {}, error)

    def verify_phone(self, conversation_id: str, phone: str) -> None:
        """Remember a phone proven on this channel."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(verified_phone=phone)
            )

    def keep_for_review(
        self, channel: str, payload: bytes, reason: str, received_at: datetime
    ) -> None:
        """Keep an item that could not be understood."""
        with transaction(self._engine) as connection:
            connection.execute(
                insert(review_items).values(
                    channel=channel, payload=payload, reason=reason, received_at=received_at
                )
            )

    def _close(
        self,
        turn_id: str,
        replies: Sequence[Reply],
        state: str,
        timings_ms: Mapping[str, float],
        error: str | None,
    ) -> tuple[str, ...]:
        with transaction(self._engine) as connection:
            row = (
                connection.execute(select(turns).where(turns.c.id == turn_id).with_for_update())
                .mappings()
                .first()
            )
            if row is None:
                raise NotFound(f"turn {turn_id}")
            if row["state"] != "queued":
                return _outbox_ids(connection, turn_id)
            ids = tuple(
                store_reply(connection, row["conversation_id"], reply, f"{turn_id}:{step}", turn_id)
                for step, reply in enumerate(replies)
            )
            connection.execute(
                update(turns)
                .where(turns.c.id == turn_id)
                .values(
                    state=state, answered_at=func.now(), timings_ms=dict(timings_ms), error=error
                )
            )
            last = {"last_text": replies[-1].text} if replies else {}
            connection.execute(
                update(conversations)
                .where(conversations.c.id == row["conversation_id"])
                .values(last_turn_at=row["office_now"], **last)
            )
            if state == "failed" or any(reply.urgent for reply in replies):
                connection.execute(
                    upsert(escalations)
                    .values(
                        conversation_id=row["conversation_id"],
                        key=f"turn:{turn_id}",
                        reason="turn_failed" if state == "failed" else "urgent",
                        opened_at=row["office_now"],
                    )
                    .on_conflict_do_nothing()
                )
            return ids


def store_reply(
    connection: Connection, conversation_id: str, reply: Reply, key: str, turn_id: str | None
) -> str:
    """Put one reply into the outbox under its idempotency key; gives the outbox id.

    Its choices get opaque ids of ours; a repeated key gives the first message's id.
    """
    earlier = connection.execute(select(outbox.c.id).where(outbox.c.key == key)).scalar()
    if earlier is not None:
        return str(earlier)
    choice_ids = []
    for choice in reply.choices:
        choice_id = secrets.token_urlsafe(_CHOICE_ID_BYTES)
        choice_ids.append(choice_id)
        if choice.url is None:
            connection.execute(
                insert(choices).values(
                    id=choice_id,
                    conversation_id=conversation_id,
                    title=choice.title,
                    intent=choice.intent,
                    entities=dict(choice.entities),
                )
            )
    message_id = str(uuid.uuid4())
    connection.execute(
        insert(outbox).values(
            id=message_id,
            conversation_id=conversation_id,
            turn_id=turn_id,
            key=key,
            reply=reply.to_json(),
            choice_ids=choice_ids,
        )
    )
    queue.defer_delivery(connection, conversation_id, message_id)
    return message_id


def conversation_from_row(row: RowMapping) -> Conversation:
    """Give the conversation of a row that holds the conversations table's columns."""
    return Conversation(
        id=row["id"],
        address=ChatAddress(row["channel"], row["chat"], row["namespace"], row["chat_user"]),
        held_by_officer=row["held_by_officer"],
        verified_phone=row["verified_phone"],
        last_inbound_at=row["last_inbound_at"],
        last_turn_at=row["last_turn_at"],
        lost_turns=row["lost_turns"],
        last_text=row["last_text"],
    )


def _alias_keys(message: InboundMessage) -> list[str]:
    address = message.address
    return [
        ChatAddress(address.channel, alias, address.namespace, address.user).key
        for alias in message.aliases
    ]


def _conversation_id(
    connection: Connection, message: InboundMessage, aliases: Sequence[str], received_at: datetime
) -> str:
    address = message.address
    known = connection.execute(
        select(conversations.c.id)
        .join(chat_aliases, chat_aliases.c.conversation_id == conversations.c.id)
        .where(
            chat_aliases.c.namespace == address.namespace,
            chat_aliases.c.channel == address.channel,
            chat_aliases.c.alias.in_(aliases),
        )
        .group_by(conversations.c.id)
        .order_by(conversations.c.created_at)
    ).scalars()
    ids = list(known)
    values: dict[str, Any] = {"last_inbound_at": received_at, "chat": address.chat}
    if message.phone:
        values["verified_phone"] = message.phone
    if ids:
        conversation_id = ids[0]
        connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(**values)
        )
        if len(ids) > 1:  # one citizen known by two ids: later messages go to the older chat
            connection.execute(
                update(chat_aliases)
                .where(chat_aliases.c.conversation_id.in_(ids[1:]))
                .values(conversation_id=conversation_id)
            )
    else:
        conversation_id = str(uuid.uuid4())
        connection.execute(
            insert(conversations).values(
                id=conversation_id,
                namespace=address.namespace,
                channel=address.channel,
                chat_user=address.user,
                **values,
            )
        )
    connection.execute(
        upsert(chat_aliases)
        .values(
            [
                {
                    "namespace": address.namespace,
                    "channel": address.channel,
                    "alias": alias,
                    "conversation_id": conversation_id,
                }
                for alias in aliases
            ]
        )
        .on_conflict_do_nothing()
    )
    return str(conversation_id)


def _choice(
    connection: Connection, conversation_id: str, choice_id: str | None
) -> dict[str, Any] | None:
    if choice_id is None:
        return None
    row = connection.execute(
        select(choices.c.intent, choices.c.entities, choices.c.title).where(
            choices.c.id == choice_id, choices.c.conversation_id == conversation_id
        )
    ).first()
    if row is None:
        return None
    return {"intent": row.intent, "entities": row.entities, "title": row.title}


def _read_turn(connection: Connection, turn_id: str) -> Turn:
    row = connection.execute(select(turns).where(turns.c.id == turn_id)).mappings().first()
    if row is None:
        raise NotFound(f"turn {turn_id}")
    owner = (
        connection.execute(
            select(conversations).where(conversations.c.id == row["conversation_id"])
        )
        .mappings()
        .one()
    )
    return Turn(
        id=row["id"],
        conversation=conversation_from_row(owner),
        message=message_from_json(row["message"]),
        now=row["office_now"],
        received_at=row["received_at"],
        state=row["state"],
        attempts=row["attempts"],
        choice=row["choice"],
        media_ids=tuple(row["media_ids"]),
        details=row["details"],
    )


def _outbox_ids(connection: Connection, turn_id: str) -> tuple[str, ...]:
    rows = connection.execute(
        select(outbox.c.id).where(outbox.c.turn_id == turn_id).order_by(outbox.c.seq)
    )
    return tuple(str(row.id) for row in rows)
