"""Questions and answers as editors look for them, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

STATES = ("on", "off", "draft", "review", "scheduled")


@dataclass(frozen=True, slots=True)
class FaqWanted:
    """What a list is narrowed to.

    Attributes:
        topic: One topic; "" for every.
        state: One of ``STATES``; "" for every.
        checked_before: Only what was last checked before this day.
        without_source: Only unconfirmed examples.
        keys: Only these, in this order; None for every.
    """

    topic: str = ""
    state: str = ""
    checked_before: date | None = None
    without_source: bool = False
    keys: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class FaqLine:
    """An entry in the list: what is in force, or the draft of what never was.

    ``open_state`` is that of its open version; ``sources`` and ``variants`` are counts.
    """

    key: str
    question: str
    topic: str
    checked_on: date
    live: bool
    sources: int
    variants: int
    open_state: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


class FaqShelf(Protocol):
    """Every entry, told or not. Raises StorageUnavailable when the database is down."""

    def lines(self, wanted: FaqWanted, start: int, count: int) -> tuple[Sequence[FaqLine], int]:
        """Give ``count`` lines from ``start`` (0: the first) in their order, and how many exist."""
        ...

    def topics(self) -> Sequence[tuple[str, int]]:
        """Give the topics with the number of their entries, by name."""
        ...

    def texts(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Give each entry's key with its question and variants, for an index."""
        ...

    def revision(self) -> int:
        """Give a number that grows with every change of what ``texts`` gives."""
        ...
