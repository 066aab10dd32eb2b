"""What is encrypted at rest and how it is found again.

Revision ID: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

_SCHEMA = """
CREATE TABLE data_keys (
    id TEXT NOT NULL,
    proof TEXT NOT NULL,
    first_used_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    retired_at TIMESTAMPTZ,
    CONSTRAINT pk_data_keys PRIMARY KEY (id)
);

CREATE TABLE data_key_steps (
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    changed BIGINT NOT NULL DEFAULT 0,
    finished_at TIMESTAMPTZ,
    CONSTRAINT pk_data_key_steps PRIMARY KEY (name)
);

ALTER TABLE conversations
    ADD COLUMN chat_mark TEXT,
    ADD COLUMN phone_mark TEXT,
    ADD COLUMN phone_words TEXT[];
CREATE INDEX ix_conversations_chat_mark ON conversations (chat_mark);
CREATE INDEX ix_conversations_phone_mark ON conversations (phone_mark);

ALTER TABLE chat_aliases ADD COLUMN locked_alias TEXT;
"""

_SEARCH = """
CREATE OR REPLACE FUNCTION tanya_desk_marks(chat_id UUID) RETURNS tsvector LANGUAGE sql STABLE
AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT mark), '{}')) FROM (
        SELECT '=' || left(regexp_replace(lower(id), '[^a-z0-9]+', '', 'g'), 60) AS mark FROM (
            SELECT ticket AS id FROM complaints WHERE conversation_id = chat_id
            UNION ALL
            SELECT application_number FROM complaints
             WHERE conversation_id = chat_id AND application_number IS NOT NULL
            UNION ALL SELECT number FROM subscriptions WHERE conversation_id = chat_id
        ) AS ids
        UNION ALL
        SELECT '#' || right(verified_phone, length) FROM conversations, generate_series(4, 6) length
         WHERE conversations.id = chat_id AND verified_phone IS NOT NULL AND phone_words IS NULL
        UNION ALL
        SELECT '#' || unnest(phone_words) FROM conversations WHERE conversations.id = chat_id
    ) AS marks
$$;

CREATE OR REPLACE FUNCTION tanya_phone_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Encrypted anew, the same phone differs; its marks do not.
    IF NEW.phone_words IS DISTINCT FROM OLD.phone_words
       OR (NEW.phone_words IS NULL AND NEW.verified_phone IS DISTINCT FROM OLD.verified_phone) THEN
        PERFORM tanya_desk_renew(NEW.id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION tanya_turn_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tanya_desk_add(
            NEW.conversation_id, concat_ws(' ', NEW.message->>'text', NEW.choice->>'title'));
    ELSIF NEW.message->>'text' IS DISTINCT FROM OLD.message->>'text'
          OR NEW.choice IS DISTINCT FROM OLD.choice THEN
        PERFORM tanya_desk_renew(NEW.conversation_id);
    END IF;
    RETURN NULL;
END;
$$;
"""


def upgrade() -> None:
    """Create it; what is there is encrypted later, while the house runs."""
    op.execute(_SCHEMA)
    op.execute(_SEARCH)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
