"""Officers who are present, the conversations they hold, and what was left for them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)

officer_sessions = Table(
    "officer_sessions",
    metadata,
    Column("session", Text, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("seen_at", _moment, nullable=False),
    Column("until", _moment, nullable=False),
)

officer_handlings = Table(
    "officer_handlings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("officer", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("claimed_at", _moment, nullable=False),
    Column("lease_until", _moment, nullable=False),
    Column("replied_at", _moment),
    Column("ended_at", _moment, index=True),
    Column("ended_by", Text),
    Column("ended_in", Text),
    Index(
        "uq_officer_handlings_held",
        "conversation_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
)

escalation_messages = Table(
    "escalation_messages",
    metadata,
    Column(
        "escalation_id",
        BigInteger,
        ForeignKey("escalations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column(
        "turn_id", _uuid, ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    PrimaryKeyConstraint("escalation_id", "turn_id"),
)
