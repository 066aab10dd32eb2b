"""A period's report, in memory: filters, the registry's rest, satisfaction by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest

from izin.applications import Application
from izin.figures import Period, month
from izin.office import Holiday, Office
from izin.permits import Permit
from izin.satisfaction import ELEMENTS, Rating, SurveyResponse
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.figures import MemoryFigures
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.officers import MemoryOfficers
from izin.storage.memory.registry import MemoryRegistry
from izin.storage.memory.satisfaction import MemoryRatings, MemorySurveys
from izin.usecases.report_figures import Report, ReportFigures, Wanted, percent
from izin.usecases.report_permits import KEPT_S, RESTS_S, ReportPermits
from izin.usecases.report_satisfaction import ReportSatisfaction
from tests.contracts.conversation_ports import fresh, message
from tests.contracts.registry_samples import RETURNED, SAMPLES

NOW = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)
NOVEMBER = month(2026, 11)
HOURS = {day: ((time(8), time(15)),) for day in range(5)}
OFFICE = Office("Dinas", "Dinas", "Kabupaten", "Asia/Jakarta", opening_hours=HOURS)


class NoPermits:
    """A catalogue without standards."""

    def permits(self) -> tuple[Permit, ...]:
        return ()


@dataclass
class World:
    """The use case over storage in memory, with a clock that only goes on when told."""

    ticks: float = 0.0
    data: ConversationData = field(default_factory=ConversationData)
    registry: MemoryRegistry = field(default_factory=lambda: MemoryRegistry(SAMPLES))

    def __post_init__(self) -> None:
        office = MemoryOfficeBook(OFFICE, [Holiday(date(2026, 1, 1), "Tahun baru")])
        self.inbox = MemoryInbox(self.data)
        self.ratings, self.surveys = MemoryRatings(self.data), MemorySurveys(self.data)
        self.reporting = ReportFigures(
            figures=MemoryFigures(self.data),
            satisfaction=ReportSatisfaction(self.ratings, self.surveys, office),
            officers=MemoryOfficers(self.data),
            office=office,
            permits=ReportPermits(self.registry, NoPermits(), lambda: self.ticks),  # type: ignore[arg-type]
        )

    def report(self, period: Period = NOVEMBER, now: datetime = NOW) -> Report:
        return self.reporting.within(Wanted(period), now)


@pytest.fixture
def world() -> World:
    return World()


def test_nothing_at_all_is_a_report_without_shares(world: World) -> None:
    report = world.report()
    assert report.complaints.total.filed == 0
    assert percent(report.complaints.total.decided_in_time.ratio) is None
    assert report.satisfaction.rating.value is None
    assert report.satisfaction.index.converted is None
    assert report.refreshed_at is None
    assert report.talks.grid() == {}


def test_the_registry_s_figures_are_kept_for_some_minutes_with_their_moment(world: World) -> None:
    first = world.report().permits
    world.registry.put(Application(**{**_values(RETURNED), "number": "503/0777/PBG/2026"}))
    world.ticks = KEPT_S - 1
    assert world.report(now=NOW + timedelta(minutes=4)).permits is first
    world.ticks = KEPT_S
    later = world.report(now=NOW + timedelta(minutes=5)).permits
    assert first is not None and later is not None
    assert (first.at, first.open) == (NOW, 2)
    assert (later.at, later.open) == (NOW + timedelta(minutes=5), 3)


def _values(application: Application) -> dict[str, object]:
    return {name: getattr(application, name) for name in application.__slots__}


def test_a_registry_that_is_down_is_left_alone_while_the_rest_is_shown(world: World) -> None:
    world.registry.down = True
    assert world.report().permits is None
    world.registry.down = False
    assert world.report().permits is None  # not asked again at once
    world.ticks = RESTS_S
    assert world.report().permits is not None


def test_satisfaction_is_told_by_month_and_without_simulated_citizens(world: World) -> None:
    here = world.inbox.receive(message(), NOW).conversation_id
    played = world.inbox.receive(message(namespace="simulator"), NOW).conversation_id
    last = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)  # a minute before November in Jakarta
    for at, score, whose in (
        (last, 2, here), (last + timedelta(minutes=1), 4, here), (NOW, 5, here), (NOW, 1, played),
    ):  # fmt: skip
        world.ratings.rate(Rating(whose, "layanan", score, at), fresh("turn"))
    scores = {element.name: 4 for element in ELEMENTS}
    scores["Waktu penyelesaian"] = 1
    world.surveys.store(SurveyResponse(here, "2026-2", scores, NOW), fresh("turn"))
    both = world.report(Period(date(2026, 10, 1), date(2026, 11, 30))).satisfaction
    assert [(m.month, m.rating.total, m.rating.count) for m in both.months] == [
        (10, 2, 1), (11, 9, 2),
    ]  # fmt: skip
    assert both.by_score == {2: 1, 4: 1, 5: 1}
    # (8 x 4 + 1) / 9 x 25 = 91.67, of a single respondent
    assert (str(both.index.converted), both.index.grade) == ("91.67", "A")
    assert both.index.lowest[0].element.code == "U3"
    assert both.months[0].index.converted is None
