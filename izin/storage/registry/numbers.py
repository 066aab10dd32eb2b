"""Application numbers as citizens type them and as registries store them."""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"[0-9]+|[A-Z]+")
_TELLING_FROM = 5
"""Digits; fewer may be a year, or what an office writes before each of its numbers."""
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def normalise_number(number: str) -> str:
    """Give the form in which two spellings of one number are equal.

    Capitals, no white space, one kind of hyphen and slash:
    ``503 / 0123/pbg/ 2026`` becomes ``503/0123/PBG/2026``.
    """
    text = unicodedata.normalize("NFKC", number).upper().translate(_DASHES).replace("\\", "/")
    return "".join(text.split())


def number_parts(number: str) -> tuple[str, ...]:
    """Give the groups of digits (without leading zeros) and of letters, in order."""
    return tuple(
        part.lstrip("0") or "0" if part.isdigit() else part
        for part in _PARTS.findall(normalise_number(number))
    )


def matches_incomplete(number: str, incomplete: str) -> bool:
    """Say whether ``incomplete`` is ``number`` with some of its parts left out.

    Every part must be whole, apart from leading zeros: ``123/PBG`` is part of
    ``503/0123/PBG/2026``, ``12/PBG`` is not. Without any digit nothing matches.
    """
    wanted = number_parts(incomplete)
    if not any(part.isdigit() for part in wanted):
        return False
    parts = iter(number_parts(number))
    return all(part in parts for part in wanted)  # each search goes on where the last one ended


def like_pattern(incomplete: str) -> str:
    """Give a SQL LIKE pattern that every match has (and others too)."""
    return "%" + "%".join(number_parts(incomplete)) + "%"


def telling_part(incomplete: str) -> str | None:
    """Give the longest group of digits if it is so long that few numbers have it, else None."""
    digits = [part for part in number_parts(incomplete) if part.isdigit()]
    longest = max(digits, key=len, default="")
    return longest if len(longest) >= _TELLING_FROM else None
