"""Turns and tapped choices as they are read from their rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, LiteralString

from sqlalchemy import Connection, Engine, select

from izin.conversations import ChatAddress, Conversation, Turn
from izin.errors import NotFound
from izin.message_limits import merged_text
from izin.storage.message_json import message_from_json
from izin.storage.postgres.chats import conversation_from_row
from izin.storage.postgres.engine import as_meant, at_once, is_id
from izin.storage.postgres.flow import merged_texts
from izin.storage.postgres.sealing import opened_choice, opened_text
from izin.storage.tables.conversations import choices, conversations, turns
from izin.storage.vault import Vault

_chat = conversations.c


def known_shape(turn_id: str) -> None:
    """Refuse what cannot be a turn's id, before the database does (NotFound)."""
    if not is_id(turn_id):
        raise NotFound(f"turn {turn_id!r}")


def choice_of(
    connection: Connection, conversation_id: str, choice_id: str | None, vault: Vault | None
) -> dict[str, Any] | None:
    """Give what a tapped button of this conversation stands for, or None."""
    if choice_id is None:
        return None
    row = connection.execute(
        select(choices.c.intent, choices.c.entities, choices.c.title).where(
            choices.c.id == choice_id, choices.c.conversation_id == conversation_id
        )
    ).first()
    if row is None:
        return None
    entities = opened_choice(row.entities, vault)
    if entities is None:
        return None
    return {"intent": row.intent, "entities": entities, "title": row.title}


def read_turn(connection: Connection, turn_id: str, vault: Vault | None) -> Turn:
    """Give a turn with its conversation and all texts merged into it (NotFound if unknown)."""
    known_shape(turn_id)
    row = (
        connection.execute(select(turns, merged_texts()).where(turns.c.id == turn_id))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound(f"turn {turn_id}")
    message = message_from_json(row["message"])
    if row["merged_texts"]:
        message = replace(message, text=merged_text([message.text, *row["merged_texts"]]))
    owner = (
        connection.execute(
            select(conversations).where(conversations.c.id == row["conversation_id"])
        )
        .mappings()
        .one()
    )
    return Turn(
        id=row["id"],
        conversation=replace(
            conversation_from_row(owner), last_text=opened_text(owner["last_text"], vault)
        ),
        message=message,
        now=row["office_now"],
        received_at=row["received_at"],
        state=row["state"],
        attempts=row["attempts"],
        choice=row["choice"],
        media_ids=tuple(row["media_ids"]),
        details=row["details"],
        merged_into=row["merged_into"],
    )


_LOOK: LiteralString = """
SELECT turns.*, chat.channel AS chat_channel, chat.namespace AS chat_namespace, chat.chat,
       chat.chat_user, chat.held_by_officer, chat.verified_phone, chat.last_inbound_at,
       chat.last_turn_at, chat.last_text,
       (SELECT array_agg(merged.message->>'text' ORDER BY merged.seq) FROM turns AS merged
         WHERE merged.merged_into = turns.id) AS merged_texts
  FROM turns JOIN conversations AS chat ON chat.id = turns.conversation_id
 WHERE turns.id = %(id)s
"""


def look_at_turn(engine: Engine, turn_id: str, vault: Vault | None) -> Turn:
    """Give what :func:`read_turn` gives, by a single statement of its own."""
    found = next(iter(at_once(engine, _LOOK, {"id": turn_id})), None)
    if found is None:
        raise NotFound(f"turn {turn_id}")
    message = message_from_json(as_meant(engine, turns.c.message, found.message))
    if found.merged_texts:
        message = replace(message, text=merged_text([message.text, *found.merged_texts]))
    return Turn(
        id=str(found.id),
        conversation=Conversation(
            id=str(found.conversation_id),
            address=chat_address(engine, found),
            held_by_officer=found.held_by_officer,
            verified_phone=as_meant(engine, _chat.verified_phone, found.verified_phone),
            last_inbound_at=found.last_inbound_at,
            last_turn_at=found.last_turn_at,
            last_text=opened_text(found.last_text, vault),
        ),
        message=message,
        now=found.office_now,
        received_at=found.received_at,
        state=found.state,
        attempts=found.attempts,
        choice=found.choice,
        media_ids=tuple(found.media_ids),
        details=found.details,
        merged_into=None if found.merged_into is None else str(found.merged_into),
    )


def chat_address(engine: Engine, row: Any) -> ChatAddress:
    """Give the address of a row whose chat columns are named ``chat_channel`` and so on."""
    return ChatAddress(
        row.chat_channel,
        as_meant(engine, _chat.chat, row.chat),
        row.chat_namespace,
        as_meant(engine, _chat.chat_user, row.chat_user),
    )
