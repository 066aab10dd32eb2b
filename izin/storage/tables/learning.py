"""Messages that were not understood well, and what editors made of them.

A message belongs to its turn and goes with it, with its chat, and when its turn is sealed;
examples and cases are an editor's sentences and lead back to nobody.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)


def _decision(on_deleted: str) -> Column[str]:
    decision = ForeignKey("learning_decisions.id", ondelete=on_deleted)
    return Column("decision_id", _uuid, decision, index=True)


learning_decisions = Table(
    "learning_decisions",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("once", Text, nullable=False, unique=True),
    Column("intent", Text, nullable=False),
    Column("permit", Text),
    Column("faq", Text),
    Column("texts", ARRAY(Text), nullable=False, server_default=text("'{}'::text[]")),
    Column("messages", Integer, nullable=False),
    Column("faq_version", Text),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", _moment, nullable=False, index=True),
    Column("undone_at", _moment),
)

unrecognised = Table(
    "unrecognised",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column(
        "turn_id", _uuid, ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column("text", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("confidence", Double, nullable=False),
    Column("said_at", _moment, nullable=False, index=True),
    Column("cluster", _uuid, nullable=False),
    Column("centrality", Double, nullable=False, server_default="1"),
    _decision("SET NULL"),
    CheckConstraint(
        "reason in ('unsure', 'lost', 'faq_missing', 'out_of_scope', 'rated_badly', 'rejected')",
        name="unrecognised_reason_known",
    ),
    Index("ix_unrecognised_key", "key", postgresql_using="hash"),
    # A trigger fills it from the turn, which never leaves its chat.
    Column("conversation_id", _uuid),
    Index(
        "ix_unrecognised_waiting",
        "cluster",
        "conversation_id",
        "said_at",
        postgresql_where=text("decision_id IS NULL"),
    ),
)

learning_progress = Table(
    "learning_progress",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("received_at", _moment, nullable=False),
    Column("turn_id", _uuid, nullable=False),
    CheckConstraint("id = 1", name="learning_progress_only_one"),
)
"""The last turn that was looked at, by its receipt."""

training_examples = Table(
    "training_examples",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("seq", BigInteger, Identity(), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("permit", Text),
    Column("source", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("added_by", Text, nullable=False),
    Column("added_at", _moment, nullable=False),
    Column("trained_at", _moment),
    _decision("SET NULL"),
    UniqueConstraint("intent", "key"),
)

regression_cases = Table(
    "regression_cases",
    metadata,
    Column("id", _uuid, primary_key=True),
    Column("seq", BigInteger, Identity(), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("permit", Text),
    Column("faq", Text),
    Column("source", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("added_by", Text, nullable=False),
    Column("added_at", _moment, nullable=False),
    Column("replaces", _uuid),
    _decision("SET NULL"),
    Index("ix_regression_cases_active", "key", unique=True, postgresql_where=text("active")),
)
