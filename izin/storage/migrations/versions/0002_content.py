"""The permit catalogue, the office, the FAQ, and the counters that tell of their changes.

Revision ID: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = """
CREATE TABLE permits (
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    official_name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    sector TEXT NOT NULL,
    technical_agency TEXT NOT NULL,
    apply_at JSONB DEFAULT '{}'::jsonb NOT NULL,
    sla_working_days INTEGER NOT NULL,
    sla_note TEXT,
    sla_inferred BOOLEAN DEFAULT false NOT NULL,
    validity TEXT NOT NULL,
    validity_note TEXT,
    validity_inferred BOOLEAN DEFAULT false NOT NULL,
    product TEXT NOT NULL,
    confidence TEXT NOT NULL,
    checked_on DATE NOT NULL,
    confirmed_by TEXT,
    former_names TEXT[] DEFAULT '{}'::text[] NOT NULL,
    applicants TEXT[] DEFAULT '{}'::text[] NOT NULL,
    requirement_notes TEXT[] DEFAULT '{}'::text[] NOT NULL,
    common_confusions TEXT[] DEFAULT '{}'::text[] NOT NULL,
    redirect TEXT,
    note TEXT,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_permits PRIMARY KEY (code),
    CONSTRAINT permits_sla_not_negative CHECK (sla_working_days >= 0)
);

