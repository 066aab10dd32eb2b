"""Complaints and what happened to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

complaints = Table(
    "complaints",
    metadata,
    Column("ticket", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column(
        "conversation_id",
        UUID(as_uuid=False),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        index=True,
    ),
    Column("category", Text, nullable=False),
    Column("class_code", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("confidentiality", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("permit_code", Text),
    Column("application_number", Text),
    Column("media_ids", ARRAY(Text), nullable=False, server_default="{}"),
    Column("filed_at", _moment, nullable=False),
    Column("first_response_due", JSONB, nullable=False),
    Column("decision_due", JSONB, nullable=False),
)

complaint_events = Table(
    "complaint_events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("ticket", Text, ForeignKey("complaints.ticket", ondelete="CASCADE"), index=True),
    Column("at", _moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
)
