"""Backups that were made, what retention removed, and what it keeps as counts alone."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

backup_runs = Table(
    "backup_runs",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("started_at", _moment, nullable=False, index=True),
    # Both stay empty when the machine died in the middle.
    Column("finished_at", _moment),
    Column("ok", Boolean),
    Column("bytes", BigInteger),
    Column("file", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
)

retention_days = Table(
    "retention_days",
    metadata,
    Column("kind", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("removed", BigInteger, nullable=False),
    Column("last_removed", BigInteger, nullable=False),
    Column("last_at", _moment, nullable=False),
    PrimaryKeyConstraint("kind", "day"),
)
"""What was forgotten, by kind and day; ``last_*`` is the day's latest run."""

survey_months = Table(
    "survey_months",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("element", Text, nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("responses", Integer, nullable=False),
    PrimaryKeyConstraint("namespace", "month", "element", "score"),
)

rating_months = Table(
    "rating_months",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("month", Date, nullable=False),
    Column("subject", Text, nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("responses", Integer, nullable=False),
    PrimaryKeyConstraint("namespace", "month", "subject", "score"),
)
