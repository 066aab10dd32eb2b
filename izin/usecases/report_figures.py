"""What supervisors and the office's head are shown of a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TypeVar

from izin.complaint_figures import (
    ComplaintCounter,
    ComplaintFact,
    ComplaintFigures,
    SealedTotal,
    sealed_total,
)
from izin.conversations import Namespace
from izin.figures import Average, OfficeTime, Period, average
from izin.office import OfficeHours
from izin.officer_figures import OfficerFigures, officer_figures
from izin.permit_figures import PermitFigures
from izin.ports import OfficeBook, Officers
from izin.ports.figures import Figures
from izin.satisfaction import Rating, SatisfactionIndex, SurveyResponse, satisfaction_index
from izin.talk_figures import AskedCount, HourCount, TalkDay
from izin.usecases.kept_reports import KeptReports
from izin.usecases.report_permits import ReportPermits
from izin.usecases.report_satisfaction import ReportSatisfaction

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        unit: Code of a unit, for complaints; None is all.
        category: Code of a complaint category.
        channel: A channel, for complaints and conversations.
    """

    period: Period
    unit: str | None = None
    category: str | None = None
    channel: str | None = None

    @property
    def everything(self) -> bool:
        """Say whether nothing is left out."""
        return (self.unit, self.category, self.channel) == (None, None, None)


@dataclass(frozen=True, slots=True)
class ComplaintPart:
    """Complaints of the period, as a whole and in groups; ``sealed`` is None when filtered."""

    total: ComplaintFigures
    by_unit: Mapping[str, ComplaintFigures]
    by_category: Mapping[str, ComplaintFigures]
    by_class: Mapping[str, ComplaintFigures]
    by_channel: Mapping[str, ComplaintFigures]
    states: Mapping[str, int]
    by_day: Mapping[date, int]
    sealed: SealedTotal | None


@dataclass(frozen=True, slots=True)
class TalkPart:
    """Conversations of the period; ``days`` has an entry for each day and channel with any."""

    days: Sequence[TalkDay]
    hours: Sequence[HourCount]
    asked: Sequence[AskedCount]

    def grid(self) -> dict[tuple[int, int], int]:
        """Give the messages by (weekday, hour), Monday is 0."""
        counts: Counter[tuple[int, int]] = Counter()
        for item in self.hours:
            counts[item.day.weekday(), item.hour] += item.messages
        return dict(counts)


@dataclass(frozen=True, slots=True)
class SatisfactionMonth:
    """Ratings and surveys of a month within the period."""

    year: int
    month: int
    rating: Average
    index: SatisfactionIndex


