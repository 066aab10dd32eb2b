"""The recent pace at hand: kept a while, and never in an answer's way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from izin.applications import Application, Course, StageVisit, Status
from izin.pace import MINIMUM_CASES, Pace
from izin.storage.memory.registry import MemoryRegistry
from izin.usecases.recent_pace import KEPT_S, RESTS_S, RecentPace
from tests.usecases.long_dialogues import NOW, office_book


class CountingRegistry(MemoryRegistry):
    asked = 0

    def courses(self, permit_code: str, since: datetime) -> Sequence[Course]:
        self.asked += 1
        return super().courses(permit_code, since)


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def registry(count: int = MINIMUM_CASES, last: datetime = NOW) -> CountingRegistry:
    def decided(number: int) -> Application:
        end = last - timedelta(days=7 * number)
        begin = end - timedelta(days=7)
        return Application(
            f"503/{number}/PBG/2026", "PBG", Status.ISSUED, "Terbit", "DPMPTSP", begin, end,
            history=(StageVisit(Status.TECHNICAL, "Kajian", "DPU", begin, end),
                     StageVisit(Status.ISSUED, "Terbit", "DPMPTSP", end)),
        )  # fmt: skip

    return CountingRegistry(decided(number) for number in range(count))


def test_the_pace_of_the_last_year_is_given_and_asked_for_once_an_hour() -> None:
    source, ticks = registry(), Ticks()
    pace = RecentPace(source, office_book(), ticks)
    found = pace.of("PBG", NOW)
    assert found.whole is not None
    assert found.whole.cases == MINIMUM_CASES
    ticks.now += KEPT_S - 1
    assert pace.of("PBG", NOW) is found
    assert source.asked == 1
    ticks.now += 1
    pace.of("PBG", NOW)
    assert source.asked == 2


def test_what_lies_more_than_a_year_back_or_after_the_office_clock_does_not_count() -> None:
    assert RecentPace(registry(), office_book()).of("PBG", NOW - timedelta(days=1)).whole is None
    late = NOW + timedelta(days=365)
    assert RecentPace(registry(), office_book()).of("PBG", late).whole is None


def test_without_the_registry_answers_go_without_it_and_do_not_wait_again_at_once() -> None:
    source, ticks = registry(), Ticks()
    pace = RecentPace(source, office_book(), ticks)
    source.down = True
    assert pace.of("PBG", NOW) == Pace()
    assert pace.of("SLF", NOW) == Pace()
    assert source.asked == 1
    source.down = False
    ticks.now += RESTS_S
    assert pace.of("PBG", NOW).whole is not None


def test_a_pace_that_is_kept_outlives_a_registry_that_goes_down() -> None:
    source = registry()
    pace = RecentPace(source, office_book())
    found = pace.of("PBG", NOW)
    source.down = True
    assert pace.of("PBG", NOW) is found
