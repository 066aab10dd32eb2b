"""What somebody looks for at the desk: words, a ticket or number, a phone's last digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_WORD = 60
"""Longer words are stored and looked for by their beginning."""

MOST_WORDS = 8
SHORTEST_ID = 5

_BETWEEN = re.compile(r"([^a-zA-Z0-9\u0080-\uffff]+)")
_PHONE_END = range(4, 7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search.

    Attributes:
        words: Every word has to begin a word of the conversation.
        number: The whole as one id without punctuation (ticket, application), or None.
        phone_end: The whole as the last digits of a phone, or None.
    """

    words: tuple[str, ...]
    number: str | None = None
    phone_end: str | None = None


def read(typed: str) -> Wanted | None:
    """Give what a typed line looks for; None when there is nothing to look for."""
    found = words(typed)[:MOST_WORDS]
    if not found or (len(found) == 1 and len(found[0]) < 2):
        return None
    whole = re.sub(r"[^a-z0-9]+", "", typed.lower())[:LONGEST_WORD]
    digits = re.sub(r"\D", "", typed)
    only_digits = bool(digits) and not re.search(r"[^\d\s+().-]", typed)
    return Wanted(
        words=found,
        number=whole if len(whole) >= SHORTEST_ID and re.search(r"\d|^adu", whole) else None,
        phone_end=digits[-6:] if only_digits and len(digits) >= _PHONE_END[0] else None,
    )


def words(text: str) -> tuple[str, ...]:
    """Give the words of a text as they are stored for searching, without repetition."""
    pieces = (piece.lower()[:LONGEST_WORD] for piece in _BETWEEN.split(text)[::2])
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def marked(text: str, wanted: Sequence[str]) -> list[tuple[str, bool]]:
    """Cut a text into pieces; those that begin with a wanted word are marked True."""
    begins = tuple(word for word in wanted if word)
    pieces: list[tuple[str, bool]] = []
    for piece in _BETWEEN.split(text):
        hit = bool(begins) and piece.lower().startswith(begins)
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + piece, hit)
        elif piece:
            pieces.append((piece, hit))
    return pieces
