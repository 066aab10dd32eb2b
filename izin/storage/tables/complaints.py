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
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata
from izin.storage.tables.encrypted import EncryptedDocument, EncryptedText

SEALED_SCHEMA = "sealed"

_moment = DateTime(timezone=True)
_NEVER = "9000-01-01 00:00:00+00"
_AT_ONCE = "1970-01-01 00:00:00+00"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The tables that hold one kind of complaint, ordinary or sealed."""

    complaints: Table
    events: Table
    additions: Table
    steps: Table
    notes: Table
    alarms: Table
    sealed: bool


def _words(schema: str | None, place: str) -> Text | EncryptedText:
    """What people wrote: readable for the searches of ordinary complaints, else encrypted."""
    return EncryptedText(f"{schema}/{place}") if schema else Text()


def _document(schema: str | None, place: str) -> JSONB | EncryptedDocument:
    return EncryptedDocument(f"{schema}/{place}") if schema else JSONB()


def _ticket(schema: str | None, **options: Any) -> Column[str]:
    target = ".".join(filter(None, (schema, "complaints", "ticket")))
    return Column("ticket", Text, ForeignKey(target, ondelete="CASCADE"), **options)


def _events(schema: str | None) -> Table:
    return Table(
        "complaint_events",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        _ticket(schema, index=True),
        Column("at", _moment, nullable=False),
        Column("kind", Text, nullable=False),
        Column("text", _words(schema, "complaint_events/text"), nullable=False, server_default=""),
        Column("actor", Text),
        Column(
            "details",
            _document(schema, "complaint_events/details"),
            nullable=False,
            server_default="{}",
        ),
        schema=schema,
    )


def _additions(schema: str | None) -> Table:
    return Table(
        "complaint_additions",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        _ticket(schema, nullable=False, index=True),
        Column("at", _moment, nullable=False),
        Column(
            "text", _words(schema, "complaint_additions/text"), nullable=False, server_default=""
        ),
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


def _notes(schema: str | None) -> Table:
    return Table(
        "complaint_notes",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        _ticket(schema, nullable=False, index=True),
        Column("key", Text, nullable=False, unique=True),
        Column("at", _moment, nullable=False),
        Column("author", Text, nullable=False),
        Column("text", _words(schema, "complaint_notes/text"), nullable=False),
        schema=schema,
    )


def _alarms(schema: str | None) -> Table:
    return Table(
        "complaint_alarms",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        _ticket(schema, nullable=False),
        Column("promise", Text, nullable=False),
        Column("percent", Integer, nullable=False),
        Column("opening", Integer, nullable=False),
        Column("at", _moment, nullable=False),
        Column("due_on", Date, nullable=False),
        Column("raised_at", _moment, nullable=False),
        Column("seen_by", Text),
        UniqueConstraint("ticket", "promise", "percent", "opening"),
        schema=schema,
    )


def _complaint_columns(
    on_conversation_deleted: str, schema: str | None = None
) -> list[Column[Any]]:
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
        Column("story", _words(schema, "complaints/story"), nullable=False),
        Column("place", _words(schema, "complaints/place"), nullable=False),
        Column("confidentiality", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("owner", Text, nullable=False),
        Column("permit_code", Text),
        Column("application_number", _words(schema, "complaints/application_number")),
        Column("media_ids", ARRAY(Text), nullable=False, server_default="{}"),
        Column("filed_at", _moment, nullable=False),
        Column("first_response_due", JSONB, nullable=False),
        Column("decision_due", JSONB, nullable=False),
        Column("occurred_on", Date),
        Column("desired", _words(schema, "complaints/desired")),
        Column("closed_at", _moment),
        Column("closing_reason", _words(schema, "complaints/closing_reason")),
        Column("rating", Integer),
        Column("rating_comment", _words(schema, "complaints/rating_comment")),
        Column("reopened_times", Integer, nullable=False, server_default="0"),
        Column("unit", Text),
        Column("officer", Text),
        Column("priority", Text, nullable=False, server_default="biasa"),
        Column("version", Integer, nullable=False, server_default="1"),
        Column("first_response_at", _moment),
        Column("responded_at", _moment),
        Column("waiting_until", Date),
        Column("pauses", JSONB, nullable=False, server_default="[]"),
        Column("closing", _document(schema, "complaints/closing")),
        # When the next promised answer is due, and when next to look whether to escalate.
        Column("due_at", _moment, nullable=False, server_default=text(f"'{_NEVER}'")),
        Column("alarm_at", _moment, nullable=False, server_default=text(f"'{_AT_ONCE}'")),
    ]


complaints = Table("complaints", metadata, *_complaint_columns("CASCADE"))
complaint_events = _events(None)
complaint_additions = _additions(None)
complaint_steps = _steps(None)
complaint_notes = _notes(None)
complaint_alarms = _alarms(None)
Index("ix_complaints_due_at_ticket", complaints.c.due_at, complaints.c.ticket)
Index("ix_complaints_filed_at_ticket", complaints.c.filed_at, complaints.c.ticket)
Index("ix_complaints_unit_due_at", complaints.c.unit, complaints.c.due_at)
Index("ix_complaints_officer_due_at", complaints.c.officer, complaints.c.due_at)
Index("ix_complaints_state_due_at", complaints.c.state, complaints.c.due_at)
Index("ix_complaints_alarm_at", complaints.c.alarm_at)
Index(
    "ix_complaint_alarms_unseen", complaint_alarms.c.id,
    postgresql_where=complaint_alarms.c.seen_by.is_(None),
)  # fmt: skip

sealed_complaints = Table(
    "complaints",
    metadata,
    *_complaint_columns("SET NULL", SEALED_SCHEMA),
    Column("owner_mark", Text, nullable=False),
    schema=SEALED_SCHEMA,
)
sealed_events = _events(SEALED_SCHEMA)
sealed_additions = _additions(SEALED_SCHEMA)
sealed_steps = _steps(SEALED_SCHEMA)
sealed_notes = _notes(SEALED_SCHEMA)
sealed_alarms = _alarms(SEALED_SCHEMA)
Index("ix_sealed_complaints_alarm_at", sealed_complaints.c.alarm_at)
Index("ix_sealed_complaints_due_at_ticket", sealed_complaints.c.due_at, sealed_complaints.c.ticket)

OPEN_SHELF = Shelf(
    complaints, complaint_events, complaint_additions, complaint_steps, complaint_notes,
    complaint_alarms, False,
)  # fmt: skip
SEALED_SHELF = Shelf(
    sealed_complaints, sealed_events, sealed_additions, sealed_steps, sealed_notes,
    sealed_alarms, True,
)  # fmt: skip
SHELVES = (OPEN_SHELF, SEALED_SHELF)
