"""Figures by day for the supervisors' pages.

Revision ID: 0015
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"

_TABLES = """
CREATE TABLE figure_hours (
    namespace TEXT NOT NULL,
    day DATE NOT NULL,
    hour SMALLINT NOT NULL,
    channel TEXT NOT NULL,
    messages INTEGER NOT NULL,
    CONSTRAINT pk_figure_hours PRIMARY KEY (day, namespace, channel, hour)
);

CREATE TABLE figure_talks (
    namespace TEXT NOT NULL,
    day DATE NOT NULL,
    channel TEXT NOT NULL,
    chats INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    CONSTRAINT pk_figure_talks PRIMARY KEY (day, namespace, channel)
);

CREATE TABLE figure_asked (
    namespace TEXT NOT NULL,
    day DATE NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    messages INTEGER NOT NULL,
    CONSTRAINT pk_figure_asked PRIMARY KEY (day, namespace, channel, kind, code)
);

CREATE TABLE figure_progress (
    what TEXT NOT NULL,
    seen_until TIMESTAMP WITH TIME ZONE,
    refreshed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_figure_progress PRIMARY KEY (what)
);

-- A day is counted from its messages, and a new message tells which days to count anew.
CREATE INDEX ix_turns_office_now ON turns (office_now);
CREATE INDEX ix_turns_received_at ON turns (received_at);
CREATE INDEX ix_escalations_opened_at ON escalations (opened_at);
CREATE INDEX ix_complaints_figures_responded ON complaints (first_response_at);
CREATE INDEX ix_complaints_figures_closed ON complaints (closed_at);
CREATE INDEX ix_sealed_complaints_figures_filed ON sealed.complaints (filed_at);
"""


def upgrade() -> None:
    """Create and change the tables."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_TABLES)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