@dataclass(frozen=True, slots=True)
class SatisfactionPart:
    """What citizens said in the period."""

    rating: Average
    by_subject: Mapping[str, Average]
    by_score: Mapping[int, int]
    index: SatisfactionIndex
    months: Sequence[SatisfactionMonth]


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period; ``permits`` is None while the registry does not answer."""

    wanted: Wanted
    namespaces: Sequence[Namespace]
    at: datetime
    refreshed_at: datetime | None
    complaints: ComplaintPart
    talks: TalkPart
    officers: OfficerFigures
    satisfaction: SatisfactionPart
    permits: PermitFigures | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Complaints carried through a period: ``before + filed - closed == after``."""

    before: int
    filed: int
    closed: int
    after: int


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """Puts the figures of a period together.

    Attributes:
        namespaces: Simulated citizens are counted only where nothing is real.
        kept: Reports of long periods, for some seconds.
    """

    figures: Figures
    satisfaction: ReportSatisfaction
    officers: Officers
    office: OfficeBook
    permits: ReportPermits
    namespaces: Sequence[Namespace] = ("live",)
    kept: KeptReports[Report] = field(default_factory=KeptReports)

    def within(self, wanted: Wanted, now: datetime, desk: str = "") -> Report:
        """Give the figures of a period; complaints without a unit are those of ``desk``.

        One that was dear to make may be some seconds old; its ``at`` says so.
        """
        key = (wanted, desk, *self.namespaces)
        return self.kept.of(key, now, lambda: self._made(wanted, now, desk))

    def _made(self, wanted: Wanted, now: datetime, desk: str) -> Report:
        time = self.time()
        return Report(
            wanted=wanted,
            namespaces=self.namespaces,
            at=now,
            refreshed_at=self.figures.refreshed_at(),
            complaints=self._complaints(wanted, time, now, desk),
            talks=TalkPart(
                self.figures.talks(wanted.period, self.namespaces, wanted.channel),
                self.figures.hours(wanted.period, self.namespaces, wanted.channel),
                self.figures.asked(wanted.period, self.namespaces, wanted.channel),
            ),
            officers=self._officers(wanted, time, now),
            satisfaction=self._satisfaction(wanted.period),
            permits=self.permits.within(wanted.period, time, now),
        )

    def balance(self, period: Period, total: ComplaintFigures, unit: str | None) -> Balance:
        """Give what was open before and after a period; its own counts come from ``total``."""
        zone = self.office.office().zone
        before, after = (
            self.figures.complaints_open_at(moment, self.namespaces, unit)
            for moment in (period.since(zone), period.until(zone))
        )
        return Balance(before, total.filed, total.closed, after)

    def time(self) -> OfficeTime:
        """Give the office's own time."""
        office, calendar = self.office.office(), self.office.calendar()
        return OfficeTime(calendar, OfficeHours(office, calendar), office.zone)

    def _complaints(
        self, wanted: Wanted, time: OfficeTime, now: datetime, desk: str
    ) -> ComplaintPart:
        def unit(fact: ComplaintFact) -> str:
            return fact.unit or desk

        since, until = wanted.period.since(time.zone), wanted.period.until(time.zone)
        facts = [
            fact
            for fact in self.figures.complaints(since, until, self.namespaces)
            if wanted.unit in (None, unit(fact))
            and wanted.category in (None, fact.category)
            and wanted.channel in (None, fact.channel)
        ]
        count = ComplaintCounter(wanted.period, time, now)
        sealed = None
        if wanted.everything:
            by_month = self.figures.sealed_by_month(wanted.period, time.zone)
            sealed = sealed_total(by_month, wanted.period)
        return ComplaintPart(
            total=count.of(facts),
            by_unit=count.by(facts, unit),
            by_category=count.by(facts, lambda fact: fact.category),
            by_class=count.by(facts, lambda fact: fact.class_code),
            by_channel=count.by(facts, lambda fact: fact.channel),
            states=count.states(facts),
            by_day=count.filed_by_day(facts),
            sealed=sealed,
        )

    def _officers(self, wanted: Wanted, time: OfficeTime, now: datetime) -> OfficerFigures:
        since, until = wanted.period.since(time.zone), wanted.period.until(time.zone)
        return officer_figures(
            self.figures.answers(since, until, self.namespaces, wanted.channel),
            self.figures.handlings(since, until, self.namespaces, wanted.channel),
            self.officers.present(now),
            self.figures.queue(self.namespaces),
            time,
        )

    def _satisfaction(self, period: Period) -> SatisfactionPart:
        zone = self.office.office().zone
        surveys, ratings = self.satisfaction.given(period.first, period.last, self.namespaces)

        def of_month(item: Rating | SurveyResponse) -> tuple[int, int]:
            local = item.at.astimezone(zone)
            return local.year, local.month

        scores, answers = _grouped(ratings, of_month), _grouped(surveys, of_month)
        by_subject = _grouped(ratings, lambda item: item.subject)
        return SatisfactionPart(
            rating=average([item.score for item in ratings]),
            by_subject={
                name: average([item.score for item in by_subject[name]])
                for name in sorted(by_subject)
            },
            by_score=Counter(item.score for item in ratings),
            index=satisfaction_index(surveys),
            months=[
                SatisfactionMonth(
                    *key,
                    average([item.score for item in scores.get(key, ())]),
                    satisfaction_index(answers.get(key, ())),
                )
                for key in period.months()
            ],
        )


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def percent(ratio: Fraction | None) -> float | None:
    """Give a share as percent with one decimal, None of nothing."""
    return None if ratio is None else float(round(ratio * 100, 1))
