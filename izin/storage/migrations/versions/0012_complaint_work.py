"""Units, and what officers do to complaints.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

_TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    """Create and change the tables."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_TABLES)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
