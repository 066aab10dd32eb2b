"""Imports of content that wait to be confirmed."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

content_imports = Table(
    "content_imports",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", _moment, nullable=False),
    Column("items", JSONB, nullable=False),
    Column("notes", JSONB, nullable=False),
    Column("applied_at", _moment),
    Column("versions", ARRAY(UUID(as_uuid=False)), nullable=False,
           server_default=text("'{}'::uuid[]")),
    Index("ix_content_imports_created_at", "created_at"),
)  # fmt: skip
