"""The comparison of a small and a full house: what it judges and tells; nothing is timed here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from benchmarks.growth.compare import Pair, Work, compare
from benchmarks.growth.faq_index import IndexCost
from benchmarks.growth.jobs import LOCKED_S, Ran
from benchmarks.growth.registry import INDEXES
from benchmarks.growth.report import Growth, House, markdown
from benchmarks.growth.scales import FULL, SMALL
from benchmarks.growth.watched import Seen
from izin.faq import FaqEntry
from izin.usecases.search_faq import SearchFaq
from ops.settings import CHECKOUT

HOUSE = House({"turns": 500_000}, {"all": 2_000.0}, IndexCost(10_300, 12.5, 90.0))


def _pair(small: float, full: float, **more: Any) -> Pair:
    return Pair("console", "inbox", (small,) * 3, (full,) * 3, **more)


@pytest.mark.parametrize(
    ("pair", "met"),
    [
        (_pair(20, 29), True),
        (_pair(20, 31), False),
        (_pair(0.5, 2), True),  # nobody notices a millisecond
        (_pair(20, 200, enough_ms=250), True),
        (_pair(20, 300, enough_ms=250), False),
        (_pair(20, 200, rows=(200, 2_000)), True),  # as much by row
        (_pair(20, 200, rows=(200, 1_000)), False),
        (Pair("console", "inbox", failed="answers 500"), False),
    ],
)
def test_a_time_may_grow_by_half(pair: Pair, met: bool) -> None:
    assert pair.met is met


def test_a_job_holds_nothing_for_longer_than_a_second() -> None:
    assert Ran("forget", "all", False, 9, Seen(wall_s=200, longest_s=LOCKED_S)).met
    assert not Ran("forget", "all", False, 9, Seen(wall_s=2, longest_s=LOCKED_S + 0.1)).met
    assert not Ran("watch", "all", True, 9, Seen(wall_s=31)).met
    assert not Ran("forget", "all", False, 9, Seen(memory_mb=200)).met
    assert not Ran("forget", "all", False, 0, Seen(), "it broke").met


def test_both_houses_do_the_same_in_turns() -> None:
    done: list[tuple[str, int]] = []
    small, full = (
        Work("citizens", "ask", lambda number, house=house: done.append((house, number)))
        for house in ("small", "full")
    )
    [pair] = compare([small], [full], rounds=2)
    assert done == [(house, number) for number in range(5) for house in ("small", "full")]
    assert len(pair.small_ms) == len(pair.full_ms) == 2


def test_work_that_breaks_is_missed_and_told() -> None:
    def broken(number: int) -> None:
        raise AssertionError("answers 500")

    [pair] = compare([Work("console", "page", broken)], [Work("console", "page", broken)], 1)
    assert not pair.met and "answers 500" in pair.failed


def test_the_page_tells_every_figure_and_both_verdicts() -> None:
    pairs = [_pair(20, 29), _pair(20, 31), Pair("console", "lost page", failed="answers 404")]
    jobs = [Ran("forget_old_messages", "a day", False, 9, Seen(1.5, 0.7, 0.2, 12))]
    growth = Growth("today", HOUSE, HOUSE, pairs, jobs)
    page = markdown(growth)
    assert not growth.met
    assert "| console | inbox | 20.0 | 29.0 | 29.0 | 1.45 | met |" in page
    assert "| console | inbox | 20.0 | 31.0 | 31.0 | 1.55 | **MISSED** |" in page
    assert "**MISSED** (answers 404)" in page
    assert "| forget_old_messages | a day | 9 | 1.50 | 0.70 | 0.20 | 12 | met |" in page
    assert "- times stay flat: 1 of 3: **MISSED**" in page
    assert "- jobs stay within bounds: 1 of 1: met" in page
    assert "| rows of turns | 500,000 | 500,000 |" in page


def test_the_full_house_is_as_large_as_asked() -> None:
    assert (FULL.applications, FULL.complaints, FULL.followed) == (1_000_000, 50_000, 20_000)
    assert FULL.talks.conversations * 10 * 2 == 1_000_000
    assert FULL.talks.answers == 10_000
    assert FULL.talks.waiting == SMALL.talks.waiting


def test_offices_are_told_the_indexes_that_are_measured() -> None:
    told = (CHECKOUT / "docs/howto/connect-your-permit-database.md").read_text(encoding="utf-8")
    assert [index for index in INDEXES if f"{index};" not in told] == []


class _Counted(tuple[FaqEntry, ...]):
    """Entries that count how often somebody walked through all of them."""

    walked = 0

    def __iter__(self) -> Iterator[FaqEntry]:
        type(self).walked += 1
        return super().__iter__()


class _Book:
    def __init__(self) -> None:
        self._entries = _Counted(
            FaqEntry(f"k{n}", "lain", f"Pertanyaan nomor{n}?", "Ya.", date(2026, 1, 1), (), ())
            for n in range(50)
        )

    def entries(self) -> _Counted:
        return self._entries

    def revision(self) -> int:
        return 1


class _Index:
    def search(self, query: str, limit: int) -> list[tuple[str, float]]:
        return [("k7", 0.9)]

    asked = search


def test_no_question_walks_through_all_answers() -> None:
    faq = SearchFaq(_Book(), lambda documents: _Index())
    assert faq.search("nomor7") and faq.asked("nomor7") and faq.entry("k7")
    assert faq.by_own_words("nomor7", "lain") is not None
    walked = _Counted.walked
    for _ in range(3):
        assert faq.search("nomor7") and faq.asked("nomor7") and faq.entry("k7")
        assert faq.by_own_words("nomor7", "lain") is not None
    assert _Counted.walked == walked
