"""Conversations, inbox, turns, outbox and what hangs on them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from izin.storage.tables import metadata
from izin.storage.tables.encrypted import EncryptedBytes, EncryptedText, MessageDocument

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)


def _conversation(nullable: bool = False, index: bool = True) -> Column[str]:
    return Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=nullable,
        index=index,
    )


conversations = Table(
    "conversations",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("namespace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("chat", EncryptedText("conversations/chat"), nullable=False),
    Column("chat_mark", Text, index=True),
    Column("chat_user", EncryptedText("conversations/chat_user")),
    Column("held_by_officer", Boolean, nullable=False, server_default="false"),
    Column("verified_phone", EncryptedText("conversations/verified_phone"), index=True),
    Column("phone_mark", Text, index=True),
    # Marks of the phone's last four to six digits, for the desk's search.
    Column("phone_words", ARRAY(Text)),
    Column("last_inbound_at", _moment),
    Column("last_turn_at", _moment),
    Column("last_text", Text, nullable=False, server_default=""),
    Column("burst_started_at", _moment),
    Column("burst_count", Integer, nullable=False, server_default="0"),
    Column("limited_until", _moment),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
)

chat_aliases = Table(
    "chat_aliases",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # A mark of the alias; rows of earlier releases hold the alias itself.
    Column("alias", Text, nullable=False),
    Column("locked_alias", EncryptedText("chat_aliases/alias")),
    _conversation(),
    PrimaryKeyConstraint("namespace", "channel", "alias"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", _uuid, primary_key=True),
    _conversation(index=False),  # those of two columns below begin with it
    Column("seq", BigInteger, Identity(), nullable=False),
    Column("namespace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    # A mark, as platforms build their ids of chat ids and phones; earlier rows hold the id.
    Column("external_id", Text, nullable=False),
    Column("message", MessageDocument("turns/message"), nullable=False),
    Column("choice", JSONB),
    Column("media_ids", ARRAY(Text), nullable=False, server_default="{}"),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("office_now", _moment, nullable=False),
    Column("received_at", _moment, nullable=False),
    Column("answered_at", _moment),
    Column("timings_ms", JSONB),
    Column("error", Text),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column("merged_into", _uuid, ForeignKey("turns.id", ondelete="CASCADE")),
    Column("understood", JSONB),
    UniqueConstraint("namespace", "channel", "external_id"),
    Index("ix_turns_state_received", "state", "received_at"),
    Index("ix_turns_conversation_seq", "conversation_id", "seq"),
    Index("ix_turns_conversation_received", "conversation_id", "received_at"),
    Index("ix_turns_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
)

choices = Table(
    "choices",
    metadata,
    Column("id", Text, primary_key=True),
    _conversation(),
    Column("title", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("entities", JSONB, nullable=False),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("seq", BigInteger, Identity(), nullable=False, unique=True),
    _conversation(index=False),  # the index of two columns below begins with it
    Column("turn_id", _uuid, ForeignKey("turns.id", ondelete="CASCADE"), index=True),
    Column("key", Text, nullable=False, unique=True),
    Column("reply", JSONB, nullable=False),
    Column("choice_ids", ARRAY(Text), nullable=False, server_default="{}"),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sent_parts", Integer, nullable=False, server_default="0"),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
    Column("accepted_at", _moment),
    Column("error", Text),
    Column("error_code", Text),
    Column("again_key", Text),
    Index("ix_outbox_conversation_created", "conversation_id", "created_at"),
    Index("ix_outbox_pushed", "created_at", postgresql_where=text("turn_id IS NULL")),
)

sent_parts = Table(
    "sent_parts",
    metadata,
    Column("outbox_id", _uuid, ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="accepted"),
    Column("status_at", _moment, nullable=False),
    PrimaryKeyConstraint("outbox_id", "part"),
    Index("ix_sent_parts_external", "namespace", "channel", "external_id"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("namespace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", _moment, nullable=False),
    Column("error_code", Text),
    PrimaryKeyConstraint("namespace", "channel", "external_id", "status"),
)

review_items = Table(
    "review_items",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("payload", EncryptedBytes("review_items/payload"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_at", _moment, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    _conversation(),
    Column("kind", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("updated_at", _moment, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("conversation_id", "kind"),
)

escalations = Table(
    "escalations",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _conversation(),
    Column("key", Text, nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("opened_at", _moment, nullable=False),
    Column("closed_at", _moment),
    Column("respond_by", Date),
    Column("unit", Text),
    Index("ix_escalations_open", "conversation_id", postgresql_where=text("closed_at IS NULL")),
    Index(
        "ix_escalations_closed",
        "closed_at",
        "conversation_id",
        postgresql_where=text("closed_at IS NOT NULL"),
    ),
)

media_files = Table(
    "media_files",
    metadata,
    Column("id", _uuid, primary_key=True),
    _conversation(nullable=True),
    Column("kind", Text, nullable=False),
    Column("mime_type", Text),
    Column("file_name", EncryptedText("media_files/file_name")),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_at", _moment, nullable=False, server_default=func.now()),
)

proof_failures = Table(
    "proof_failures",
    metadata,
    Column("turn_id", Text, primary_key=True),
    Column("number", Text, nullable=False, index=True),
    Column("conversation_id", _uuid, nullable=False, index=True),
    Column("at", _moment, nullable=False),
)

proof_locks = Table(
    "proof_locks",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("until", _moment, nullable=False),
)

rasa_trackers = Table(
    "rasa_trackers",
    metadata,
    Column("sender_id", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("updated_at", _moment, nullable=False, server_default=func.now()),
)
