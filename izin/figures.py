"""Figures about the office's work: periods, spreads, shares, and time the office works.

Percentiles are of the values themselves, never of averages, so that figures of parts are not
put together wrongly. A share of nothing is None ("–"), never zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from statistics import median
from zoneinfo import ZoneInfo

from izin.errors import InvalidInput
from izin.office import Calendar, OfficeHours

LONGEST_PERIOD_DAYS = 366
USUAL_PERIOD_DAYS = 30
HIGH_SHARE = 0.9
"""The percentile told beside the median."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the office's zone, both included.

    Raises:
        InvalidInput: The first day lies after the last, or there are too many of them.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse what is no period."""
        if self.first > self.last:
            raise InvalidInput("the first day lies after the last", field="dari")
        if self.count > LONGEST_PERIOD_DAYS:
            raise InvalidInput("the period is longer than a year", field="sampai")

    @property
    def count(self) -> int:
        """Give how many days it has."""
        return (self.last - self.first).days + 1

    def days(self) -> list[date]:
        """Give every day."""
        return [self.first + timedelta(days=n) for n in range(self.count)]

    def since(self, zone: ZoneInfo) -> datetime:
        """Give its first moment."""
        return datetime.combine(self.first, time(), tzinfo=zone)

    def until(self, zone: ZoneInfo) -> datetime:
        """Give the first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=zone)

    def months(self) -> list[tuple[int, int]]:
        """Give the months it touches as (year, month)."""
        begin, end = _month_number(self.first), _month_number(self.last)
        return [(number // 12, number % 12 + 1) for number in range(begin, end + 1)]

    def covers(self, day: date) -> bool:
        """Say whether a day lies in it."""
        return self.first <= day <= self.last


def last_days(today: date, count: int = USUAL_PERIOD_DAYS) -> Period:
    """Give the ``count`` days that end today."""
    return Period(today - timedelta(days=count - 1), today)


def month(year: int, number: int) -> Period:
    """Give a calendar month.

    Raises:
        InvalidInput: There is no such month.
    """
    if not (1 <= number <= 12 and 2000 <= year <= 9998):
        raise InvalidInput("no such month", field="bulan")
    first = date(year, number, 1)
    after = date(year + number // 12, number % 12 + 1, 1)
    return Period(first, after - timedelta(days=1))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def ratio(self) -> Fraction | None:
        """Give 0 to 1, None of nothing."""
        return Fraction(self.part, self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are spread: the median, and what nine of ten do not exceed; None of nothing."""

    count: int
    middle: float | None = None
    high: float | None = None


def spread(values: Iterable[float]) -> Spread:
    """Give the spread: the median (the mean of the two in the middle of an even number), and
    the 90th percentile by nearest rank, which is always a value that occurred."""
    ordered = sorted(values)
    if not ordered:
        return Spread(0)
    rank = math.ceil(HIGH_SHARE * len(ordered))
    return Spread(len(ordered), float(median(ordered)), float(ordered[rank - 1]))


@dataclass(frozen=True, slots=True)
class Average:
    """A mean and what it rests on."""

    count: int
    total: int

    @property
    def value(self) -> Fraction | None:
        """Give the mean, None of nothing."""
        return Fraction(self.total, self.count) if self.count else None


def average(values: Sequence[int]) -> Average:
    """Give the mean of whole numbers."""
    return Average(len(values), sum(values))


class OfficeTime:
    """Measures in the office's own time: working days, and hours the counter is open.

    Answers are kept, so that thousands of stretches cost little.
    """

    def __init__(self, calendar: Calendar, hours: OfficeHours, zone: ZoneInfo) -> None:
        """Take the calendar of working days and the opening hours."""
        self.calendar = calendar
        self._hours = hours
        self.zone = zone
        self._spans: dict[date, tuple[tuple[float, float], ...]] = {}
        self._moments: dict[datetime, date] = {}
        self._hours_known: dict[tuple[datetime, datetime], float] = {}
        self._days_known: dict[tuple[date, date], int] = {}
        self._next_days: dict[date, date] = {}
        self._before: dict[date, float] = {}
        self._anchor: date | None = None
        self._reached = date.min

    def day(self, moment: datetime) -> date:
        """Give a moment's day in the office's zone."""
        known = self._moments.get(moment)
        if known is None:
            known = self._moments[moment] = moment.astimezone(self.zone).date()
        return known

    def days(self, start: datetime, end: datetime) -> int:
        """Count working days after the day of ``start`` up to the day of ``end``."""
        key = (self.day(start), self.day(end))
        if key not in self._days_known:
            self._days_known[key] = self.calendar.working_days_between(*key)
        return self._days_known[key]

    def hours(self, start: datetime, end: datetime) -> float:
        """Count the hours the counter was open between two moments."""
        if end <= start:
            return 0.0
        key = (start, end)
        if key not in self._hours_known:
            minutes = self._minutes_until(end) - self._minutes_until(start)
            self._hours_known[key] = minutes / 60
        return self._hours_known[key]

    def next_working_day(self, day: date) -> date:
        """Give the first working day after ``day``."""
        known = self._next_days.get(day)
        if known is None:
            known = self._next_days[day] = self.after_working_days(day, 1)
        return known

    def after_working_days(self, day: date, count: int) -> date:
        """Give the day ``count`` working days after ``day``."""
        return self.calendar.add_working_days(day, count).day

    def _minutes_until(self, moment: datetime) -> float:
        local = moment.astimezone(self.zone)
        day = local.date()
        if self._anchor is None or day < self._anchor:
            self._anchor = self._reached = day - timedelta(days=62)
            self._before = {self._anchor: 0.0}
            # Stretches measured before were differences, so a new beginning changes none.
        while self._reached < day:
            full = sum(end - start for start, end in self._spans_on(self._reached))
            self._before[self._reached + timedelta(days=1)] = self._before[self._reached] + full
            self._reached += timedelta(days=1)
        minute = local.hour * 60 + local.minute + local.second / 60
        inside = sum(max(0.0, min(end, minute) - start) for start, end in self._spans_on(day))
        return self._before[day] + inside

    def _spans_on(self, day: date) -> tuple[tuple[float, float], ...]:
        if day not in self._spans:
            self._spans[day] = tuple(
                (_minute(start), _minute(end)) for start, end in self._hours.spans_on(day)
            )
        return self._spans[day]


def _minute(at: time) -> float:
    return at.hour * 60.0 + at.minute


def top(counts: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    """Give the largest counts first, equal ones by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
