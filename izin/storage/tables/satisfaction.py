"""Ratings and satisfaction surveys."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)
_uuid = UUID(as_uuid=False)


def _conversation(**more: bool) -> Column[str]:
    """Give the chat of a score; NULL once that chat was erased, when its words go as well."""
    conversation = ForeignKey("conversations.id", ondelete="SET NULL")
    return Column("conversation_id", _uuid, conversation, **more)  # type: ignore[arg-type]


ratings = Table(
    "ratings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _conversation(index=True),
    Column("namespace", Text, nullable=False, server_default="live"),
    Column("turn_id", Text, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("at", _moment, nullable=False, index=True),
)

rating_offers = Table(
    "rating_offers",
    metadata,
    Column(
        "conversation_id",
        _uuid,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("offered_at", _moment, nullable=False),
    Column("turn_id", Text, nullable=False),
)

survey_responses = Table(
    "survey_responses",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _conversation(),
    Column("namespace", Text, nullable=False, server_default="live"),
    Column("turn_id", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("scores", JSONB, nullable=False),
    Column("remark", Text, nullable=False, server_default=""),
    Column("at", _moment, nullable=False, index=True),
    UniqueConstraint("conversation_id", "period"),
)
