"""The permit catalogue: permits with all that hangs on them, names, activities, fee tables.

Column names equal the attributes of the nouns in ``izin.permits`` and ``izin.complaints``.
``position`` keeps the editors' order; ``published`` false is a draft nobody is shown.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from izin.storage.tables import metadata


def flag(name: str, default: bool = False) -> Column[bool]:
    """Give a NOT NULL boolean column."""
    return Column(name, Boolean, nullable=False, server_default="true" if default else "false")


def texts(name: str) -> Column[list[str]]:
    """Give a NOT NULL list of texts, empty by default."""
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'::text[]"))


def document(name: str) -> Column[dict[str, Any]]:
    """Give a NOT NULL JSON object, empty by default."""
    return Column(name, JSONB, nullable=False, server_default=text("'{}'::jsonb"))


def position() -> Column[int]:
    """Give the column that keeps an order."""
    return Column("position", Integer, nullable=False)


def _permit_code() -> Column[str]:
    return Column(
        "permit_code", Text, ForeignKey("permits.code", ondelete="CASCADE"), nullable=False
    )


permits = Table(
    "permits",
    metadata,
    Column("code", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("official_name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("technical_agency", Text, nullable=False),
    document("apply_at"),
    Column("sla_working_days", Integer, nullable=False),
    Column("sla_note", Text),
    flag("sla_inferred"),
    Column("validity", Text, nullable=False),
    Column("validity_note", Text),
    flag("validity_inferred"),
    Column("product", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("confirmed_by", Text),
    texts("former_names"),
    texts("applicants"),
    texts("requirement_notes"),
    texts("common_confusions"),
    Column("redirect", Text),
    Column("note", Text),
    document("details"),
    CheckConstraint("sla_working_days >= 0", name="permits_sla_not_negative"),
)

permit_synonyms = Table(
    "permit_synonyms",
    metadata,
    _permit_code(),
    position(),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("permit_code", "position"),
)

permit_requirements = Table(
    "permit_requirements",
    metadata,
    _permit_code(),
    position(),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("applicant", Text),
    Column("note", Text),
    flag("inferred"),
    PrimaryKeyConstraint("permit_code", "position"),
    CheckConstraint("kind in ('new', 'extension', 'change')", name="requirements_kind_known"),
    CheckConstraint("number >= 1", name="requirements_number_from_one"),
)

permit_stages = Table(
    "permit_stages",
    metadata,
    _permit_code(),
    position(),
    Column("order", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("working_days", Integer, nullable=False),
    flag("inferred"),
    Column("note", Text),
    Column("only_for", Text),
    PrimaryKeyConstraint("permit_code", "position"),
    CheckConstraint("working_days >= 0", name="stages_days_not_negative"),
)

permit_variants = Table(
    "permit_variants",
    metadata,
    _permit_code(),
    position(),
    Column("id", Text, nullable=False),
    Column("when", Text, nullable=False),
    Column("sla_working_days", Integer),
    Column("note", Text),
    flag("inferred"),
    flag("sla_inferred"),
    Column("risk", Text),
    Column("fee", Text),
    PrimaryKeyConstraint("permit_code", "position"),
    CheckConstraint("sla_working_days >= 0", name="variants_sla_not_negative"),
)

permit_fees = Table(
    "permit_fees",
    metadata,
    Column("permit_code", Text, ForeignKey("permits.code", ondelete="CASCADE"), primary_key=True),
    Column("type", Text, nullable=False),
    Column("amount_rupiah", BigInteger),
    Column("name", Text),
    Column("formula", Text),
    Column("note", Text),
    flag("inferred"),
    Column("calculator", Text),
    document("details"),
    CheckConstraint("type in ('free', 'formula', 'tax', 'pnbp')", name="fees_type_known"),
    CheckConstraint("amount_rupiah >= 0", name="fees_amount_not_negative"),
)

permit_legal_bases = Table(
    "permit_legal_bases",
    metadata,
    _permit_code(),
    position(),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("permit_code", "position"),
)

permit_sources = Table(
    "permit_sources",
    metadata,
    _permit_code(),
    position(),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("permit_code", "position"),
)

ambiguous_terms = Table(
    "ambiguous_terms",
    metadata,
    Column("term", Text, primary_key=True),
    position(),
    flag("published", True),
    texts("codes"),
    Column("ask", Text, nullable=False),
)

legacy_names = Table(
    "legacy_names",
    metadata,
    Column("old", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("now", Text, nullable=False),
    Column("code", Text),
    Column("since", Text),
    Column("note", Text),
    flag("inferred"),
)

activities = Table(
    "activities",
    metadata,
    Column("key", Text, primary_key=True),
    position(),
    flag("published", True),
    texts("phrases"),
    Column("ask", Text),  # of the first release; questions took its place
    Column("questions", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    texts("kbli"),
    Column("note", Text),
    flag("inferred"),
)

activity_permits = Table(
    "activity_permits",
    metadata,
    Column("activity_key", Text, ForeignKey("activities.key", ondelete="CASCADE"), nullable=False),
    position(),
    Column("permit_code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("activity_key", "position"),
)

fee_tables = Table(
    "fee_tables",
    metadata,
    Column("name", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("content", JSONB, nullable=False),
)

status_labels = Table(
    "status_labels",
    metadata,
    Column("code", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("label", Text, nullable=False),
)

complaint_classes = Table(
    "complaint_classes",
    metadata,
    Column("code", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("label", Text, nullable=False),
    Column("resolve_working_days", Integer, nullable=False),
    flag("always_confidential"),
    flag("human_only"),
    Column("meaning", Text, nullable=False, server_default=""),
    flag("inferred"),
    CheckConstraint("resolve_working_days >= 0", name="complaint_classes_days_not_negative"),
)

complaint_categories = Table(
    "complaint_categories",
    metadata,
    Column("code", Text, primary_key=True),
    position(),
    flag("published", True),
    Column("label", Text, nullable=False),
    Column("class_code", Text, ForeignKey("complaint_classes.code"), nullable=False),
    Column("owner", Text, nullable=False),
    texts("phrases"),
    flag("confidential"),
    flag("urgent"),
    Column("first_help", Text),
    document("details"),
)

CATALOGUE_TABLES = (
    permits, permit_synonyms, permit_requirements, permit_stages, permit_variants, permit_fees,
    permit_legal_bases, permit_sources, ambiguous_terms, legacy_names, activities,
    activity_permits, fee_tables, status_labels, complaint_classes, complaint_categories,
)  # fmt: skip
