"""Notes beside a conversation, replies kept ready, and messages sent at a later time."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)


def _conversation() -> Column[str]:
    return Column(
        "conversation_id", _uuid, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False
    )


conversation_notes = Table(
    "conversation_notes",
    metadata,
    Column("id", _uuid, primary_key=True),
    _conversation(),
    Column("key", Text, nullable=False, unique=True),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column("at", _moment, nullable=False),
    Index("ix_conversation_notes_conversation_at", "conversation_id", "at"),
)
"""What officers did and wrote, never seen by the citizen; ``kind``: see
``izin.conversation_room.NoteKind``."""

note_mentions = Table(
    "note_mentions",
    metadata,
    Column(
        "note_id", _uuid, ForeignKey("conversation_notes.id", ondelete="CASCADE"), nullable=False
    ),
    Column("account_id", _uuid, nullable=False),
    Column("at", _moment, nullable=False),
    PrimaryKeyConstraint("note_id", "account_id"),
    Index("ix_note_mentions_account_at", "account_id", "at"),
)

scheduled_messages = Table(
    "scheduled_messages",
    metadata,
    Column("id", _uuid, primary_key=True),
    _conversation(),
    Column("key", Text, nullable=False, unique=True),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("signed", Text, nullable=False),
    Column("due_at", _moment, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("outbox_id", _uuid, ForeignKey("outbox.id", ondelete="SET NULL"), index=True),
    Column("created_at", _moment, nullable=False),
    Index("ix_scheduled_messages_conversation", "conversation_id", "due_at"),
    Index("ix_scheduled_messages_due", "due_at", postgresql_where=text("state = 'waiting'")),
)
"""``state``: waiting, sent (in the outbox), failed (WhatsApp's window was closed), cancelled."""

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("key", Text, nullable=False, unique=True),
    Column("changed_at", _moment, nullable=False, server_default=func.now()),
)
