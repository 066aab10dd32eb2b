"""Comparing the names of permits, old and new, with what a citizen typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from izin.permits import AmbiguousTerm, LegacyName, Permit
from izin.words import fold

_ENDINGS = ("nya", "ne", "e")
"""Possessive endings written onto a name, Indonesian and Javanese."""


def same_name(typed: str, name: str) -> bool:
    """Say whether ``typed`` is ``name``, perhaps with a possessive ending."""
    left, right = fold(typed), fold(name)
    if not left or not right:
        return False
    return (
        left == right
        or (left.startswith(right) and left[len(right) :] in _ENDINGS)
        or left in (f"izin {right}", f"ijin {right}")
    )


def alternatives(name: str) -> list[str]:
    """Split ``HO / Izin Gangguan`` and ``Izin Gangguan (HO)`` into the names they hold."""
    inside = re.findall(r"\(([^)]*)\)", name)
    outside = re.sub(r"\([^)]*\)", " ", name)
    return [part.strip() for part in [*outside.split("/"), *inside] if part.strip()]


def legacy_name(typed: str, names: Sequence[LegacyName], codes: Sequence[str]) -> LegacyName | None:
    """Give the old name that ``typed`` is, or holds ("imb rumah"), or None.

    One that is only held must belong to one of ``codes``: "SIUP perikanan" holds SIUP, but
    is no trading licence.
    """
    for legacy in names:
        if any(same_name(typed, part) for part in alternatives(legacy.old)):
            return legacy
    words = f" {fold(typed)} "
    held = [
        legacy
        for legacy in names
        if legacy.code in codes
        and any(f" {fold(part)} " in words for part in alternatives(legacy.old))
    ]
    return max(held, key=lambda legacy: len(legacy.old), default=None)


def former_name(typed: str, permit: Permit) -> str | None:
    """Give the permit's former name that ``typed`` is, as the catalogue writes it, or None."""
    if any(same_name(typed, part) for part in alternatives(permit.short_name)):
        return None
    for former in permit.former_names:
        for part in alternatives(former):
            if same_name(typed, part):
                return former
    return None


def matching_term(typed: str, terms: Sequence[AmbiguousTerm]) -> AmbiguousTerm | None:
    """Give the ambiguous term that ``typed`` is, or None."""
    for term in terms:
        if any(same_name(typed, part) for part in alternatives(term.term)):
            return term
    return None
