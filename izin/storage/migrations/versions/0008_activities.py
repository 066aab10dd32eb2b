"""Questions about an activity whose answers decide which permits it needs, and its KBLI.

Revision ID: 0008
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add both columns; the single open question of earlier releases stays for their code."""
    op.execute(
        "ALTER TABLE activities "
        "ADD COLUMN questions JSONB DEFAULT '[]'::jsonb NOT NULL, "
        "ADD COLUMN kbli TEXT[] DEFAULT '{}'::text[] NOT NULL"
    )


def downgrade() -> None:
    """Refuse: editors' work would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
