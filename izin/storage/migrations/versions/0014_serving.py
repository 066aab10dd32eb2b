"""Notes, canned replies, scheduled messages and attachments.

Revision ID: 0014
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

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
