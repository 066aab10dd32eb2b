"""Text with bold ranges: cleaned, measured, cut and split without breaking a mark.

Lengths are counted in UTF-16 code units. Telegram counts entities that way, WhatsApp does
not document its count; a UTF-16 count is never below a count of characters, so text that
fits by it fits by either.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from izin.rendering.breaks import cut_before, cut_for_tail

_OPEN, _CLOSE = "[b]", "[/b]"
_KEPT_CONTROLS = "\n\t"


def units(text: str) -> int:
    """Give the length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Drop what platforms reject (control characters, lone surrogates) and outer space."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        character
        for character in unix
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
    ).strip()


def is_blank(text: str) -> bool:
    """Say whether nothing of the text can be seen (space and format characters only)."""
    return all(
        character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Cs")
        for character in text
    )


def one_line(text: str) -> str:
    """Give cleaned text with every run of white space made one blank."""
    return " ".join(clean(text).split())


def shorten(text: str, limit: int) -> str:
    """Cut to ``limit`` units with an ellipsis, at a word's end where possible."""
    if units(text) <= limit:
        return text
    head = text[: _prefix(text, limit - 1)]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" ,.;:") + "…"


@dataclass(frozen=True, slots=True)
class MarkedText:
    """Plain text and the ranges of it that are bold, in order, as (start, end)."""

    plain: str = ""
    bold: tuple[tuple[int, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> MarkedText:
        """Read ``[b]…[/b]``; an unbalanced mark stays literal text."""
        cleaned = clean(text)
        pieces: list[str] = []
        ranges: list[tuple[int, int]] = []
        at = length = 0
        while True:
            opening = cleaned.find(_OPEN, at)
            closing = cleaned.find(_CLOSE, opening) if opening >= 0 else -1
            if closing < 0:
                break
            inside = cleaned[opening + len(_OPEN) : closing]
            start = length + opening - at
            length = start + len(inside)
            pieces += (cleaned[at:opening], inside)
            if inside.strip():
                ranges.append((start, length))
            at = closing + len(_CLOSE)
        return cls("".join(pieces) + cleaned[at:], tuple(ranges))._stripped()

    def joined(self, other: MarkedText, between: str = "\n\n") -> MarkedText:
        """Give this text followed by ``other``."""
        if not self.plain:
            return other
        if not other.plain:
            return self
        shift = len(self.plain) + len(between)
        moved = tuple((start + shift, end + shift) for start, end in other.bold)
        return MarkedText(self.plain + between + other.plain, self.bold + moved)

    def slice(self, start: int, end: int) -> MarkedText:
        """Give the part from ``start`` to ``end``, its bold ranges cut to it."""
        clipped = ((max(first, start) - start, min(last, end) - start) for first, last in self.bold)
        return MarkedText(self.plain[start:end], tuple((a, b) for a, b in clipped if a < b))

    def split(self, limit: int, size: Callable[[MarkedText], int]) -> list[MarkedText]:
        """Split where a reader would, so that ``size`` of every part fits; see ``breaks``.

        Gives at least one part; parts that show nothing are left out.
        """
        parts: list[MarkedText] = []
        rest = self
        while size(rest) > limit:
            end = _largest(rest, limit, size)
            at = cut_before(rest.plain, rest.bold, end, rest._fitting(limit, size))
            while at > 1 and size(rest.slice(0, at)._stripped()) > limit:
                at -= 1
            parts.append(rest.slice(0, at)._stripped())
            rest = rest.slice(at, len(rest.plain))._stripped()
        parts.append(rest)
        return [part for part in parts if not is_blank(part.plain)] or [rest]

    def split_tail(
        self, limit: int, size: Callable[[MarkedText], int]
    ) -> tuple[MarkedText, MarkedText]:
        """Split into what goes before (maybe nothing) and an end whose ``size`` fits."""
        if size(self) <= limit:
            return MarkedText(), self
        at = cut_for_tail(self.plain, self.bold, self._fitting(limit, size))
        return self.slice(0, at)._stripped(), self.slice(at, len(self.plain))._stripped()

    def _fitting(self, limit: int, size: Callable[[MarkedText], int]) -> Callable[[int, int], bool]:
        return lambda start, end: size(self.slice(start, end)._stripped()) <= limit

    def render(
        self, bold: Callable[[str], str], literal: Callable[[str], str] = lambda text: text
    ) -> str:
        """Give the text with ``bold`` applied to bold ranges and ``literal`` to the others."""
        pieces, at = [], 0
        for start, end in self.bold:
            pieces.append(literal(self.plain[at:start]))
            pieces.append(bold(self.plain[start:end]))
            at = end
        pieces.append(literal(self.plain[at:]))
        return "".join(pieces)

    def _stripped(self) -> MarkedText:
        end = len(self.plain.rstrip())
        start = len(self.plain) - len(self.plain.lstrip())
        return self.slice(min(start, end), end)


def _prefix(text: str, limit: int) -> int:
    """Give how many characters of ``text`` fit ``limit`` units."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return index
    return len(text)


def _largest(text: MarkedText, limit: int, size: Callable[[MarkedText], int]) -> int:
    low, high = 1, min(len(text.plain), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(text.slice(0, middle)) <= limit:
            low = middle
        else:
            high = middle - 1
    return low
