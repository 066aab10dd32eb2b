"""What backups and upgrades leave to be read.

Revision ID: 0027
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"

_SCHEMA = ""


def upgrade() -> None:
    """Create it."""
    if _SCHEMA:
        op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
