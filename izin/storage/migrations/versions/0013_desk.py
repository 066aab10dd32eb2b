"""Queues, search and live news of the officers' desk.

``tanya_news`` tells listeners what changed: ``conversation:<id>``, ``complaint:<ticket>``
(ordinary ones), ``inbox`` (something left it), ``sealed`` (never which). ``session:<id>`` and
``account:<id>`` tell the console that somebody's rights changed. Conversations that nobody but
the bot serves are silent. A table with a ``conversation_id`` of its own may tell its changes
with a row trigger that runs ``tanya_tell_conversation()``.

``desk_words`` holds the words of every conversation that officers may see, one row each, so
that a search meets no other. Words are cut at 60 characters, so that no message can fail there.

Revision ID: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"

_TABLES = """
ALTER TABLE escalations ADD COLUMN unit TEXT;

CREATE INDEX ix_escalations_open ON escalations (conversation_id) WHERE closed_at IS NULL;
CREATE INDEX ix_escalations_closed ON escalations (closed_at, conversation_id)
    WHERE closed_at IS NOT NULL;

CREATE TABLE desk_viewers (
    conversation_id UUID NOT NULL,
    account_id UUID NOT NULL,
    page TEXT NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_desk_viewers PRIMARY KEY (conversation_id, page),
    CONSTRAINT fk_desk_viewers_conversation_id_conversations
        FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT fk_desk_viewers_account_id_accounts
        FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE INDEX ix_desk_viewers_until ON desk_viewers (until);

CREATE TABLE desk_seen (
    conversation_id UUID NOT NULL,
    account_id UUID NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_desk_seen PRIMARY KEY (conversation_id, account_id),
    CONSTRAINT fk_desk_seen_conversation_id_conversations
        FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
    CONSTRAINT fk_desk_seen_account_id_accounts
        FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE desk_sessions (
    session_id UUID NOT NULL,
    serving BOOLEAN NOT NULL,
    CONSTRAINT pk_desk_sessions PRIMARY KEY (session_id),
    CONSTRAINT fk_desk_sessions_session_id_account_sessions
        FOREIGN KEY (session_id) REFERENCES account_sessions (id) ON DELETE CASCADE
);

CREATE TABLE desk_words (
    conversation_id UUID NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT pk_desk_words PRIMARY KEY (conversation_id),
    CONSTRAINT fk_desk_words_conversation_id_conversations
        FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);
CREATE INDEX ix_desk_words_words ON desk_words USING gin (words);
"""

_NEWS = """
CREATE FUNCTION tanya_served(chat_id UUID) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM escalations WHERE conversation_id = chat_id AND closed_at IS NULL)
        OR EXISTS (SELECT 1 FROM conversations WHERE id = chat_id AND held_by_officer)
$$;

CREATE FUNCTION tanya_tell_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_notify('tanya_news', 'conversation:' || OLD.conversation_id);
    ELSE
        PERFORM pg_notify('tanya_news', 'conversation:' || NEW.conversation_id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_served() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tanya_served(NEW.conversation_id) THEN
        PERFORM pg_notify('tanya_news', 'conversation:' || NEW.conversation_id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.key LIKE 'officer:%' OR tanya_served(NEW.conversation_id) THEN
        PERFORM pg_notify('tanya_news', 'conversation:' || NEW.conversation_id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chat_id UUID;
    said TEXT;
BEGIN
    SELECT conversation_id, key INTO chat_id, said FROM outbox WHERE id = NEW.outbox_id;
    IF said LIKE 'officer:%' OR tanya_served(chat_id) THEN
        PERFORM pg_notify('tanya_news', 'conversation:' || chat_id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_escalation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_notify('tanya_news', 'inbox');
        RETURN NULL;
    END IF;
    PERFORM pg_notify('tanya_news', 'conversation:' || NEW.conversation_id);
    IF TG_OP = 'UPDATE' THEN
        IF NEW.unit IS DISTINCT FROM OLD.unit OR NEW.conversation_id <> OLD.conversation_id THEN
            PERFORM pg_notify('tanya_news', 'inbox');
        END IF;
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM pg_notify('tanya_news', 'inbox');
    ELSE
        PERFORM pg_notify('tanya_news', 'complaint:' || NEW.ticket);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tanya_news', 'sealed');
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tanya_news', 'session:' || OLD.id);
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_tell_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('tanya_news', 'account:' || OLD.id);
    RETURN NULL;
END;
$$;

CREATE TRIGGER tanya_news AFTER INSERT OR UPDATE OF state, message ON turns
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_served();
CREATE TRIGGER tanya_news AFTER INSERT OR UPDATE OF state, reply ON outbox
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_outbox();
CREATE TRIGGER tanya_news AFTER INSERT OR UPDATE OF status ON sent_parts
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_part();
CREATE TRIGGER tanya_news
    AFTER INSERT OR DELETE OR UPDATE OF closed_at, unit, respond_by, conversation_id ON escalations
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_escalation();
CREATE TRIGGER tanya_news
    AFTER INSERT OR UPDATE OF ended_at, officer, conversation_id ON officer_handlings
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_conversation();
CREATE TRIGGER tanya_news AFTER INSERT OR DELETE ON desk_viewers
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_conversation();
CREATE TRIGGER tanya_news AFTER INSERT OR UPDATE OR DELETE ON complaints
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_complaint();
CREATE TRIGGER tanya_news AFTER INSERT ON complaint_events
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_complaint();
CREATE TRIGGER tanya_news AFTER INSERT OR UPDATE OR DELETE ON sealed.complaints
    FOR EACH STATEMENT EXECUTE FUNCTION tanya_tell_sealed();
CREATE TRIGGER tanya_news AFTER INSERT ON sealed.complaint_events
    FOR EACH STATEMENT EXECUTE FUNCTION tanya_tell_sealed();
CREATE TRIGGER tanya_news AFTER DELETE OR UPDATE OF revoked_at ON account_sessions
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_session();
CREATE TRIGGER tanya_news AFTER UPDATE OF active, roles, unit ON accounts
    FOR EACH ROW EXECUTE FUNCTION tanya_tell_account();
"""

_SEARCH = r"""
CREATE FUNCTION tanya_words(said TEXT) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT left(word, 60)), '{}'))
      FROM regexp_split_to_table(lower(left(said, 100000)), '[^a-z0-9\u0080-\uffff]+') AS word
     WHERE word <> ''
$$;

-- Ids are one word after '=', the ends of the phone one after '#': no typed word begins so.
CREATE FUNCTION tanya_desk_marks(chat_id UUID) RETURNS tsvector LANGUAGE sql STABLE AS $$
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
         WHERE conversations.id = chat_id AND verified_phone IS NOT NULL
    ) AS marks
$$;

CREATE FUNCTION tanya_desk_fill(chat_id UUID) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found tsvector;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM conversations WHERE id = chat_id) THEN
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM escalations WHERE conversation_id = chat_id)
       AND NOT EXISTS (SELECT 1 FROM complaints WHERE conversation_id = chat_id) THEN
        DELETE FROM desk_words WHERE conversation_id = chat_id;
        RETURN;
    END IF;
    SELECT tanya_words(string_agg(said, ' ')) INTO found FROM (
        SELECT said FROM (
            SELECT received_at AS at,
                   concat_ws(' ', left(message->>'text', 2000), choice->>'title') AS said
              FROM turns WHERE conversation_id = chat_id
            UNION ALL
            SELECT created_at, left(reply->>'text', 2000)
              FROM outbox WHERE conversation_id = chat_id
        ) AS lines ORDER BY at DESC LIMIT 400
    ) AS latest;
    found := coalesce(found, ''::tsvector) || tanya_desk_marks(chat_id);
    INSERT INTO desk_words (conversation_id, words) VALUES (chat_id, found)
        ON CONFLICT (conversation_id) DO UPDATE SET words = excluded.words;
