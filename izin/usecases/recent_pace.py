"""Keeps the office's recent pace at hand, so that answers seldom wait for the registry."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock

from izin.errors import RegistryUnavailable
from izin.pace import LOOKED_BACK, Pace, pace_of
from izin.ports import OfficeBook, Registry

KEPT_S = 3600.0
"""The pace of a year does not change within an hour."""

RESTS_S = 300.0
"""After a failure answers go without the pace for so long, instead of waiting each."""

MOST_KEPT = 200


class RecentPace:
    """Gives the pace of permits; at most one question to the registry at a time."""

    def __init__(
        self,
        registry: Registry,
        office: OfficeBook,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the registry, the office's calendar and a clock that only goes on."""
        self._registry = registry
        self._office = office
        self._monotonic = monotonic
        self._lock = Lock()
        self._kept: dict[tuple[str, date], tuple[float, Pace]] = {}
        self._rests_until = 0.0

    def of(self, permit_code: str, now: datetime) -> Pace:
        """Give the permit's pace over the year before ``now``.

        Empty where too little is known, and while the registry does not answer: an answer
        is then given without it.
        """
        zone = self._office.office().zone
        key = (permit_code, now.astimezone(zone).date())
        with self._lock:
            ticks = self._monotonic()
            kept = self._kept.get(key)
            if kept is not None and ticks < kept[0]:
                return kept[1]
            if ticks < self._rests_until:
                return Pace()
            try:
                courses = self._registry.courses(permit_code, now - LOOKED_BACK)
            except RegistryUnavailable:  # logged where it happened
                self._rests_until = self._monotonic() + RESTS_S
                return Pace()
            decided = [way for way in courses if way.decided_at <= now]
            pace = pace_of(decided, self._office.calendar(), zone)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (ticks + KEPT_S, pace)
            return pace
