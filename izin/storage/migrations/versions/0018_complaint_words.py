"""Words of ordinary complaints, so that a search reads an index and not every complaint.

They go with their complaint, also when it moves to the sealed ones, which are never searched.
Ids stand among them as one word after '=', which no typed word begins with.

Revision ID: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

_WORDS = r"""
CREATE TABLE complaint_words (
    ticket TEXT NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT pk_complaint_words PRIMARY KEY (ticket),
    CONSTRAINT fk_complaint_words_ticket_complaints
        FOREIGN KEY (ticket) REFERENCES complaints (ticket) ON DELETE CASCADE
);
CREATE INDEX ix_complaint_words_words ON complaint_words USING gin (words);

CREATE FUNCTION tanya_complaint_words(
    ticket TEXT, story TEXT, place TEXT, application_number TEXT
) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT tanya_words(concat_ws(' ', ticket, application_number, place, story))
        || (SELECT array_to_tsvector(array_agg(DISTINCT
                '=' || left(regexp_replace(lower(id), '[^a-z0-9]+', '', 'g'), 60)))
              FROM unnest(array_remove(ARRAY[ticket, application_number], NULL)) AS id)
$$;

CREATE FUNCTION tanya_keep_complaint_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO complaint_words (ticket, words) VALUES (NEW.ticket, tanya_complaint_words(
        NEW.ticket, NEW.story, NEW.place, NEW.application_number))
        ON CONFLICT (ticket) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END;
$$;

CREATE TRIGGER tanya_complaint_words
    AFTER INSERT OR UPDATE OF story, place, application_number ON complaints
    FOR EACH ROW EXECUTE FUNCTION tanya_keep_complaint_words();

INSERT INTO complaint_words (ticket, words)
    SELECT ticket, tanya_complaint_words(ticket, story, place, application_number)
      FROM complaints;
"""


def upgrade() -> None:
    """Create the table, its trigger, and the words of the complaints there are."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(_WORDS)
    cursor.close()


def downgrade() -> None:
    """Refuse: citizens' data would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
