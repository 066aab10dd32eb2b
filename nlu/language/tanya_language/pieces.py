"""A message cut into numbers, words and signs for the number and date grammars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .folding import FoldedText
from .lexicon import Lexicon
from .morphology import WordForms

_PIECE = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<unit>(?:m|mtr|meter)2(?!\d))"
    r"|(?P<word>[a-z]+(?:'[a-z]+)*)"
    r"|(?P<sign>[^\s\w])"
)
_MOST_PIECES = 4096
_TABLES = ("cardinals", "scaled", "scales", "fractions", "duration_units", "one_duration")


@dataclass(frozen=True, slots=True)
class Piece:
    """One number, word or sign at ``[start, end)`` of the folded text.

    ``text`` is the standard word where the lexicon knows one; ``kind`` is number, word or sign.
    """

    text: str
    start: int
    end: int
    kind: str


class PieceCutter:
    """Cuts folded text for one lexicon, leaving number and unit words as their tables have them."""

    def __init__(self, lexicon: Lexicon, forms: WordForms) -> None:
        self._forms = forms
        tables = (*_TABLES, "area_units", "length_units", "months", "weekdays", "relative_days")
        self._known = frozenset(word for name in tables for word in lexicon.table(name))
        self._standard: dict[str, str] = {}

    def cut(self, folded: FoldedText) -> list[Piece]:
        """Return the pieces of ``folded``, at most 4,096, in linear time."""
        pieces: list[Piece] = []
        for match in _PIECE.finditer(folded.text):
            kind = match.lastgroup or "sign"
            text = match.group()
            if kind == "unit":
                text, kind = "m2", "word"
            elif kind == "word":
                text = self._word(text)
            pieces.append(Piece(text, match.start(), match.end(), kind))
            if len(pieces) >= _MOST_PIECES:
                break
        return pieces

    def _word(self, word: str) -> str:
        if word in self._known:
            return word
        plain = word.replace("'", "")
        if plain in self._known:
            return plain
        return self._forms.standard(plain)[0] if len(self._forms.standard(plain)) == 1 else plain


def read_digits(text: str) -> float | None:
    """Return the number Indonesians mean by ``text``; None when the marks make no sense.

    A mark before exactly three digits groups thousands ("1.500.000", "1,500"), any other single
    mark is the decimal comma ("1,5", "2.75").
    """
    if text.isdigit():
        return float(text) if len(text) <= 15 else None
    marks = [c for c in text if c in ".,"]
    parts = re.split(r"[.,]", text)
    if len("".join(parts)) > 15:
        return None
    if len(set(marks)) == 1:
        grouped = all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3
        if grouped and not (len(marks) == 1 and parts[0] == "0"):
            return float("".join(parts))
        return float(".".join(parts)) if len(marks) == 1 else None
    if marks.count(marks[-1]) == 1 and all(len(part) == 3 for part in parts[1:-1]):
        return float("".join(parts[:-1]) + "." + parts[-1])
    return None


def words_between(pieces: Sequence[Piece], first: int, last: int) -> list[str]:
    """Return the texts of ``pieces[first:last]``, clipped to the list."""
    return [piece.text for piece in pieces[max(0, first) : max(0, last)]]
