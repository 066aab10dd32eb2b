"""How sure and how fresh the facts of a permit are."""

from __future__ import annotations

from datetime import date, timedelta

from izin.permits import Permit

OLD_AFTER = timedelta(days=180)
"""Half a year: laws, forms and systems of permits change about that often."""


def inferred_facts(permit: Permit) -> int:
    """Count the facts that citizens are told as examples, as no public source was found."""
    return sum(
        (
            *(requirement.inferred for requirement in permit.requirements),
            *(stage.inferred for stage in permit.stages),
            *(variant.inferred for variant in permit.variants),
            permit.fee.inferred,
            permit.sla_inferred,
            permit.validity_inferred,
            *(variant.sla_inferred for variant in permit.variants),
        )
    )


def is_old(permit: Permit, today: date) -> bool:
    """Say whether the facts were last checked longer ago than ``OLD_AFTER``."""
    return permit.checked_on + OLD_AFTER < today
