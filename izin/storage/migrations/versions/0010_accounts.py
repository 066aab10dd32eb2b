"""Accounts of the console, their sessions, and the record of actions and readings.

Revision ID: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_TABLES = """
CREATE TABLE accounts (
    id UUID NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    unit TEXT,
    title TEXT DEFAULT 'Petugas' NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    must_change_password BOOLEAN DEFAULT 'false' NOT NULL,
    totp_secret TEXT,
    totp_last_step INTEGER,
    demo BOOLEAN DEFAULT 'false' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_accounts PRIMARY KEY (id),
    CONSTRAINT uq_accounts_login UNIQUE (login)
);

CREATE TABLE account_sessions (
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    secret_hash TEXT NOT NULL,
    csrf TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    second_factor BOOLEAN DEFAULT 'true' NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    device TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_account_sessions PRIMARY KEY (id),
    CONSTRAINT uq_account_sessions_secret_hash UNIQUE (secret_hash),
    CONSTRAINT fk_account_sessions_account_id_accounts
        FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE INDEX ix_account_sessions_account_id ON account_sessions (account_id);

CREATE TABLE recovery_codes (
    account_id UUID NOT NULL,
    mark TEXT NOT NULL,
    CONSTRAINT pk_recovery_codes PRIMARY KEY (account_id, mark),
    CONSTRAINT fk_recovery_codes_account_id_accounts
        FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE sign_in_attempts (
    key TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY (key)
);

CREATE INDEX ix_sign_in_attempts_last_at ON sign_in_attempts (last_at);
"""


def upgrade() -> None:
    """Create the tables."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_TABLES)
    cursor.close()


def downgrade() -> None:
    """Refuse: accounts would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
