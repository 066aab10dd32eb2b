"""Imports that wait to be confirmed.

Revision ID: 0023
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"

_SCHEMA = """
CREATE TABLE content_imports (
    id UUID NOT NULL,
    account_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    items JSONB NOT NULL,
    notes JSONB NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    versions UUID[] DEFAULT '{}'::uuid[] NOT NULL,
    CONSTRAINT pk_content_imports PRIMARY KEY (id)
);
CREATE INDEX ix_content_imports_created_at ON content_imports (created_at);
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
