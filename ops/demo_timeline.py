"""Places the stages of a demo application on real working days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from izin.applications import StageVisit
from izin.office import Calendar
from ops.demo_stories import PlannedStage

_FIRST_MINUTE, _LAST_MINUTE = 8 * 60 + 5, 14 * 60 + 55  # while the counter is open


@dataclass(frozen=True, slots=True)
class Leg:
    """A stage and how many working days the application spends in it."""

    stage: PlannedStage
    working_days: int


def working_day_before(calendar: Calendar, day: date, count: int) -> date:
    """Give the working day from which ``count`` working days have passed on ``day``.

    With 0 it is ``day`` itself, or the last working day before it.
    """
    while count > 0 or not calendar.is_working_day(day):
        count -= calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day


def visits_until(
    legs: Sequence[Leg], day: date, calendar: Calendar, zone: ZoneInfo, random: Random
) -> tuple[StageVisit, ...]:
    """Give the visits of ``legs`` so that the last one has lasted its days on ``day``."""
    days: list[date] = []
    for leg in reversed(legs):
        day = working_day_before(calendar, day, leg.working_days)
        days.append(day)
    days.reverse()
    moments = _moments(days, zone, random)
    ends = (*moments[1:], None)
    return tuple(
        StageVisit(leg.stage.status, leg.stage.name, leg.stage.unit, entered, left)
        for leg, entered, left in zip(legs, moments, ends, strict=True)
    )


def _moments(days: Sequence[date], zone: ZoneInfo, random: Random) -> list[datetime]:
    moments: list[datetime] = []
    for day in dict.fromkeys(days):
        minutes = sorted(random.sample(range(_FIRST_MINUTE, _LAST_MINUTE), days.count(day)))
        moments += [
            datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
            for minute in minutes
        ]
    return moments
