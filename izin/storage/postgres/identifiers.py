"""Chats, phones and platforms' ids as they are stored, and the conditions that find them.

Encrypted twice, the same value differs: it is found by its mark. Rows of earlier releases hold
the plain value until it is encrypted, and rows written with an older key bear that key's mark,
so every condition here knows all three.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Text, or_, select, type_coerce

from izin.storage.keyring import Keyring
from izin.storage.tables.conversations import conversations
from izin.storage.tables.encrypted import keyring_of

CHAT, PHONE, PHONE_END = "chat", "phone", "phone-end"
ALIAS, PLATFORM_ID, DIGEST = "alias", "platform-id", "media-digest"
"""What a mark is of; the same value marked for another purpose differs."""

PHONE_ENDS = range(4, 7)
"""How many of a phone's last digits the desk's search may be given."""


def mark(connection: Connection | Engine, purpose: str, value: str) -> str:
    """Give what is stored of a value that is only ever looked up."""
    keyring = keyring_of(connection)
    return keyring.mark(purpose, value) if keyring else value


def marks(connection: Connection | Engine, purpose: str, value: str) -> list[str]:
    """Give all that may be stored of such a value."""
    keyring = keyring_of(connection)
    return [*keyring.marks(purpose, value), value] if keyring else [value]


def chat_columns(connection: Connection, chat: str) -> dict[str, Any]:
    """Give the columns of a conversation that hold its chat."""
    keyring = keyring_of(connection)
    return {"chat": chat, "chat_mark": keyring.mark(CHAT, chat) if keyring else None}


def phone_columns(connection: Connection, phone: str | None) -> dict[str, Any]:
    """Give the columns of a conversation that hold its proven phone, or none."""
    keyring = keyring_of(connection)
    if keyring is None or not phone:
        return {"verified_phone": phone, "phone_mark": None, "phone_words": None}
    return {"verified_phone": phone, **phone_marks(keyring, phone)}


def phone_marks(keyring: Keyring, phone: str | None) -> dict[str, Any]:
    """Give the columns by which a phone is found again."""
    if not phone:
        return {"phone_mark": None, "phone_words": None}
    return {
        "phone_mark": keyring.mark(PHONE, phone),
        "phone_words": [keyring.mark(PHONE_END, phone[-count:]) for count in PHONE_ENDS],
    }


def is_chat(connection: Connection, chat: str, chat_mark: str | None) -> bool:
    """Say whether a conversation's row holds this chat already, written with the newest key."""
    keyring = keyring_of(connection)
    return keyring is not None and keyring.mark(CHAT, chat) == chat_mark


def is_phone(connection: Connection, phone: str, phone_mark: str | None) -> bool:
    """Say whether a conversation's row holds this phone already, written with the newest key."""
    keyring = keyring_of(connection)
    return keyring is not None and keyring.mark(PHONE, phone) == phone_mark


def phone_end_marks(connection: Connection, digits: str) -> list[str]:
    """Give the words by which the desk finds conversations whose phone ends so."""
    return marks(connection, PHONE_END, digits)


def has_chat(connection: Connection, chat: str) -> ColumnElement[bool]:
    """Give the condition that a conversation is this chat's."""
    return _found(connection, CHAT, chat, conversations.c.chat_mark, conversations.c.chat)


def has_phone(connection: Connection, phone: str) -> ColumnElement[bool]:
    """Give the condition that a conversation has proven this phone."""
    columns = conversations.c.phone_mark, conversations.c.verified_phone
    return _found(connection, PHONE, phone, *columns)


def _found(
    connection: Connection, purpose: str, value: str, marked: Any, plain: Any
) -> ColumnElement[bool]:
    as_written: ColumnElement[bool] = type_coerce(plain, Text) == value
    keyring = keyring_of(connection)
    return or_(marked.in_(keyring.marks(purpose, value)), as_written) if keyring else as_written


def of_same_citizen(connection: Connection, conversation_id: str) -> ColumnElement[bool]:
    """Give the condition that a conversation is this one, or has proven the same phone."""
    here = conversations.c.id == conversation_id
    phone = connection.execute(select(conversations.c.verified_phone).where(here)).scalar()
    return or_(here, has_phone(connection, phone)) if phone else here
