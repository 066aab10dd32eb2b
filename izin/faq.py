"""Questions that no permit field answers, with their sourced answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MOST_DAYS = 10_000_000
"""More than the days of any date (3,652,059 on the last day of the year 9999)."""


def revision_of_day(revision: int, day: date) -> int:
    """Give a number that grows with the content's revision, and at midnight."""
    return revision * MOST_DAYS + day.toordinal()


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One published question and answer.

    Attributes:
        key: Stable Indonesian key, e.g. ``oss_lupa_sandi``.
        topic: Group shown in lists, e.g. ``akun_oss``.
        question: The question as a citizen would put it.
        variants: Other ways to ask it, for search.
        answer: The answer in Indonesian.
        sources: Addresses or titles; empty means an unconfirmed example.
        checked_on: When last checked.
        inferred: True when no public source was found.
        permits: Codes of permits it belongs to.
        valid_from: First day on which it is told; None: at once.
        valid_until: Last day on which it is told; None: until it is changed.
    """

    key: str
    topic: str
    question: str
    answer: str
    checked_on: date
    variants: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    inferred: bool = False
    permits: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether it is told on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)
