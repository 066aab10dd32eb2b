"""What citizens call permits.

A hint belongs to its turn and goes with it, with its chat, and when its turn is sealed.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import UUID

from izin.storage.tables import metadata

name_hints = Table(
    "name_hints",
    metadata,
    Column(
        "turn_id",
        UUID(as_uuid=False),
        ForeignKey("turns.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("text", Text, nullable=False),
    Column("permit", Text, nullable=False),
    Column("said_at", DateTime(timezone=True), nullable=False, index=True),
)

refused_names = Table(
    "refused_names",
    metadata,
    Column("permit", Text, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("permit", "name"),
)
"""Suggested names that an editor said are none."""
