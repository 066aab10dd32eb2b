"""The database roles of our processes: each may do what its work needs, and no more.

The role that migrates owns everything; nobody else may change the schema, empty a table or touch
what another part answers for. Granting again after a migration is harmless and needed: new
tables belong to nobody else before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

READ = "SELECT"
ADD = "SELECT, INSERT"
TIDY = "SELECT, INSERT, DELETE"
WORK = "SELECT, INSERT, UPDATE, DELETE"
NOTHING = ""

QUEUE = "procrastinate_"
"""Begins the tables of the job queue, which bring sequences of their own."""

_CONTENT = (
    "activities", "activity_permits", "ambiguous_terms", "canned_replies",
    "complaint_categories", "complaint_classes", "content_imports", "content_revisions",
    "content_versions", "faq_entries", "fee_tables", "holidays", "language_models",
    "legacy_names", "model_trainings", "office", "opening_hours", "permit_fees",
    "permit_legal_bases", "permit_requirements", "permit_sources", "permit_stages",
    "permit_synonyms", "permit_variants", "permits", "places", "regression_cases",
    "saved_journeys", "seed_items", "status_labels", "training_examples", "units",
)  # fmt: skip
_SECRETS = ("account_sessions", "accounts", "api_keys", "officer_chat_codes", "recovery_codes",
            "sign_in_attempts")  # fmt: skip
_AUDIT = ("audit_checkpoints", "audit_heads", "audit_log")
_HOUSE = {"alembic_version": READ, "data_keys": ADD, "data_key_steps": READ, "backup_runs": READ}
_HEALTH = ("health_alarms", "health_checks", "health_counts", "health_signs")


@dataclass(frozen=True, slots=True)
class Role:
    """What one role may do.

    Attributes:
        usual: On every table that is not named; nothing where empty.
        tables: On single tables, instead of ``usual``; a column list may stand in brackets.
        sealed: The schema of sealed complaints is open to it as other tables are.
        queue: It may put jobs into the queue.
    """

    usual: str = NOTHING
    tables: Mapping[str, str] = field(default_factory=dict)
    sealed: bool = False
    queue: bool = False


ROLES: Mapping[str, Role] = {
    "gateway": Role(
        usual=WORK,
        tables={
            **_HOUSE,
            "data_key_steps": WORK,
            "accounts": READ,
            "recovery_codes": NOTHING,
            "sealed.readings": TIDY,  # kept a year, then forgotten; never rewritten
            **dict.fromkeys(_AUDIT, TIDY),
        },
        sealed=True,
        queue=True,
    ),
    "actions": Role(
        usual=WORK,
        tables={
            **_HOUSE,
            **dict.fromkeys(_CONTENT, READ),
            **dict.fromkeys((*_SECRETS, *_AUDIT, *_HEALTH), NOTHING),
            "rasa_trackers": WORK,  # filing takes the story out of what Rasa keeps
            "webhooks": READ,
            "review_items": NOTHING,
            "sealed.readings": NOTHING,
        },
        sealed=True,
        queue=True,
    ),
    "console": Role(
        usual=WORK,
        tables={
            **_HOUSE,
            **dict.fromkeys(_HEALTH, READ),
            "health_checks": "SELECT, UPDATE",  # muting is the one thing people do to an alarm
            "audit_log": ADD,
            "audit_checkpoints": ADD,
            "audit_heads": READ,
            "rasa_trackers": NOTHING,
            "review_items": NOTHING,
            "proof_failures": NOTHING,
            "proof_locks": NOTHING,
            "sealed.readings": ADD,
            "sealed.complaint_mailboxes": READ,
        },
        sealed=True,
        queue=True,
    ),
    "rasa": Role(tables={"rasa_trackers": WORK}),
    "reporting": Role(
        tables={
            "complaints": "SELECT (ticket, category, class_code, confidentiality, state, owner,"
            " permit_code, filed_at, first_response_due, decision_due, closed_at, rating,"
            " reopened_times, unit, priority, first_response_at, responded_at, due_at)",
            "complaint_events": "SELECT (ticket, at, kind)",
            "ratings": "SELECT (subject, score, at)",
            "survey_responses": "SELECT (period, scores, at)",
            **dict.fromkeys(
                ("complaint_categories", "complaint_classes", "figure_asked", "figure_hours",
                 "holidays", "opening_hours", "permits", "rating_months", "survey_months",
                 "units"), READ,
            ),
        }
    ),
    "backup": Role(usual=READ, sealed=True, queue=True),
}  # fmt: skip
"""``backup`` reads all; what it reads of people is encrypted, and it changes nothing."""


def grants(role: str, account: str, tables: Sequence[str]) -> Iterator[str]:
    """Give the statements that let an account do what its role may, and nothing else.

    Args:
        role: One of :data:`ROLES`.
        account: The database role, a plain identifier.
        tables: Every table there is, those of ``sealed`` with their schema.
    """
    wanted = ROLES[role]
    for schema in ("public", "sealed"):
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {account}"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {account}"
        yield f"REVOKE ALL ON SCHEMA {schema} FROM {account}"
    yield f"GRANT USAGE ON SCHEMA public TO {account}"
    if wanted.sealed:
        yield f"GRANT USAGE ON SCHEMA sealed TO {account}"
    for table in tables:
        if may := _may(wanted, table):
            yield f"GRANT {may} ON {table} TO {account}"
    if wanted.queue:
        sequences = "SELECT" if wanted.usual == READ else "USAGE, SELECT"
        yield f"GRANT {sequences} ON ALL SEQUENCES IN SCHEMA public TO {account}"


def _may(role: Role, table: str) -> str:
    if table in role.tables:
        return role.tables[table]
    if table.startswith("sealed."):
        return role.usual if role.sealed else NOTHING
    if table.startswith(QUEUE):
        return role.usual if role.queue else NOTHING
    return role.usual
