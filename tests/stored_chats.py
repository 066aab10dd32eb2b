"""Chats as they are stored: addresses lie encrypted and are found by their mark."""

from __future__ import annotations

from sqlalchemy import Engine, select

from izin.storage.postgres.identifiers import has_chat
from izin.storage.tables.conversations import conversations


def chat_of(engine: Engine, conversation_id: str) -> str:
    """Give the chat of a conversation."""
    query = select(conversations.c.chat).where(conversations.c.id == conversation_id)
    with engine.connect() as connection:
        return str(connection.execute(query).scalar_one())


def phone_of(engine: Engine, conversation_id: str) -> str | None:
    """Give the phone that a conversation has proven, if any."""
    query = select(conversations.c.verified_phone).where(conversations.c.id == conversation_id)
    with engine.connect() as connection:
        return connection.execute(query).scalar()


def conversation_with(engine: Engine, chat: str, channel: str | None = None) -> str:
    """Give the id of a chat's conversation; with ``channel`` of a live one there."""
    with engine.connect() as connection:
        query = select(conversations.c.id).where(has_chat(connection, chat))
        if channel is not None:
            query = query.where(
                conversations.c.namespace == "live", conversations.c.channel == channel
            )
        return str(connection.execute(query).scalar_one())
