"""Alarms to the operator, and what each part of the house last said.

Revision ID: 0028
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"

_SCHEMA = ""


def upgrade() -> None:
    """Create it."""
    if _SCHEMA:
        op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
