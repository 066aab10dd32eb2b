"""Figures of conversations by day; nothing in them leads to a person."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from izin.storage.tables import metadata
from izin.storage.tables.complaints import complaints, sealed_complaints
from izin.storage.tables.conversations import escalations, turns

_moment = DateTime(timezone=True)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


figure_hours = Table(
    "figure_hours",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("channel", Text, nullable=False),
    _count("messages"),
    PrimaryKeyConstraint("day", "namespace", "channel", "hour"),
)

figure_talks = Table(
    "figure_talks",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("channel", Text, nullable=False),
    _count("chats"),
    _count("sessions"),
    _count("opened"),
    _count("messages"),
    _count("judged"),
    _count("lost"),
    PrimaryKeyConstraint("day", "namespace", "channel"),
)

figure_asked = Table(
    "figure_asked",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    _count("messages"),
    PrimaryKeyConstraint("day", "namespace", "channel", "kind", "code"),
)

figure_progress = Table(
    "figure_progress",
    metadata,
    Column("what", Text, primary_key=True),
    Column("seen_until", _moment),
    Column("refreshed_at", _moment, nullable=False),
)
"""What was counted and when; ``seen_until``: the receipt of the newest message counted so far."""

Index("ix_turns_office_now", turns.c.office_now)
Index("ix_turns_received_at", turns.c.received_at)
Index("ix_escalations_opened_at", escalations.c.opened_at)
Index("ix_complaints_figures_responded", complaints.c.first_response_at)
Index("ix_complaints_figures_closed", complaints.c.closed_at)
Index("ix_sealed_complaints_figures_filed", sealed_complaints.c.filed_at)
