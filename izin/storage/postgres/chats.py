"""Which conversation a message belongs to: a citizen may be known by several ids."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversations import ChatAddress, Conversation, InboundMessage
from izin.storage.postgres import identifiers
from izin.storage.postgres.moving import move_following
from izin.storage.postgres.officer_holds import move_holds
from izin.storage.tables.complaints import complaints, sealed_complaints
from izin.storage.tables.conversations import chat_aliases, choices, conversations
from izin.storage.tables.privacy import privacy_consents, privacy_requests
from izin.storage.tables.sealed import earlier_chats


def conversation_from_row(row: RowMapping) -> Conversation:
    """Give the conversation of a row that holds the conversations table's columns."""
    return Conversation(
        id=row["id"],
        address=ChatAddress(row["channel"], row["chat"], row["namespace"], row["chat_user"]),
        held_by_officer=row["held_by_officer"],
        verified_phone=row["verified_phone"],
        last_inbound_at=row["last_inbound_at"],
        last_turn_at=row["last_turn_at"],
        last_text=row["last_text"],
    )


def alias_keys(message: InboundMessage) -> list[str]:
    """Give every key the message's chat is known by, sorted: two transactions that lock
    them in this order never wait for one another.
    """
    address = message.address
    others = [
        ChatAddress(address.channel, alias, address.namespace, address.user).key
        for alias in message.aliases
    ]
    return sorted({address.key, *others})


def conversation_of(connection: Connection, message: InboundMessage, received_at: datetime) -> str:
    """Give the id of the message's conversation, which it opens or joins where needed.

    The caller holds the locks of :func:`alias_keys`.
    """
    address, aliases = message.address, alias_keys(message)
    stored = {alias: identifiers.marks(connection, identifiers.ALIAS, alias) for alias in aliases}
    known = connection.execute(
        select(conversations.c.id, conversations.c.chat_mark, conversations.c.phone_mark)
        .join(chat_aliases, chat_aliases.c.conversation_id == conversations.c.id)
        .where(
            chat_aliases.c.namespace == address.namespace,
            chat_aliases.c.channel == address.channel,
            chat_aliases.c.alias.in_([mark for found in stored.values() for mark in found]),
        )
        .group_by(conversations.c.id)
        .order_by(conversations.c.created_at)
    ).all()
    ids = [row.id for row in known]
    values: dict[str, Any] = {
        "last_inbound_at": received_at,
        **_address_columns(connection, message, known[0] if known else None),
    }
    if ids:
        conversation_id = ids[0]
        connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(**values)
        )
        if len(ids) > 1:
            _merge(connection, conversation_id, ids[1:])
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
                    "alias": stored[alias][0],
                    "locked_alias": alias if len(stored[alias]) > 1 else None,
                    "conversation_id": conversation_id,
                }
                for alias in aliases
            ]
        )
        .on_conflict_do_nothing()
    )
    return str(conversation_id)


def _address_columns(
    connection: Connection, message: InboundMessage, known: Row[Any] | None
) -> dict[str, Any]:
    """Give the columns of chat and phone to write: encrypting what is there would only cost."""
    chat, phone = message.address.chat, message.phone
    columns: dict[str, Any] = {}
    if known is None or not identifiers.is_chat(connection, chat, known.chat_mark):
        columns |= identifiers.chat_columns(connection, chat)
    if phone and (known is None or not identifiers.is_phone(connection, phone, known.phone_mark)):
        columns |= identifiers.phone_columns(connection, phone)
    return columns


def _merge(connection: Connection, older: str, younger: Sequence[str]) -> None:
    """Make one conversation of those of a citizen known by two ids: the older one goes on.

    What the citizen can still use (buttons, own complaints, a proven phone) and an officer's
    hold come along; turns that are under way end where they began.
    """
    for table in (
        chat_aliases, choices, complaints, sealed_complaints, privacy_requests, privacy_consents,
    ):  # fmt: skip
        connection.execute(
            update(table).where(table.c.conversation_id.in_(younger)).values(conversation_id=older)
        )
    # The marks by which an anonymous complaint knows its chat cannot be rewritten here.
    connection.execute(
        update(earlier_chats).where(earlier_chats.c.became.in_(younger)).values(became=older)
    )
    connection.execute(
        upsert(earlier_chats)
        .values([{"conversation_id": item, "became": older} for item in younger])
        .on_conflict_do_nothing()
    )
    move_holds(connection, older, younger)
    move_following(connection, older, younger)
    rows = connection.execute(
        select(
            conversations.c.id, conversations.c.held_by_officer, conversations.c.verified_phone
        ).where(conversations.c.id.in_([older, *younger]))
    ).all()
    held = any(row.held_by_officer for row in rows if str(row.id) != str(older))
    values: dict[str, Any] = {"held_by_officer": conversations.c.held_by_officer | held}
    phones = {str(row.id): row.verified_phone for row in rows if row.verified_phone}
    if phones and str(older) not in phones:
        values |= identifiers.phone_columns(connection, max(phones.values()))
    connection.execute(update(conversations).where(conversations.c.id == older).values(**values))
