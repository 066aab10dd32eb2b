"""What a production installation needs.

Revision ID: 0030
"""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"

_SCHEMA = """
-- What a production installation keeps from citizens until an editor confirms it.
ALTER TABLE seed_items ADD COLUMN unconfirmed BOOLEAN NOT NULL DEFAULT false;
"""


def upgrade() -> None:
    """Create it."""
    if _SCHEMA:
        op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
