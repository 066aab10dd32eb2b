"""What keeps the editors' pages quick in a full house.

Revision ID: 0033
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0031"

# Groups of messages are ranked by their citizens, which are counted from this index alone. A
# turn never leaves its chat, so what is noted once stays true.
_CHATS = """
ALTER TABLE unrecognised ADD COLUMN conversation_id uuid;
UPDATE unrecognised SET conversation_id = turns.conversation_id
  FROM turns WHERE turns.id = unrecognised.turn_id;
CREATE FUNCTION tanya_unrecognised_chat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.conversation_id := (SELECT conversation_id FROM turns WHERE id = NEW.turn_id);
    RETURN NEW;
END $$;
CREATE TRIGGER tanya_unrecognised_chat BEFORE INSERT ON unrecognised
    FOR EACH ROW EXECUTE FUNCTION tanya_unrecognised_chat();
CREATE INDEX ix_unrecognised_waiting ON unrecognised (cluster, conversation_id, said_at)
    WHERE decision_id IS NULL;
DROP INDEX ix_unrecognised_open;
"""

# Lists of answers are read a page at a time, in this order; who asks the same in other spelling
# is found among ten thousand at once.
_ANSWERS = """
CREATE INDEX ix_faq_entries_position ON faq_entries (position, key);
CREATE INDEX ix_faq_entries_checked ON faq_entries (checked_on, key) WHERE published;
CREATE FUNCTION tanya_asked_letters(question text, variants text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(translate(lower(asked), ' ?,.-/!;()"', ''))
      FROM unnest(array_prepend(question, variants)) asked
$$;
CREATE INDEX ix_faq_entries_letters ON faq_entries
    USING gin (tanya_asked_letters(question, variants));
"""

# The words of a chat lie outside its row, which the planner does not reckon: it would rather
# unpack those of all chats than ask the index, which needs none of them.
_SEARCH = """
CREATE FUNCTION tanya_desk_met(wanted tsquery) RETURNS SETOF uuid
    LANGUAGE sql STABLE ROWS 100 SET enable_seqscan = off AS $$
    SELECT conversation_id FROM desk_words WHERE words @@ wanted
$$;
"""


def upgrade() -> None:
    """Create it."""
    op.execute(_SEARCH)
    op.execute(_CHATS)
    op.execute(_ANSWERS)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
