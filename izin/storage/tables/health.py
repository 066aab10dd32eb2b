"""How the house stands: checks, alarms, signs of life, and counts by the minute."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

health_checks = Table(
    "health_checks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("since", _moment, nullable=False),
    Column("bad_since", _moment),
    Column("good_since", _moment),
    Column("opened_at", _moment),
    Column("worst", Text),
    Column("told", Text),
    Column("told_at", _moment),
    Column("muted_until", _moment),
    Column("muted_by", Text),
)

health_alarms = Table(
    "health_alarms",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("opened_at", _moment, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("told_at", _moment),
    Column("closed_at", _moment),
    UniqueConstraint("name", "opened_at"),
)

health_signs = Table(
    "health_signs",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", _moment, nullable=False),
    Column("started_at", _moment, nullable=False),
    Column("document", JSONB, nullable=False),
)

health_counts = Table(
    "health_counts",
    metadata,
    Column("name", Text, nullable=False),
    Column("minute", _moment, nullable=False),
    Column("amount", Integer, nullable=False),
    PrimaryKeyConstraint("name", "minute"),
)
