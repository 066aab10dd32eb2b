"""Scores outlive the chat they were given in, without its identity and its words.

The index of a half-year counts citizens whose chats are forgotten by rule before it ends.

Revision ID: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"

_CHANGES = """
ALTER TABLE ratings ADD COLUMN namespace TEXT DEFAULT 'live' NOT NULL;
ALTER TABLE survey_responses ADD COLUMN namespace TEXT DEFAULT 'live' NOT NULL;

UPDATE ratings SET namespace = conversations.namespace
  FROM conversations WHERE conversations.id = ratings.conversation_id;
UPDATE survey_responses SET namespace = conversations.namespace
  FROM conversations WHERE conversations.id = survey_responses.conversation_id;

ALTER TABLE ratings ALTER COLUMN conversation_id DROP NOT NULL;
ALTER TABLE ratings DROP CONSTRAINT fk_ratings_conversation_id_conversations;
ALTER TABLE ratings ADD CONSTRAINT fk_ratings_conversation_id_conversations
    FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE SET NULL;

ALTER TABLE survey_responses ALTER COLUMN conversation_id DROP NOT NULL;
ALTER TABLE survey_responses DROP CONSTRAINT fk_survey_responses_conversation_id_conversations;
ALTER TABLE survey_responses ADD CONSTRAINT fk_survey_responses_conversation_id_conversations
    FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE SET NULL;
"""

# Whoever deletes a conversation, the words a citizen wrote beside a score go with it.
_WORDS_GO = """
CREATE FUNCTION tanya_keep_scores_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ratings SET conversation_id = NULL, comment = '' WHERE conversation_id = OLD.id;
    UPDATE survey_responses SET conversation_id = NULL, remark = ''
     WHERE conversation_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE TRIGGER tanya_keep_scores_alone BEFORE DELETE ON conversations
    FOR EACH ROW EXECUTE FUNCTION tanya_keep_scores_alone();
"""


def upgrade() -> None:
    """Change both tables and add the trigger."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_CHANGES)
    cursor.execute(_WORDS_GO)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
