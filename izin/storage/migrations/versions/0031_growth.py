"""What keeps jobs quick in a full house.

Revision ID: 0031
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"

# Messages that no turn asked for (officers' answers, notices) are forgotten by their own date;
# retention looked for them among all messages. An answer to a turn is not in this index.
_INDEXES = """
CREATE INDEX ix_outbox_pushed ON outbox (created_at) WHERE turn_id IS NULL;
"""


def upgrade() -> None:
    """Create it."""
    op.execute(_INDEXES)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
