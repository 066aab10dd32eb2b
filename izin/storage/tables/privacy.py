"""Requests of citizens about their own data, what they were told and what they allowed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from izin.storage.tables import metadata
from izin.storage.tables.encrypted import EncryptedDocument

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)

privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("ticket", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    # The record of a request outlives the erased chat, without a way back to it.
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="SET NULL"),
        index=True,
    ),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("requested_at", _moment, nullable=False),
    Column("due_at", _moment, nullable=False),
    Column("finished_at", _moment),
    Column("needs_officer", Boolean, nullable=False, server_default="false"),
    Column(
        "details",
        EncryptedDocument("privacy_requests/details"),
        nullable=False,
        server_default="{}",
    ),
    Column("officer", Text),
    Column("taken_at", _moment),
    Column("outcome", Text),
    Column("closing_key", Text),
    Index("ix_privacy_requests_state_due", "state", "due_at"),
)

privacy_notes = Table(
    "privacy_notes",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "ticket",
        Text,
        ForeignKey("privacy_requests.ticket", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    # Notes may tell of the citizen: they go when the chat goes.
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("key", Text, nullable=False, unique=True),
    Column("officer", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", _moment, nullable=False),
)

privacy_notices = Table(
    "privacy_notices",
    metadata,
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("version", Text, nullable=False),
    Column("turn_id", Text, nullable=False),
    Column("shown_at", _moment, nullable=False),
)

privacy_consents = Table(
    "privacy_consents",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("purpose", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("version", Text, nullable=False),
    Column("at", _moment, nullable=False),
    Column("turn_id", Text, nullable=False),
    UniqueConstraint("turn_id", "purpose"),
)

# Files of ours that are handed to a citizen and may not stay.
expiring_files = Table(
    "expiring_files",
    metadata,
    Column(
        "media_id",
        _uuid,
        ForeignKey("media_files.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("expires_at", _moment, nullable=False, index=True),
)