CREATE TABLE permit_synonyms (
    permit_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_permit_synonyms PRIMARY KEY (permit_code, position),
    CONSTRAINT fk_permit_synonyms_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE permit_requirements (
    permit_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    applicant TEXT,
    note TEXT,
    inferred BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_permit_requirements PRIMARY KEY (permit_code, position),
    CONSTRAINT requirements_kind_known CHECK (kind in ('new', 'extension', 'change')),
    CONSTRAINT requirements_number_from_one CHECK (number >= 1),
    CONSTRAINT fk_permit_requirements_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE permit_stages (
    permit_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    "order" INTEGER NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    working_days INTEGER NOT NULL,
    inferred BOOLEAN DEFAULT false NOT NULL,
    note TEXT,
    only_for TEXT,
    CONSTRAINT pk_permit_stages PRIMARY KEY (permit_code, position),
    CONSTRAINT stages_days_not_negative CHECK (working_days >= 0),
    CONSTRAINT fk_permit_stages_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE permit_variants (
    permit_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    "when" TEXT NOT NULL,
    sla_working_days INTEGER,
    note TEXT,
    inferred BOOLEAN DEFAULT false NOT NULL,
    sla_inferred BOOLEAN DEFAULT false NOT NULL,
    risk TEXT,
    fee TEXT,
    CONSTRAINT pk_permit_variants PRIMARY KEY (permit_code, position),
    CONSTRAINT variants_sla_not_negative CHECK (sla_working_days >= 0),
    CONSTRAINT fk_permit_variants_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE permit_fees (
    permit_code TEXT NOT NULL,
    type TEXT NOT NULL,
    amount_rupiah BIGINT,
    name TEXT,
    formula TEXT,
    note TEXT,
    inferred BOOLEAN DEFAULT false NOT NULL,
    calculator TEXT,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_permit_fees PRIMARY KEY (permit_code),
    CONSTRAINT fees_type_known CHECK (type in ('free', 'formula', 'tax', 'pnbp')),
    CONSTRAINT fees_amount_not_negative CHECK (amount_rupiah >= 0),
    CONSTRAINT fk_permit_fees_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE permit_legal_bases (
    permit_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_permit_legal_bases PRIMARY KEY (permit_code, position),
    CONSTRAINT fk_permit_legal_bases_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE permit_sources (
    permit_code TEXT NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_permit_sources PRIMARY KEY (permit_code, position),
    CONSTRAINT fk_permit_sources_permit_code_permits
        FOREIGN KEY (permit_code) REFERENCES permits (code) ON DELETE CASCADE
);

CREATE TABLE ambiguous_terms (
    term TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    codes TEXT[] DEFAULT '{}'::text[] NOT NULL,
    ask TEXT NOT NULL,
    CONSTRAINT pk_ambiguous_terms PRIMARY KEY (term)
);

CREATE TABLE legacy_names (
    "old" TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    now TEXT NOT NULL,
    code TEXT,
    since TEXT,
    note TEXT,
    inferred BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_legacy_names PRIMARY KEY ("old")
);

CREATE TABLE activities (
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    phrases TEXT[] DEFAULT '{}'::text[] NOT NULL,
    ask TEXT,
    note TEXT,
    inferred BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_activities PRIMARY KEY (key)
);

CREATE TABLE activity_permits (
    activity_key TEXT NOT NULL,
    position INTEGER NOT NULL,
    permit_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_activity_permits PRIMARY KEY (activity_key, position),
    CONSTRAINT fk_activity_permits_activity_key_activities
        FOREIGN KEY (activity_key) REFERENCES activities (key) ON DELETE CASCADE
);

CREATE TABLE fee_tables (
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    content JSONB NOT NULL,
    CONSTRAINT pk_fee_tables PRIMARY KEY (name)
);

CREATE TABLE status_labels (
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    label TEXT NOT NULL,
    CONSTRAINT pk_status_labels PRIMARY KEY (code)
);

CREATE TABLE complaint_classes (
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    label TEXT NOT NULL,
    resolve_working_days INTEGER NOT NULL,
    always_confidential BOOLEAN DEFAULT false NOT NULL,
    human_only BOOLEAN DEFAULT false NOT NULL,
    meaning TEXT DEFAULT '' NOT NULL,
    inferred BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_complaint_classes PRIMARY KEY (code),
    CONSTRAINT complaint_classes_days_not_negative CHECK (resolve_working_days >= 0)
);

CREATE TABLE complaint_categories (
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    label TEXT NOT NULL,
    class_code TEXT NOT NULL,
    owner TEXT NOT NULL,
    phrases TEXT[] DEFAULT '{}'::text[] NOT NULL,
    confidential BOOLEAN DEFAULT false NOT NULL,
    urgent BOOLEAN DEFAULT false NOT NULL,
    first_help TEXT,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_complaint_categories PRIMARY KEY (code),
    CONSTRAINT fk_complaint_categories_class_code_complaint_classes
        FOREIGN KEY (class_code) REFERENCES complaint_classes (code)
);

CREATE TABLE office (
    id INTEGER NOT NULL,
    agency TEXT NOT NULL,
    short_name TEXT NOT NULL,
    regency TEXT NOT NULL,
    timezone TEXT NOT NULL,
    address TEXT,
    phone TEXT,
    whatsapp TEXT,
    email TEXT,
    website TEXT,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    fictional BOOLEAN DEFAULT false NOT NULL,
    hours_inferred BOOLEAN DEFAULT false NOT NULL,
    checked_on DATE,
    sources TEXT[] DEFAULT '{}'::text[] NOT NULL,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT pk_office PRIMARY KEY (id),
    CONSTRAINT office_only_one CHECK (id = 1),
    CONSTRAINT office_location_whole CHECK ((latitude is null) = (longitude is null))
);

CREATE TABLE opening_hours (
    weekday INTEGER NOT NULL,
    opens TIME WITHOUT TIME ZONE NOT NULL,
    closes TIME WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_opening_hours PRIMARY KEY (weekday, opens),
    CONSTRAINT opening_hours_weekday_known CHECK (weekday between 0 and 6),
    CONSTRAINT opening_hours_in_order CHECK (opens < closes)
);

CREATE TABLE holidays (
    day DATE NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_holidays PRIMARY KEY (day)
);

CREATE TABLE places (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    synonyms TEXT[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT pk_places PRIMARY KEY (kind, name)
);

CREATE TABLE faq_entries (
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    published BOOLEAN DEFAULT true NOT NULL,
    topic TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    checked_on DATE NOT NULL,
    variants TEXT[] DEFAULT '{}'::text[] NOT NULL,
    sources TEXT[] DEFAULT '{}'::text[] NOT NULL,
    inferred BOOLEAN DEFAULT false NOT NULL,
    permits TEXT[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT pk_faq_entries PRIMARY KEY (key)
);

CREATE TABLE content_revisions (
    subject TEXT NOT NULL,
    revision BIGINT NOT NULL,
    CONSTRAINT pk_content_revisions PRIMARY KEY (subject)
);

CREATE TABLE seed_items (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    seeded JSONB NOT NULL,
    offered JSONB,
    seeded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_seed_items PRIMARY KEY (kind, key)
);
"""

# Every process keeps the content in memory and asks only for this number before each use;
# the row lock of the update puts concurrent changes in order.
_REVISIONS = """
INSERT INTO content_revisions (subject, revision)
VALUES ('catalogue', 1), ('office', 1), ('faq', 1);

CREATE FUNCTION tanya_content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE content_revisions SET revision = revision + 1 WHERE subject = TG_ARGV[0];
    RETURN NULL;
END;
$$;
"""

_SUBJECTS = {
    "catalogue": (
        "permits", "permit_synonyms", "permit_requirements", "permit_stages", "permit_variants",
        "permit_fees", "permit_legal_bases", "permit_sources", "ambiguous_terms", "legacy_names",
        "activities", "activity_permits", "fee_tables", "status_labels", "complaint_classes",
        "complaint_categories",
    ),
    "office": ("office", "opening_hours", "holidays", "places"),
    "faq": ("faq_entries",),
}  # fmt: skip


def upgrade() -> None:
    """Create tables, counters and the triggers that raise them."""
    op.execute(_TABLES)
    op.execute(_REVISIONS)
    for subject, tables in _SUBJECTS.items():
        for table in tables:
            op.execute(
                f"CREATE TRIGGER tanya_content_changed "
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION tanya_content_changed('{subject}')"
            )


def downgrade() -> None:
    """Refuse: editors' work would be lost; restore a backup instead."""
    raise NotImplementedError("restore a backup instead of migrating down")
