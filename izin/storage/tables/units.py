"""Units, and the chats of officers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)

units = Table(
    "units",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("desk", Boolean, nullable=False, server_default="false"),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("contact", Text, nullable=False, server_default=""),
)

officer_chats = Table(
    "officer_chats",
    metadata,
    Column("account_id", _uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("linked_at", _moment, nullable=False),
)
"""The private chat in which an officer is told of dates that come near."""

officer_chat_codes = Table(
    "officer_chat_codes",
    metadata,
    Column("account_id", _uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("expires_at", _moment, nullable=False),
)
"""The one code with which an account may link a chat; it goes when it is used."""

channel_links = Table(
    "channel_links",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("url", Text, nullable=False),
)
"""Addresses of the office's own chats, as the platforms tell them."""
