"""Keeps the registry's figures at hand for some minutes, and goes without them when it is down."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock

from izin.errors import RegistryUnavailable
from izin.figures import OfficeTime, Period
from izin.permit_figures import PermitCounter, PermitFigures
from izin.ports import Catalogue
from izin.ports.figures import RegistryFigures

KEPT_S = 300.0
RESTS_S = 60.0
"""After a failure pages go without for so long, instead of waiting each."""

MOST_KEPT = 12
MOST_FILES = 5000
"""Applications read at once; with more, the page says that the figures are of a part."""


class ReportPermits:
    """Gives figures of the registry; at most one question to it at a time."""

    def __init__(
        self,
        registry: RegistryFigures,
        catalogue: Catalogue,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the registry, the catalogue's standards and a clock that only goes on."""
        self._registry = registry
        self._catalogue = catalogue
        self._monotonic = monotonic
        self._lock = Lock()
        self._kept: dict[Period, tuple[float, PermitFigures]] = {}
        self._rests_until = 0.0

    def within(self, period: Period, office: OfficeTime, now: datetime) -> PermitFigures | None:
        """Give the figures of a period, at most some minutes old; None while it is down."""
        with self._lock:
            ticks = self._monotonic()
            kept = self._kept.get(period)
            if kept is not None and ticks < kept[0] and kept[1].at <= now:
                return kept[1]
            if ticks < self._rests_until:
                return None
            try:
                figures = self._read(period, office, now)
            except RegistryUnavailable:  # logged where it happened
                self._rests_until = self._monotonic() + RESTS_S
                return None
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[period] = (ticks + KEPT_S, figures)
            return figures

    def _read(self, period: Period, office: OfficeTime, now: datetime) -> PermitFigures:
        open_now = self._registry.open_applications(MOST_FILES)
        since, until = period.since(office.zone), period.until(office.zone)
        received = self._registry.received_applications(since, until, MOST_FILES)
        standards = {permit.code: permit.sla_working_days for permit in self._catalogue.permits()}
        partial = MOST_FILES in (len(open_now), len(received))
        counter = PermitCounter(office, standards.get, now)
        return counter.of(open_now, received, period, partial)
