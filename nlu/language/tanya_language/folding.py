"""Text folded to plain lower-case characters, with the way back to the original."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Letters of other scripts that look like Latin ones and are used to slip past filters.
_LOOK_ALIKES = str.maketrans("аеорсхуікмтнвԁѕјԛԝɡαορτυνικ", "aeopcxyikmthbdsjqwgaoptuvik")
_QUOTES = str.maketrans("’‘ʼ`´‐‑‒–—―−", "'''''-------")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """Folded text; ``positions[i]`` is the place in the original of folded character ``i``.

    ``positions`` is None when both have the same places (pure ASCII).
    """

    text: str
    positions: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's offsets of the folded slice ``[start, end)``, ``end > start``."""
        if self.positions is None:
            return start, end
        return self.positions[start], self.positions[end - 1] + 1


def fold(text: str) -> FoldedText:
    """Return ``text`` in lower case, without accents, zero-width characters and look-alikes.

    Digits of other scripts become ASCII, control characters become blanks, emoji stay. Takes
    time linear in the length.
    """
    if text.isascii():
        return FoldedText(text.lower(), None)
    pieces: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text):
        folded = _fold_character(character)
        pieces.append(folded)
        if len(folded) == 1:
            positions.append(position)
        elif folded:
            positions.extend([position] * len(folded))
    return FoldedText("".join(pieces), positions)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me") or 0xFE00 <= ord(character) <= 0xFE0F:
        return ""
    if category in ("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"):
        return " "
    quoted = character.translate(_QUOTES)
    if quoted != character:
        return quoted
    plain = "".join(
        part
        for part in unicodedata.normalize("NFKD", character).lower().translate(_LOOK_ALIKES)
        if unicodedata.category(part) not in ("Mn", "Me", "Cf")
    ).replace("\u2044", "/")
    return "".join(_ascii_digit(part) for part in plain) or " "


def _ascii_digit(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.digit(character, -1)
    return str(value) if value >= 0 else character
