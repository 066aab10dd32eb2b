"""Tried conversations kept as journeys.

Revision ID: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

_SCHEMA = """
CREATE TABLE saved_journeys (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    added_by TEXT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ran_at TIMESTAMP WITH TIME ZONE,
    passed BOOLEAN,
    why TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_saved_journeys PRIMARY KEY (id),
    CONSTRAINT uq_saved_journeys_key UNIQUE (key)
);
"""


def upgrade() -> None:
    """Create it."""
    if _SCHEMA:
        op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
