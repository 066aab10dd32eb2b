"""Subscriptions with what was told last, notices that wait, and the watcher's marks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column(
        "conversation_id", _uuid, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False
    ),
    Column("number", Text, nullable=False),
    Column("permit_code", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("snapshot", JSONB, nullable=False),
    Column("changed_at", _moment),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("since", _moment, nullable=False),
    Column("followed_turn", Text, nullable=False),
    Column("stopped_at", _moment),
    Column("stopped_turn", Text),
    PrimaryKeyConstraint("conversation_id", "number"),
    Index("ix_subscriptions_number", "number", "conversation_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text),
    Column("reply", JSONB, nullable=False),
    Column("template_values", ARRAY(Text), nullable=False, server_default="{}"),
    Column("late_intro", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("not_before", _moment, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("outbox_id", _uuid, ForeignKey("outbox.id", ondelete="SET NULL"), index=True),
    Index("ix_notices_state_not_before", "state", "not_before"),
)
"""``state``: waiting (for its time), sent (in the outbox), held (until the citizen writes
again), unreachable (the same, because the platform reaches the citizen no more), told (then),
dropped (replaced by later news, or no longer wanted)."""

watch_marks = Table(
    "watch_marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", _moment, nullable=False),
)
