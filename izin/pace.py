"""How long the office really takes lately, from the ways of applications it has decided.

All figures are working days of the office calendar. A figure is given only when enough
applications stand behind it: a handful says nothing about the next one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from izin.applications import Course, StageVisit
from izin.office import Calendar

MINIMUM_CASES = 10
"""Fewer decided applications give no figure."""

LOOKED_BACK = timedelta(days=365)
"""How far back decided applications still tell about today."""

MOST_SHARE = 0.8
"""The share told beside the middle: "8 dari 10 selesai dalam 12"."""


@dataclass(frozen=True, slots=True)
class UsualTime:
    """A usual length of time.

    Attributes:
        typical: Half of the cases took at most this many working days.
        most: Eight of ten cases took at most this many.
        cases: How many applications it rests on.
        first: The day the earliest of them was decided.
        last: The day the latest of them was decided.
    """

    typical: int
    most: int
    cases: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class StagePace:
    """One stage: the days spent in it, and the office's days from entering it to the end.

    Either is None when too few applications passed the stage.
    """

    within: UsualTime | None = None
    to_the_end: UsualTime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """A permit's pace: the office's days on an application as a whole, and by stage name."""

    whole: UsualTime | None = None
    stages: Mapping[str, StagePace] = field(default_factory=dict)

    def stage(self, name: str) -> StagePace:
        """Give the pace of a stage, however its name is capitalised."""
        return self.stages.get(_key(name), StagePace())


def usual_time(cases: Iterable[tuple[date, int]]) -> UsualTime | None:
    """Give the usual time of (day decided, working days) cases, or None for too few."""
    known = sorted(cases)
    if len(known) < MINIMUM_CASES:
        return None
    days = sorted(length for _, length in known)
    return UsualTime(
        typical=math.ceil(median(days)),
        most=days[math.ceil(MOST_SHARE * len(days)) - 1],
        cases=len(days),
        first=known[0][0],
        last=known[-1][0],
    )


def pace_of(courses: Sequence[Course], calendar: Calendar, zone: ZoneInfo) -> Pace:
    """Give a permit's pace.

    As in the service standard, only days on which the office works on the file count for
    the whole and for the way to the end; a stage alone is told with all its working days.
    """
    whole: list[tuple[date, int]] = []
    within: dict[str, list[tuple[date, int]]] = {}
    to_the_end: dict[str, list[tuple[date, int]]] = {}
    for course in courses:
        decided = _day(course.decided_at, zone)
        lengths = [_length(visit, calendar, zone) for visit in course.visits]
        office = [
            length if visit.status.clock_runs else 0
            for visit, length in zip(course.visits, lengths, strict=True)
        ]
        if any(visit.status.clock_runs for visit in course.visits):
            whole.append((decided, sum(office)))
        names = [_key(visit.stage) for visit in course.visits]
        for name in dict.fromkeys(names):
            inside = [length for own, length in zip(names, lengths, strict=True) if own == name]
            within.setdefault(name, []).append((decided, sum(inside)))
            # An application may come back to a stage: what is left is told from its first day.
            to_the_end.setdefault(name, []).append((decided, sum(office[names.index(name) :])))
    stages = {
        name: StagePace(usual_time(within[name]), usual_time(to_the_end[name])) for name in within
    }
    return Pace(usual_time(whole), stages)


def _length(visit: StageVisit, calendar: Calendar, zone: ZoneInfo) -> int:
    end = visit.left_at or visit.entered_at
    return calendar.working_days_between(_day(visit.entered_at, zone), _day(end, zone))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _key(stage: str) -> str:
    return " ".join(stage.casefold().split())
