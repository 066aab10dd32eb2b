"""Keys, webhooks and their deliveries.

Revision ID: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

_TABLES = """
CREATE TABLE api_keys (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by TEXT NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
);

CREATE TABLE webhooks (
    id UUID NOT NULL,
    url TEXT NOT NULL,
    events TEXT[] NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    secret_version INTEGER DEFAULT '1' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_by TEXT NOT NULL,
    CONSTRAINT pk_webhooks PRIMARY KEY (id)
);

CREATE TABLE webhook_deliveries (
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    webhook_id UUID NOT NULL,
    event_id UUID NOT NULL,
    type TEXT NOT NULL,
    ticket TEXT,
    payload JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    status INTEGER,
    error TEXT,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT fk_webhook_deliveries_webhook_id_webhooks
        FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE,
    CONSTRAINT fk_webhook_deliveries_ticket_complaints
        FOREIGN KEY (ticket) REFERENCES complaints (ticket) ON DELETE CASCADE
);

CREATE INDEX ix_webhook_deliveries_webhook_id ON webhook_deliveries (webhook_id, created_at);
CREATE INDEX ix_webhook_deliveries_ticket ON webhook_deliveries (ticket);
CREATE INDEX ix_webhook_deliveries_created_at ON webhook_deliveries (created_at);
CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'waiting';
"""

# On the ordinary complaints only: of a sealed one nothing is ever queued, and what was queued
# before a complaint was sealed goes with its row. `to_jsonb` reads a unit whether or not the
# complaint has been given one.
_EVENTS = """
CREATE FUNCTION queue_webhook(kind TEXT, ticket TEXT, document JSONB) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO webhook_deliveries
        (webhook_id, event_id, type, ticket, payload, created_at, next_at)
    SELECT w.id, e.id, kind, ticket, document, now(), now()
    FROM (SELECT gen_random_uuid() AS id) AS e, webhooks AS w
    WHERE w.active AND kind = ANY (w.events)
$$;

CREATE FUNCTION webhook_of_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before TEXT := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
    ended CONSTANT TEXT[] := ARRAY['selesai', 'ditutup'];
    document JSONB;
BEGIN
    IF before IS NOT DISTINCT FROM NEW.state
        OR NOT EXISTS (SELECT FROM webhooks WHERE active)
    THEN
        RETURN NULL;
    END IF;
    document := jsonb_build_object(
        'ticket', NEW.ticket,
        'category', NEW.category,
        'unit', to_jsonb(NEW) ->> 'unit',
        'state', NEW.state,
        'previous_state', before,
        'filed_at', to_char(NEW.filed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'changed_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'decision_due', NEW.decision_due ->> 'day',
        'simulation', EXISTS (
            SELECT FROM conversations
            WHERE id = NEW.conversation_id AND namespace <> 'live'
        )
    );
    IF TG_OP = 'INSERT' THEN
        PERFORM queue_webhook('complaint.created', NEW.ticket, document);
        RETURN NULL;
    END IF;
    PERFORM queue_webhook('complaint.state_changed', NEW.ticket, document);
    IF NEW.state = ANY (ended) AND NOT before = ANY (ended) THEN
        PERFORM queue_webhook('complaint.closed', NEW.ticket, document);
    ELSIF before = ANY (ended) AND NOT NEW.state = ANY (ended) THEN
        PERFORM queue_webhook('complaint.reopened', NEW.ticket, document);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER webhooks AFTER INSERT OR UPDATE OF state ON complaints
    FOR EACH ROW EXECUTE FUNCTION webhook_of_complaint();
"""


def upgrade() -> None:
    """Create the tables and what fills them."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_TABLES)
    cursor.execute(_EVENTS)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
