"""Merged messages and the limits of one conversation.

Revision ID: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_FLOW = """
ALTER TABLE turns ADD COLUMN merged_into UUID;

ALTER TABLE turns ADD CONSTRAINT fk_turns_merged_into_turns
    FOREIGN KEY (merged_into) REFERENCES turns (id) ON DELETE CASCADE;

CREATE INDEX ix_turns_merged_into ON turns (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX ix_turns_conversation_seq ON turns (conversation_id, seq);

ALTER TABLE conversations ADD COLUMN burst_started_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE conversations ADD COLUMN burst_count INTEGER DEFAULT '0' NOT NULL;

ALTER TABLE conversations ADD COLUMN limited_until TIMESTAMP WITH TIME ZONE;
"""


def upgrade() -> None:
    """Add what merging needs to turns, and the pace of messages to conversations."""
    op.execute(_FLOW)


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
