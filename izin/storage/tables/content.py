"""The office, its calendar and places, the FAQ, and what keeps content and seed apart."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Time,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from izin.storage.tables import metadata
from izin.storage.tables.catalogue import document, flag, position, texts

office = Table(
    "office",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("agency", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("regency", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("address", Text),
    Column("phone", Text),
    Column("whatsapp", Text),
    Column("email", Text),
    Column("website", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    flag("fictional"),
    flag("hours_inferred"),
    Column("checked_on", Date),
    texts("sources"),
    document("details"),
    CheckConstraint("id = 1", name="office_only_one"),
    CheckConstraint("(latitude is null) = (longitude is null)", name="office_location_whole"),
)

opening_hours = Table(
    "opening_hours",
    metadata,
    Column("weekday", Integer, nullable=False),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    PrimaryKeyConstraint("weekday", "opens"),
    CheckConstraint("weekday between 0 and 6", name="opening_hours_weekday_known"),
    CheckConstraint("opens < closes", name="opening_hours_in_order"),
)

holidays = Table(
    "holidays",
    metadata,
    Column("day", Date, primary_key=True),
    position(),
    flag("published", True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    position(),
    flag("published", True),
    texts("synonyms"),
    PrimaryKeyConstraint("kind", "name"),
)

faq_entries = Table(
    "faq_entries",
    metadata,
    Column("key", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("topic", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    texts("variants"),
    texts("sources"),
    flag("inferred"),
    texts("permits"),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Index("ix_faq_entries_position", "position", "key"),
    Index("ix_faq_entries_checked", "checked_on", "key", postgresql_where=text("published")),
    Index(
        "ix_faq_entries_letters", text("tanya_asked_letters(question, variants)"),
        postgresql_using="gin",
    ),
)  # fmt: skip

content_revisions = Table(
    "content_revisions",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

# What the release's data files said of each item: an item that stands here and no longer
# in its table was deleted by an editor and stays deleted; ``offered`` is a later release's
# different version, which nobody has taken over yet.
seed_items = Table(
    "seed_items",
    metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("seeded", JSONB, nullable=False),
    Column("offered", JSONB),
    Column("seeded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("unconfirmed", Boolean, nullable=False, server_default="false"),
    PrimaryKeyConstraint("kind", "key"),
)

OFFICE_TABLES = (office, opening_hours, holidays, places)
FAQ_TABLES = (faq_entries,)
