"""Where a reader would cut a long text: between paragraphs, then lines, then sentences.

A list stays with its heading and in one piece where that fits; an item is never cut while
there is any other place, and a bold range or a word only when nothing else is left.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

_ITEM = re.compile(r"\s*(?:\d{1,3}[.)]|[•▪‣·*–-])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*\s+(?=[^a-z\s])")
_SPACE = re.compile(r"\s+")
_ZERO_WIDTH_JOINER = "\u200d"


class Level(IntEnum):
    """How good a place for a cut is."""

    ITEM_WORD = 1
    """Between two words of a list's item."""
    WORD = 2
    ITEM_SENTENCE = 3
    HEADING = 4
    """Between a heading and what it announces."""
    SENTENCE = 5
    ITEM = 6
    """Between two items of a list."""
    LINE = 7
    PARAGRAPH = 8


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where a text may be cut: what stands before ``at`` ends there."""

    at: int
    level: Level


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    item: bool
    blank_before: bool


def cuts(plain: str, bold: Sequence[tuple[int, int]] = ()) -> list[Cut]:
    """Give every place a reader could accept, in order; none lies inside a bold range."""
    found: dict[int, Level] = {}
    lines = list(_lines(plain))
    for before, line in zip([None, *lines[:-1]], lines, strict=True):
        if before is not None:
            found[line.start] = _between(before, line)
        sentence, word = (
            (Level.ITEM_SENTENCE, Level.ITEM_WORD) if line.item else (Level.SENTENCE, Level.WORD)
        )
        for pattern, level in ((_SPACE, word), (_SENTENCE_END, sentence)):
            for match in pattern.finditer(line.text):
                at = line.start + match.end()
                if line.start < at < line.end:
                    found[at] = level
    return [
        Cut(at, level)
        for at, level in sorted(found.items())
        if not any(first < at < last for first, last in bold)
    ]


def cut_before(
    plain: str, bold: Sequence[tuple[int, int]], end: int, fits: Callable[[int, int], bool]
) -> int:
    """Give the best place for a cut in ``plain[:end]``, at least 1.

    Args:
        plain: The whole text that is left.
        bold: Its bold ranges.
        end: How much of it fits one message.
        fits: Says whether ``plain[start:end]`` would fit one message.
    """
    # Space at a cut is dropped, so it need not fit.
    reach = len(plain) - len(plain[end:].lstrip())
    places = [cut for cut in cuts(plain, bold) if 0 < cut.at <= reach]
    for level in (Level.PARAGRAPH, Level.LINE):
        good = [cut.at for cut in places if cut.level >= level and cut.at >= end // 3]
        if good:
            return good[-1]
    early = [cut.at for cut in places if cut.level >= Level.LINE]
    if early and fits(early[-1], _block_end(plain, bold, early[-1])):
        return early[-1]  # a list that would be cut here stays whole in the next message
    for level in (Level.ITEM, Level.SENTENCE, Level.HEADING, Level.ITEM_SENTENCE, Level.ITEM_WORD):
        good = [cut.at for cut in places if cut.level >= level and cut.at >= end // 3]
        if good:
            return good[-1]
    return places[-1].at if places else _between_characters(plain, end)


def cut_for_tail(
    plain: str, bold: Sequence[tuple[int, int]], fits: Callable[[int, int], bool]
) -> int:
    """Give where the last message begins: as much as fits, from the best place there is."""
    places = cuts(plain, bold)
    # What begins later is shorter, so the first that fits is found without trying each.
    places = places[bisect_left(places, True, key=lambda cut: fits(cut.at, len(plain))) :]
    for level in sorted(Level, reverse=True):
        good = [cut.at for cut in places if cut.level >= level]
        if good:
            return good[0]
    return 1 + bisect_left(range(1, len(plain)), True, key=lambda at: fits(at, len(plain)))


def _lines(plain: str) -> Iterator[_Line]:
    at, blank, in_list = 0, False, False
    for text in plain.splitlines(keepends=True):
        start, at = at, at + len(text)
        if not text.strip():
            blank, in_list = True, False
            continue
        item = _ITEM.match(text) is not None
        # An indented line goes on with the item above it.
        goes_on = in_list and not item and text[:1].isspace()
        in_list = item or goes_on
        yield _Line(start, at, text, in_list, blank)
        blank = False


def _between(before: _Line, line: _Line) -> Level:
    starts_item = _ITEM.match(line.text) is not None
    if before.item and line.item:
        return Level.ITEM if starts_item else Level.ITEM_SENTENCE
    if starts_item and (not line.blank_before or before.text.rstrip().endswith(":")):
        return Level.HEADING
    return Level.PARAGRAPH if line.blank_before else Level.LINE


def _block_end(plain: str, bold: Sequence[tuple[int, int]], start: int) -> int:
    """Give where the block that begins at ``start`` ends: the next line or paragraph."""
    later = (cut.at for cut in cuts(plain, bold) if cut.at > start and cut.level >= Level.LINE)
    return next(later, len(plain))


def _between_characters(plain: str, end: int) -> int:
    """Give the last place up to ``end`` that cuts no character made of several."""
    at = end
    while at > 1 and at < len(plain) and _belongs_together(plain[at - 1], plain[at]):
        at -= 1
    return at if at > 1 else end


def _belongs_together(before: str, after: str) -> bool:
    return (
        _ZERO_WIDTH_JOINER in (before, after)
        or unicodedata.category(after) in ("Mn", "Me")
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # the skin tone of an emoji
    )
