"""Accounts of the console, their sessions, and sign-ins that failed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, Table, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)

accounts = Table(
    "accounts",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("unit", Text),
    Column("title", Text, nullable=False, server_default="Petugas"),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("must_change_password", Boolean, nullable=False, server_default="false"),
    Column("totp_secret", Text),
    Column("totp_last_step", Integer),
    Column("demo", Boolean, nullable=False, server_default="false"),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
)

account_sessions = Table(
    "account_sessions",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column(
        "account_id",
        _uuid,
        ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("csrf", Text, nullable=False),
    Column("started_at", _moment, nullable=False),
    Column("seen_at", _moment, nullable=False),
    Column("second_factor", Boolean, nullable=False, server_default="true"),
    Column("revoked_at", _moment),
    Column("device", Text, nullable=False, server_default=""),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account_id", _uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", Text, primary_key=True),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", _moment, nullable=False, index=True),
    Column("until", _moment),
)
