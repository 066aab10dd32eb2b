"""Questions that no permit field answers, with their sourced answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
