"""Notes, canned replies, scheduled messages and attachments.

Revision ID: 0014
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"

_TABLES = """
-- How a message was read, for officers: intent, confidence and permit code, never words.
ALTER TABLE turns ADD COLUMN understood JSONB;
CREATE INDEX ix_turns_conversation_received ON turns (conversation_id, received_at);

-- Which press of "send again" put a failed message back on its way.
ALTER TABLE outbox ADD COLUMN again_key TEXT;
CREATE INDEX ix_outbox_conversation_created ON outbox (conversation_id, created_at);

CREATE TABLE conversation_notes (
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    key TEXT NOT NULL,
    author TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_conversation_notes PRIMARY KEY (id),
    CONSTRAINT uq_conversation_notes_key UNIQUE (key),
    CONSTRAINT fk_conversation_notes_conversation_id_conversations FOREIGN KEY (conversation_id)
        REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_conversation_notes_conversation_at ON conversation_notes (conversation_id, at);

CREATE TABLE note_mentions (
    note_id UUID NOT NULL,
    account_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_note_mentions PRIMARY KEY (note_id, account_id),
    CONSTRAINT fk_note_mentions_note_id_conversation_notes FOREIGN KEY (note_id)
        REFERENCES conversation_notes (id) ON DELETE CASCADE
);
CREATE INDEX ix_note_mentions_account_at ON note_mentions (account_id, at);

CREATE TABLE scheduled_messages (
    id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    key TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    signed TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    outbox_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_scheduled_messages PRIMARY KEY (id),
    CONSTRAINT uq_scheduled_messages_key UNIQUE (key),
    CONSTRAINT fk_scheduled_messages_conversation_id_conversations FOREIGN KEY (conversation_id)
        REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT fk_scheduled_messages_outbox_id_outbox FOREIGN KEY (outbox_id)
        REFERENCES outbox (id) ON DELETE SET NULL
);
CREATE INDEX ix_scheduled_messages_conversation ON scheduled_messages (conversation_id, due_at);
CREATE INDEX ix_scheduled_messages_due ON scheduled_messages (due_at) WHERE state = 'waiting';
CREATE INDEX ix_scheduled_messages_outbox_id ON scheduled_messages (outbox_id);

CREATE TRIGGER conversation_notes_tell AFTER INSERT ON conversation_notes
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_conversation();
CREATE TRIGGER scheduled_messages_tell AFTER INSERT OR UPDATE ON scheduled_messages
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_conversation();

CREATE TABLE canned_replies (
    id UUID NOT NULL,
    title TEXT NOT NULL,
    category TEXT NOT NULL,
    text TEXT NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    key TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_canned_replies PRIMARY KEY (id),
    CONSTRAINT uq_canned_replies_key UNIQUE (key)
);
"""


def upgrade() -> None:
    """Create and change the tables."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_TABLES)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
