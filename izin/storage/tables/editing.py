"""Versions of content."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

content_versions = Table(
    "content_versions",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("live", Boolean, nullable=False, server_default="true"),
    Column("base", Integer),
    Column("authors", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("edits", Integer, nullable=False, server_default="0"),
    Column("created_at", _moment, nullable=False),
    Column("changed_at", _moment, nullable=False),
    Column("decided_by", Text),
    Column("publish_at", _moment),
    Column("published_at", _moment),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("kind", "key", "number"),
    CheckConstraint(
        "state in ('draft', 'review', 'scheduled', 'published', 'replaced', 'discarded')",
        name="content_versions_state_known",
    ),
    Index(
        "ix_content_versions_open", "kind", "key", unique=True,
        postgresql_where=text("state in ('draft', 'review', 'scheduled')"),
    ),
    Index(
        "ix_content_versions_in_force", "kind", "key", unique=True,
        postgresql_where=text("state = 'published'"),
    ),
    Index("ix_content_versions_state", "state", "changed_at"),
)  # fmt: skip
