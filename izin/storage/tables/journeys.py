"""Tried conversations kept as journeys."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

saved_journeys = Table(
    "saved_journeys",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("added_by", Text, nullable=False),
    Column("added_at", _moment, nullable=False),
    Column("ran_at", _moment),
    Column("passed", Boolean),
    Column("why", Text, nullable=False, server_default=""),
    UniqueConstraint("key"),
)
