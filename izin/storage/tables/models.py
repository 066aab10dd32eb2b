"""Language models and their trainings."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from izin.storage.tables import metadata

_moment = DateTime(timezone=True)

language_models = Table(
    "language_models",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("rasa_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("archive", LargeBinary),
    Column("release", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("examples", JSONB, nullable=False),
    Column("gazetteer", JSONB, nullable=False),
    Column("report", JSONB),
    Column("scores", JSONB),
    Column("verdict", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("created_at", _moment, nullable=False),
    Column("trained_by", Text),
    Column("published_at", _moment),
    Column("published_by", Text),
    Column("override", Text, nullable=False, server_default=""),
    UniqueConstraint("number"),
    CheckConstraint(
        "state in ('trained', 'refused', 'published', 'replaced')",
        name="language_models_state_known",
    ),
    CheckConstraint("origin in ('release', 'training')", name="language_models_origin_known"),
    Index(
        "ix_language_models_published", "state", unique=True,
        postgresql_where=text("state = 'published'"),
    ),
)  # fmt: skip

model_trainings = Table(
    "model_trainings",
    metadata,
    Column("id", UUID(as_uuid=False), primary_key=True),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("percent", Integer, nullable=False, server_default="0"),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", _moment, nullable=False),
    Column("heartbeat", _moment, nullable=False),
    Column("finished_at", _moment),
    Column("error", Text, nullable=False, server_default=""),
    Column("model_id", UUID(as_uuid=False), ForeignKey("language_models.id")),
    Column("cancelling", Boolean, nullable=False, server_default="false"),
    UniqueConstraint("key"),
    CheckConstraint(
        "state in ('running', 'done', 'failed', 'cancelled', 'broken')",
        name="model_trainings_state_known",
    ),
    Index(
        "ix_model_trainings_running", "state", unique=True,
        postgresql_where=text("state = 'running'"),
    ),
    Index("ix_model_trainings_asked", "asked_at"),
)  # fmt: skip
