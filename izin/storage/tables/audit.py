"""The append-only record of actions and readings, and what its months and days ended with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Index, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from izin.storage.tables import metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("month", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("mac", Text, nullable=False),
    Index("ix_audit_log_at", "at", "id"),
    Index("ix_audit_log_actor", "actor", "at", "id"),
    Index("ix_audit_log_action", "action", "at", "id"),
    Index("ix_audit_log_subject", "subject", "at", "id"),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("month", Text, primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("last_mac", Text, nullable=False),
    Column("mac", Text, nullable=False),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("day", Date, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("mac", Text, nullable=False),
)
