"""API keys, webhooks and what is delivered to them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata
from izin.storage.tables.complaints import complaints

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),
    Column("created_at", _moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("last_used_at", _moment),
    Column("revoked_at", _moment),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("secret_version", Integer, nullable=False, server_default="1"),
    Column("created_at", _moment, nullable=False),
    Column("created_by", Text, nullable=False),
)
"""The secret itself is stored nowhere: it is derived from the audit key, id and version."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", _uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("webhook_id", _uuid, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", _uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("ticket", Text, ForeignKey(complaints.c.ticket, ondelete="CASCADE"), index=True),
    Column("payload", JSONB, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", _moment, nullable=False),
    Column("answered_at", _moment),
    Column("status", Integer),
    Column("error", Text),
    Index("ix_webhook_deliveries_webhook_id", "webhook_id", "created_at"),
    Index("ix_webhook_deliveries_due", "next_at", postgresql_where=text("state = 'waiting'")),
    Index("ix_webhook_deliveries_created_at", "created_at"),
)
"""Filled by a trigger, in the commit that changes an ordinary complaint; goes with it."""
