"""The clause a message opens with, in which a citizen may ask for a human."""

from __future__ import annotations

import re

OFFICER_INTENT = "minta_petugas"

#: How sure the clause alone must be understood; measured on clauses such as "saya kemarin ketemu
#: petugas" (0.54) and "minta nomor petugas" (0.78), which are no such wish.
SURE = 0.9

#: Told with a grievance, the wish is part of the complaint: extortion must stay confidential.
NEVER_OVERRULED = frozenset({OFFICER_INTENT, "lapor_pengaduan"})

_FEWEST_WORDS, _MOST_WORDS = 3, 8
_END = re.compile(r"[,.;:\n!]|\s-\s")
_WORD = re.compile(r"\w+")


def opening_clause(text: str) -> str | None:
    """Give the first clause of a message that goes on after it, or None.

    Only a clause of three to eight words counts: "petugas, loketnya antre" greets rather than
    asks.
    """
    parts = _END.split(text.strip(), maxsplit=1)
    if len(parts) < 2 or not _WORD.search(parts[1]):
        return None
    words = len(_WORD.findall(parts[0]))
    return parts[0].strip() if _FEWEST_WORDS <= words <= _MOST_WORDS else None
