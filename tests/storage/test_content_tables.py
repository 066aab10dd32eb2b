"""Every attribute of a content noun has its column."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Table

from izin.activities import Activity
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.faq import FaqEntry
from izin.office import Holiday, Office, Place
from izin.permits import (
    AmbiguousTerm,
    Fee,
    LegacyName,
    Permit,
    Requirement,
    Stage,
    Variant,
)
from izin.storage.tables import catalogue, content

ELSEWHERE = {
    Permit: {"fee", "synonyms", "requirements", "variants", "stages", "legal_basis", "sources"},
    Activity: {"permits"},  # questions lie in one column as they are
    Office: {"location", "opening_hours"},
}


@pytest.mark.parametrize(
    ("noun", "table"),
    [
        (Permit, catalogue.permits),
        (Fee, catalogue.permit_fees),
        (Requirement, catalogue.permit_requirements),
        (Stage, catalogue.permit_stages),
        (Variant, catalogue.permit_variants),
        (AmbiguousTerm, catalogue.ambiguous_terms),
        (LegacyName, catalogue.legacy_names),
        (Activity, catalogue.activities),
        (ComplaintClass, catalogue.complaint_classes),
        (ComplaintCategory, catalogue.complaint_categories),
        (Office, content.office),
        (Holiday, content.holidays),
        (Place, content.places),
        (FaqEntry, content.faq_entries),
    ],
    ids=lambda value: getattr(value, "__name__", getattr(value, "name", "")),
)
def test_every_attribute_of_a_noun_is_stored(noun: type[Any], table: Table) -> None:
    attributes = {field.name for field in fields(noun)} - ELSEWHERE.get(noun, set())
    assert attributes <= set(table.columns.keys())