END;
$$;

CREATE FUNCTION tanya_desk_add(chat_id UUID, said TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE desk_words SET words = words || tanya_words(left(said, 5000))
     WHERE conversation_id = chat_id;
EXCEPTION WHEN program_limit_exceeded THEN  -- a very long talk: its latest words are kept
    PERFORM tanya_desk_fill(chat_id);
END;
$$;

CREATE FUNCTION tanya_desk_renew(chat_id UUID) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM desk_words WHERE conversation_id = chat_id) THEN
        PERFORM tanya_desk_fill(chat_id);
    END IF;
END;
$$;

CREATE FUNCTION tanya_turn_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tanya_desk_add(
            NEW.conversation_id, concat_ws(' ', NEW.message->>'text', NEW.choice->>'title'));
    ELSIF NEW.message IS DISTINCT FROM OLD.message OR NEW.choice IS DISTINCT FROM OLD.choice THEN
        PERFORM tanya_desk_renew(NEW.conversation_id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_outbox_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tanya_desk_add(NEW.conversation_id, NEW.reply->>'text');
    ELSIF NEW.reply IS DISTINCT FROM OLD.reply THEN
        PERFORM tanya_desk_renew(NEW.conversation_id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_phone_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.verified_phone IS DISTINCT FROM OLD.verified_phone THEN
        PERFORM tanya_desk_renew(NEW.id);
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_opened_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.conversation_id IS NOT NULL THEN
            PERFORM tanya_desk_fill(OLD.conversation_id);
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.conversation_id IS NOT NULL THEN
            PERFORM tanya_desk_fill(NEW.conversation_id);
        END IF;
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION tanya_followed_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tanya_desk_renew(NEW.conversation_id);
    RETURN NULL;
END;
$$;

CREATE TRIGGER tanya_words AFTER INSERT OR UPDATE OF message, choice ON turns
    FOR EACH ROW EXECUTE FUNCTION tanya_turn_words();
CREATE TRIGGER tanya_words AFTER INSERT OR UPDATE OF reply ON outbox
    FOR EACH ROW EXECUTE FUNCTION tanya_outbox_words();
CREATE TRIGGER tanya_words AFTER UPDATE OF verified_phone ON conversations
    FOR EACH ROW EXECUTE FUNCTION tanya_phone_words();
CREATE TRIGGER tanya_words AFTER INSERT OR DELETE OR UPDATE OF conversation_id ON escalations
    FOR EACH ROW EXECUTE FUNCTION tanya_opened_words();
CREATE TRIGGER tanya_words
    AFTER INSERT OR DELETE OR UPDATE OF conversation_id, application_number ON complaints
    FOR EACH ROW EXECUTE FUNCTION tanya_opened_words();
CREATE TRIGGER tanya_words AFTER INSERT OR UPDATE OF conversation_id ON subscriptions
    FOR EACH ROW EXECUTE FUNCTION tanya_followed_words();

-- While a complaint is being told to the bot it may still become a sealed one: what was said
-- since just before it began is not shown to officers (unless it was said to them).
CREATE FUNCTION tanya_hidden_from(chat_id UUID) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT max(seq) FROM turns WHERE conversation_id = chat_id AND seq < told.first),
        told.first)
      FROM (
        SELECT min(turns.seq) AS first
          FROM drafts
          JOIN turns ON turns.conversation_id = chat_id
           AND jsonb_exists(drafts.document->'turns', turns.id::text)
         WHERE drafts.conversation_id = chat_id AND drafts.kind = 'pengaduan'
           AND (drafts.document->'now' <> '{}'
                OR drafts.document->'before'->>'confidentiality' IN ('rahasia', 'anonim'))
      ) AS told
     WHERE told.first IS NOT NULL
$$;

SELECT tanya_desk_fill(conversation_id) FROM (
    SELECT conversation_id FROM escalations
    UNION SELECT conversation_id FROM complaints WHERE conversation_id IS NOT NULL
) AS visible;
"""


def upgrade() -> None:
    """Create the tables, the triggers, and the words of what is visible already."""
    cursor = op.get_bind().connection.cursor()
    for statement in (_TABLES, _NEWS, _SEARCH):
        cursor.execute(statement)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
