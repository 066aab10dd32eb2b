"""Complaints and what happened to them.

The same tables exist twice: in the default schema for ordinary complaints, and in the
schema ``sealed`` for those filed as confidential or anonymous. A query that does not name
the schema cannot meet a sealed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata

SEALED_SCHEMA = "sealed"

_moment = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The tables that hold one kind of complaint, ordinary or sealed."""

    complaints: Table
    events: Table
    additions: Table
    steps: Table
    sealed: bool


def _ticket(schema: str | None, **options: Any) -> Column[str]:
    target = f"{schema}.complaints.ticket" if schema else "complaints.ticket"
    return Column("ticket", Text, ForeignKey(target, ondelete="CASCADE"), **options)


def _events(schema: str | None) -> Table:
    return Table(
        "complaint_events",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        _ticket(schema, index=True),
        Column("at", _moment, nullable=False),
        Column("kind", Text, nullable=False),
        Column("text", Text, nullable=False, server_default=""),
        schema=schema,
    )


def _additions(schema: str | None) -> Table:
    return Table(
        "complaint_additions",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        _ticket(schema, nullable=False, index=True),
        Column("at", _moment, nullable=False),
        Column("text", Text, nullable=False, server_default=""),
        Column("media_ids", ARRAY(Text), nullable=False, server_default="{}"),
        schema=schema,
    )


def _steps(schema: str | None) -> Table:
    return Table(
        "complaint_steps",
        metadata,
        Column("key", Text, primary_key=True),
        _ticket(schema, nullable=False, index=True),
        schema=schema,
    )


def _complaint_columns(on_conversation_deleted: str) -> list[Column[Any]]:
    return [
        Column("ticket", Text, primary_key=True),
        Column("key", Text, nullable=False, unique=True),
        Column(
            "conversation_id",
            UUID(as_uuid=False),
            ForeignKey("conversations.id", ondelete=on_conversation_deleted),
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
        Column("occurred_on", Date),
        Column("desired", Text),
        Column("closed_at", _moment),
        Column("closing_reason", Text),
        Column("rating", Integer),
        Column("rating_comment", Text),
        Column("reopened_times", Integer, nullable=False, server_default="0"),
    ]


complaints = Table("complaints", metadata, *_complaint_columns("CASCADE"))
complaint_events = _events(None)
complaint_additions = _additions(None)
complaint_steps = _steps(None)

sealed_complaints = Table(
    "complaints",
    metadata,
    *_complaint_columns("SET NULL"),
    Column("owner_mark", Text, nullable=False),
    schema=SEALED_SCHEMA,
)
sealed_events = _events(SEALED_SCHEMA)
sealed_additions = _additions(SEALED_SCHEMA)
sealed_steps = _steps(SEALED_SCHEMA)

OPEN_SHELF = Shelf(complaints, complaint_events, complaint_additions, complaint_steps, False)
SEALED_SHELF = Shelf(sealed_complaints, sealed_events, sealed_additions, sealed_steps, True)
SHELVES = (OPEN_SHELF, SEALED_SHELF)
