"""Example facts of the release, kept from citizens until an editor of the office confirms them.

The data files mark what no public source was found for (``inferred`` and its like). A production
installation is seeded with those facts taken out of permits, and with FAQ entries, fee tables
and the other items that rest on one kept unpublished; editors find each of them among what
waits, as the release wrote it, and confirm it or write their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from izin.examples import has_examples, is_mark
from izin.permits import Fee, Permit, Variant
from izin.storage.documents import plain

_SHOWN_WITHOUT = frozenset({"permit"})
"""Kinds whose items are shown without their example facts; others are not shown at all."""

_NEEDED = frozenset({"office", "unit", "status_label", "complaint_class"})
"""Kinds that code needs at once; what they hold is either set by the office or by law."""


def shown_now(kind: str, noun: Any) -> Any | None:
    """Give an item as citizens may be told it now, or None when it must wait for an editor.

    Args:
        kind: The seed's kind.
        noun: The item as the release wrote it.
    """
    if kind in _NEEDED or not has_examples(plain(noun)):
        return noun
    return _without_examples(noun) if kind in _SHOWN_WITHOUT else None


def _without_examples(permit: Permit) -> Permit:
    """Give a permit without example facts; a list that holds one is left out whole.

    Half a list of requirements would be read as all of it.
    """
    doubtful = {item.kind for item in permit.requirements if item.inferred}
    marked = {str(name) for name, value in permit.details.items() if is_mark(name) and value}
    told = {
        name: value
        for name, value in permit.details.items()
        if not (is_mark(name) or has_examples(value)) and f"{name}_inferred" not in marked
    }
    known_time, known_end = not permit.sla_inferred, not permit.validity_inferred
    return replace(
        permit,
        requirements=tuple(item for item in permit.requirements if item.kind not in doubtful),
        stages=() if any(stage.inferred for stage in permit.stages) else permit.stages,
        variants=tuple(_known(item) for item in permit.variants if not item.inferred),
        fee=_known_fee(permit.fee),
        sla_working_days=permit.sla_working_days if known_time else 0,
        sla_note=permit.sla_note if known_time else None,
        sla_inferred=False,
        validity=permit.validity if known_end else "",
        validity_note=permit.validity_note if known_end else None,
        validity_inferred=False,
        details=told,
    )


def _known(variant: Variant) -> Variant:
    if not variant.sla_inferred:
        return variant
    return replace(variant, sla_working_days=None, sla_inferred=False)


def _known_fee(fee: Fee) -> Fee:
    """Give a fee, or the one without an amount that answers as not known."""
    return Fee("free") if fee.inferred or has_examples(fee.details) else fee
