"""Dear reports are kept for a while, cheap ones never."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from izin.usecases.kept_reports import DEAR_S, KEPT_TIMES, LONGEST, MOST_KEPT, KeptReports

NOW = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A report."""

    at: datetime


@dataclass
class Maker:
    """Makes reports that cost so much."""

    cost: float
    spent: float = 0.0
    made: int = 0
    kept: KeptReports[Made] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = KeptReports(lambda: self.spent)

    def ask(self, now: datetime, key: str = "all") -> Made:
        def make() -> Made:
            self.spent += self.cost
            self.made += 1
            return Made(now)

        return self.kept.of(key, now, make)


def test_a_cheap_report_is_made_each_time() -> None:
    maker = Maker(DEAR_S * 0.9)
    maker.ask(NOW)
    assert maker.ask(NOW + timedelta(seconds=1)).at == NOW + timedelta(seconds=1)
    assert maker.made == 2


def test_a_dear_report_is_kept_for_a_multiple_of_its_cost_and_tells_its_moment() -> None:
    maker = Maker(0.5)
    maker.ask(NOW)
    soon = NOW + timedelta(seconds=0.5 * KEPT_TIMES - 1)
    assert maker.ask(soon).at == NOW
    late = NOW + timedelta(seconds=0.5 * KEPT_TIMES)
    assert maker.ask(late).at == late


def test_no_report_is_kept_longer_than_a_minute_nor_given_before_its_moment() -> None:
    maker = Maker(1000.0)
    maker.ask(NOW)
    assert maker.ask(NOW + LONGEST - timedelta(seconds=1)).at == NOW
    assert maker.ask(NOW - timedelta(seconds=1)).at == NOW - timedelta(seconds=1)
    assert maker.made == 2


def test_reports_of_other_questions_are_others_and_few_are_kept() -> None:
    maker = Maker(1000.0)
    for number in range(MOST_KEPT + 1):
        maker.ask(NOW, f"unit {number}")
    maker.ask(NOW, f"unit {MOST_KEPT}")
    assert maker.made == MOST_KEPT + 1
    maker.ask(NOW, "unit 0")
    assert maker.made == MOST_KEPT + 2
