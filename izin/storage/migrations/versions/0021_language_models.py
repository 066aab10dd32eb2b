"""Language models, their trainings and scores.

Revision ID: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"

_SCHEMA = """
CREATE TABLE language_models (
    id UUID NOT NULL,
    number INTEGER NOT NULL,
    rasa_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    archive BYTEA,
    release TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    examples JSONB NOT NULL,
    gazetteer JSONB NOT NULL,
    report JSONB,
    scores JSONB,
    verdict JSONB DEFAULT '[]'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    trained_by TEXT,
    published_at TIMESTAMP WITH TIME ZONE,
    published_by TEXT,
    override TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_language_models PRIMARY KEY (id),
    CONSTRAINT uq_language_models_number UNIQUE (number),
    CONSTRAINT language_models_state_known CHECK (
        state in ('trained', 'refused', 'published', 'replaced')),
    CONSTRAINT language_models_origin_known CHECK (origin in ('release', 'training'))
);
-- It is packed already: trying to pack it again would only cost time.
ALTER TABLE language_models ALTER COLUMN archive SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX ix_language_models_published ON language_models (state)
    WHERE state = 'published';

CREATE TABLE model_trainings (
    id UUID NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    percent INTEGER DEFAULT 0 NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    heartbeat TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    error TEXT DEFAULT '' NOT NULL,
    model_id UUID,
    cancelling BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_model_trainings PRIMARY KEY (id),
    CONSTRAINT uq_model_trainings_key UNIQUE (key),
    CONSTRAINT model_trainings_state_known CHECK (
        state in ('running', 'done', 'failed', 'cancelled', 'broken')),
    CONSTRAINT fk_model_trainings_model_id_language_models
        FOREIGN KEY (model_id) REFERENCES language_models (id)
);
CREATE UNIQUE INDEX ix_model_trainings_running ON model_trainings (state)
    WHERE state = 'running';
CREATE INDEX ix_model_trainings_asked ON model_trainings (asked_at);
"""


def upgrade() -> None:
    """Create it."""
    if _SCHEMA:
        op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
