"""Comparing the names of permits, old and new, with what a citizen typed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from izin.permits import AmbiguousTerm, LegacyName, Permit

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*", re.UNICODE)
_LONGEST_ENDING = 3  # -nya, -ne, -e: possessive endings written onto a name


def words_of(text: str) -> list[str]:
    """Give the words of a text in small letters, without punctuation or symbols."""
    return _WORD.findall(text.casefold())


def fold(text: str) -> str:
    """Give a text as its words in small letters, single-spaced."""
    return " ".join(words_of(text))


def same_name(typed: str, name: str) -> bool:
    """Say whether ``typed`` is ``name``, perhaps with a possessive ending."""
    left, right = fold(typed), fold(name)
    if not left or not right:
        return False
    return (
        left == right
        or (left.startswith(right) and left[len(right) :] in ("nya", "ne", "e"))
        or left in (f"izin {right}", f"ijin {right}")
    )


def alternatives(name: str) -> list[str]:
    """Split ``HO / Izin Gangguan`` and ``Izin Gangguan (HO)`` into the names they hold."""
    inside = re.findall(r"\(([^)]*)\)", name)
    outside = re.sub(r"\([^)]*\)", " ", name)
    return [part.strip() for part in [*outside.split("/"), *inside] if part.strip()]


def legacy_name(typed: str, names: Sequence[LegacyName]) -> LegacyName | None:
    """Give the old name that ``typed`` is, or None."""
    for legacy in names:
        if any(same_name(typed, part) for part in alternatives(legacy.old)):
            return legacy
    return None


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
