"""The office: who it is, when it is open, and how it counts working days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from izin.errors import InvalidInput
from izin.office_periods import HoursPeriod, Spans, hours_periods

_LONGEST_SEARCH_DAYS = 3660
_HOLIDAY_SPAN = timedelta(days=10)
"""A holiday and its joint leave lie within this."""

_WEEKDAYS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A district, village or spot of the regency, with other spellings."""

    name: str
    kind: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """Identity and contacts of the office; None is "not filled in", never guessed.

    ``opening_hours`` maps weekday (0 = Monday) to its open spans; an absent day is closed.
    ``details`` holds other facts by the data's own keys.
    """

    agency: str
    short_name: str
    regency: str
    timezone: str
    address: str | None = None
    phone: str | None = None
    whatsapp: str | None = None
    email: str | None = None
    website: str | None = None
    location: tuple[float, float] | None = None
    fictional: bool = False
    opening_hours: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    hours_inferred: bool = False
    checked_on: date | None = None
    sources: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """Give the office's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day the office is closed; ``kind`` is libur_nasional, cuti_bersama or daerah."""

    day: date
    name: str
    kind: str = "libur_nasional"


@dataclass(frozen=True, slots=True)
class DueDate:
    """A date reached by counting working days.

    ``provisional`` is True when the count ran into a year whose holidays are not loaded.
    """

    day: date
    provisional: bool = False


class Calendar:
    """Working days: Monday to Friday, less holidays and joint leave (SKB 3 Menteri)."""

    def __init__(self, holidays: tuple[Holiday, ...] | list[Holiday]) -> None:
        """Take all known holidays; a year with none of them counts as not loaded."""
        self._holidays = {holiday.day: holiday for holiday in holidays}
        self._days_off = sorted(day for day in self._holidays if day.weekday() < _WEEKDAYS)
        self.loaded_years = frozenset(day.year for day in self._holidays)

    def holiday(self, day: date) -> Holiday | None:
        """Give the holiday on ``day``, or None."""
        return self._holidays.get(day)

    def next_named(self, name: str, since: date) -> tuple[Holiday, ...]:
        """Give the days of the next holiday whose name holds ``name``, its joint leave among them.

        Empty when no such day from ``since`` on is known.
        """
        wanted = name.casefold()
        days = [
            self._holidays[day]
            for day in sorted(self._holidays)
            if day >= since and wanted in self._holidays[day].name.casefold()
        ]
        last = days[0].day + _HOLIDAY_SPAN if days else since
        return tuple(holiday for holiday in days if holiday.day <= last)

    def is_working_day(self, day: date) -> bool:
        """Say whether the office counts ``day`` as a working day."""
        return day.weekday() < _WEEKDAYS and day not in self._holidays

    def add_working_days(self, start: date, days: int) -> DueDate:
        """Give the date ``days`` working days after ``start``; the first day is not counted.

        Raises:
            InvalidInput: ``days`` is negative or absurdly large (over ten years).
        """
        if days < 0:
            raise InvalidInput("days must not be negative", field="days")
        day, left = start, days
        for _ in range(_LONGEST_SEARCH_DAYS):
            if left == 0:
                break
            day += timedelta(days=1)
            if self.is_working_day(day):
                left -= 1
        else:
            raise InvalidInput("days reach too far", field="days")
        return DueDate(day, self._provisional(start, day))

    def next_working_day(self, day: date) -> DueDate:
        """Give ``day`` itself if it is a working day, else the next one."""
        if self.is_working_day(day):
            return DueDate(day, self._provisional(day, day))
        return self.add_working_days(day, 1)

    def working_days_between(self, start: date, end: date) -> int:
        """Count working days after ``start`` up to and including ``end`` (0 if none)."""
        if end <= start:
            return 0
        # By whole weeks, not day by day: an application may have rested for years.
        weeks, rest = divmod((end - start).days, 7)
        first = start.weekday() + 1
        weekdays = _WEEKDAYS * weeks + sum(
            day % 7 < _WEEKDAYS for day in range(first, first + rest)
        )
        off = self._days_off
        return weekdays - (bisect_right(off, end) - bisect_right(off, start))

    def _provisional(self, start: date, end: date) -> bool:
        return any(year not in self.loaded_years for year in range(start.year, end.year + 1))


class OfficeHours:
    """When the counter is open, in the office's own time zone."""

    def __init__(self, office: Office, calendar: Calendar) -> None:
        """Take the office (hours and zone) and its calendar."""
        self._office = office
        self._calendar = calendar
        self.periods = hours_periods(office.details)

    @property
    def zone(self) -> ZoneInfo:
        """Give the office's time zone."""
        return self._office.zone

    @property
    def calendar(self) -> Calendar:
        """Give the office's working days."""
        return self._calendar

    def period_on(self, day: date) -> HoursPeriod | None:
        """Give the period of other hours (Ramadan) that ``day`` lies in, or None."""
        return next((period for period in self.periods if period.covers(day)), None)

    def spans_on(self, day: date) -> Spans:
        """Give the open spans of ``day``, empty on closed days and holidays."""
        if self._calendar.holiday(day) is not None:
            return ()
        period = self.period_on(day)
        hours = self._office.opening_hours if period is None else period.opening_hours
        return tuple(hours.get(day.weekday(), ()))

    def is_open(self, now: datetime) -> bool:
        """Say whether the counter is open at the aware time ``now``."""
        local = now.astimezone(self._office.zone)
        return any(start <= local.time() < end for start, end in self.spans_on(local.date()))

    def next_opening(self, now: datetime) -> datetime | None:
        """Give the next opening after ``now`` in the office's zone, or None within a year."""
        local = now.astimezone(self._office.zone)
        for offset in range(366):
            day = local.date() + timedelta(days=offset)
            for start, _ in self.spans_on(day):
                opening = datetime.combine(day, start, tzinfo=self._office.zone)
                if opening > local:
                    return opening
        return None

    def closing(self, now: datetime) -> datetime | None:
        """Give the end of the span that ``now`` lies in, or None when closed."""
        local = now.astimezone(self._office.zone)
        for start, end in self.spans_on(local.date()):
            if start <= local.time() < end:
                return datetime.combine(local.date(), end, tzinfo=self._office.zone)
        return None
