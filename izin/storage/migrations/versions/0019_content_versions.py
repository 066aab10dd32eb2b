"""Versions of content, and the dates between which a FAQ answer holds.

A version's document can be written while it is a draft, never afterwards.

Revision ID: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

_VERSIONS = """
ALTER TABLE faq_entries ADD COLUMN valid_from DATE;
ALTER TABLE faq_entries ADD COLUMN valid_until DATE;

CREATE TABLE content_versions (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    document JSONB NOT NULL,
    live BOOLEAN DEFAULT true NOT NULL,
    base INTEGER,
    authors TEXT[] DEFAULT '{}'::text[] NOT NULL,
    edits INTEGER DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT,
    publish_at TIMESTAMP WITH TIME ZONE,
    published_at TIMESTAMP WITH TIME ZONE,
    note TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_content_versions PRIMARY KEY (id),
    CONSTRAINT uq_content_versions_kind UNIQUE (kind, key, number),
    CONSTRAINT content_versions_state_known CHECK (
        state in ('draft', 'review', 'scheduled', 'published', 'replaced', 'discarded'))
);
CREATE UNIQUE INDEX ix_content_versions_open ON content_versions (kind, key)
    WHERE state in ('draft', 'review', 'scheduled');
CREATE UNIQUE INDEX ix_content_versions_in_force ON content_versions (kind, key)
    WHERE state = 'published';
CREATE INDEX ix_content_versions_state ON content_versions (state, changed_at);

CREATE FUNCTION tanya_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft'
       AND (NEW.document, NEW.live, NEW.kind, NEW.key, NEW.number)
           IS DISTINCT FROM (OLD.document, OLD.live, OLD.kind, OLD.key, OLD.number) THEN
        RAISE EXCEPTION 'a version that is no draft never changes';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER content_versions_stay BEFORE UPDATE ON content_versions
    FOR EACH ROW EXECUTE FUNCTION tanya_version_stays();
"""


def upgrade() -> None:
    """Create the versions."""
    op.execute(_VERSIONS)


def downgrade() -> None:
    """Refuse: going back would lose what editors wrote."""
    raise NotImplementedError("restore a backup instead")
