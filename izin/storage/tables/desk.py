"""What the officers' desk keeps beside conversations: who looks, who has seen, words to find."""

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
)
from sqlalchemy.dialects.postgresql import TSVECTOR, UUID

from izin.storage.tables import metadata
from izin.storage.tables.complaints import complaints

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)


def _owner(name: str, target: str, primary_key: bool = False) -> Column[str]:
    return Column(
        name,
        _uuid,
        ForeignKey(target, ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


desk_viewers = Table(
    "desk_viewers",
    metadata,
    _owner("conversation_id", "conversations.id"),
    _owner("account_id", "accounts.id"),
    Column("page", Text, nullable=False),
    Column("until", _moment, nullable=False, index=True),
    PrimaryKeyConstraint("conversation_id", "page"),
)
"""Open pages of a conversation; a page that is not heard of is gone at ``until``."""

desk_seen = Table(
    "desk_seen",
    metadata,
    _owner("conversation_id", "conversations.id"),
    _owner("account_id", "accounts.id"),
    Column("seen_at", _moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "account_id"),
)
"""When somebody last looked at a conversation; what came later is unread."""

desk_sessions = Table(
    "desk_sessions",
    metadata,
    _owner("session_id", "account_sessions.id", primary_key=True),
    Column("serving", Boolean, nullable=False),
)
"""Whether somebody serves or rests, by session of the console."""

desk_words = Table(
    "desk_words",
    metadata,
    _owner("conversation_id", "conversations.id", primary_key=True),
    Column("words", TSVECTOR, nullable=False),
    Index("ix_desk_words_words", "words", postgresql_using="gin"),
)
"""Words of each conversation officers may see; written by triggers alone."""

complaint_words = Table(
    "complaint_words",
    metadata,
    Column("ticket", Text, ForeignKey(complaints.c.ticket, ondelete="CASCADE"), primary_key=True),
    Column("words", TSVECTOR, nullable=False),
    Index("ix_complaint_words_words", "words", postgresql_using="gin"),
)
"""Words of ordinary complaints alone, kept by a trigger; they go with their complaint."""
