"""How sure and how fresh the facts of a permit are."""

from __future__ import annotations

from datetime import date, timedelta

from izin.permits import Permit


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


def is_old(permit: Permit, today: date, age_days: int) -> bool:
    """Say whether the facts were last checked more than so many days ago."""
    return permit.checked_on + timedelta(days=age_days) < today
