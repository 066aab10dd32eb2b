"""The append-only record of actions and readings.

Revision ID: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

_TABLES = """
CREATE TABLE audit_log (
    id BIGINT NOT NULL,
    month TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    mac TEXT NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id)
);

CREATE INDEX ix_audit_log_at ON audit_log (at, id);
CREATE INDEX ix_audit_log_actor ON audit_log (actor, at, id);
CREATE INDEX ix_audit_log_action ON audit_log (action, at, id);
CREATE INDEX ix_audit_log_subject ON audit_log (subject, at, id);

CREATE TABLE audit_checkpoints (
    month TEXT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    last_mac TEXT NOT NULL,
    mac TEXT NOT NULL,
    CONSTRAINT pk_audit_checkpoints PRIMARY KEY (month)
);

CREATE TABLE audit_heads (
    day DATE NOT NULL,
    number BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    mac TEXT NOT NULL,
    CONSTRAINT pk_audit_heads PRIMARY KEY (day)
);
"""

_APPEND_ONLY = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' THEN
        IF OLD.month = current_setting('tanya.expired_audit_month', true)
            AND OLD.month < to_char(now() - interval '12 months', 'YYYY-MM')
            AND EXISTS (SELECT FROM audit_checkpoints WHERE month = OLD.month)
        THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION audit_whole_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM audit_log JOIN audit_checkpoints c
            ON c.month = current_setting('tanya.expired_audit_month', true)
            AND audit_log.id BETWEEN c.first AND c.last
    ) THEN
        RAISE EXCEPTION 'a month of audit_log expires as a whole'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER whole_months AFTER DELETE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_whole_months();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
"""


def upgrade() -> None:
    """Create the tables and what keeps them append-only."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_TABLES)
    cursor.execute(_APPEND_ONLY)
    cursor.close()


def downgrade() -> None:
    """Refuse: the record would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
