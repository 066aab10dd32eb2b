"""What citizens call permits, as editors may learn it.

A hint goes with its turn, as soon as its turn is to be sealed, and when its citizen no longer
allows messages to be reviewed.

Revision ID: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"

_SCHEMA = """
CREATE TABLE name_hints (
    turn_id UUID NOT NULL,
    text TEXT NOT NULL,
    permit TEXT NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_name_hints PRIMARY KEY (turn_id),
    CONSTRAINT fk_name_hints_turn_id_turns FOREIGN KEY (turn_id)
        REFERENCES turns (id) ON DELETE CASCADE
);
CREATE INDEX ix_name_hints_said_at ON name_hints (said_at);

CREATE TABLE refused_names (
    permit TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_refused_names PRIMARY KEY (permit, name)
);

CREATE FUNCTION tanya_forget_name_hint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.name_hints WHERE turn_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    RETURN NULL;
END;
$$;
CREATE TRIGGER turns_forget_name_hint AFTER UPDATE OF understood ON turns FOR EACH ROW
    WHEN (OLD.understood IS NOT NULL AND NEW.understood IS NULL)
    EXECUTE FUNCTION tanya_forget_name_hint('id');
CREATE TRIGGER sealing_turns_forget_name_hint AFTER INSERT ON sealed.sealing_turns FOR EACH ROW
    EXECUTE FUNCTION tanya_forget_name_hint('turn_id');

CREATE FUNCTION tanya_forget_name_hints() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM public.name_hints WHERE turn_id IN (
        SELECT id FROM public.turns WHERE conversation_id = NEW.conversation_id);
    RETURN NULL;
END;
$$;
CREATE TRIGGER consents_forget_name_hints AFTER INSERT ON privacy_consents FOR EACH ROW
    WHEN (NEW.purpose = 'tinjauan' AND NOT NEW.given) EXECUTE FUNCTION tanya_forget_name_hints();
CREATE TRIGGER complaints_forget_name_hints AFTER INSERT ON sealed.complaints FOR EACH ROW
    WHEN (NEW.conversation_id IS NOT NULL) EXECUTE FUNCTION tanya_forget_name_hints();
"""


def upgrade() -> None:
    """Create tables and triggers."""
    op.execute(_SCHEMA)


def downgrade() -> None:
    """Refuse: going back would lose what people wrote."""
    raise NotImplementedError("restore a backup instead")
