"""The jobs that tell citizens of followed applications, built when the first is followed.

Registry, catalogue and calendar cost a process memory that a gateway nobody follows anything
through need not spend.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from izin.ports import Clock
from izin.settings import Settings
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.following import PostgresFollowing
from izin.storage.postgres.notices import PostgresNotices, forget_old_notices
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.registry import open_registry
from izin.usecases.watch_registry import WatchRegistry
from izin.wording import Wording

MOVED_BY = timedelta(minutes=2)
"""A moment further from the real time than this was set by somebody in the simulator."""


class SystemClock:
    """Tells the real time."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)


class FollowingJobs:
    """What becomes due for those who follow an application."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        wording: Wording,
        clock: Clock | None = None,
    ) -> None:
        """Take the settings, our own database and the sentences; nothing is contacted yet."""
        self._settings = settings
        self._engine = engine
        self._wording = wording
        self._clock = clock or SystemClock()
        self._following = PostgresFollowing(engine, settings.whatsapp_templates)
        self._notices = PostgresNotices(engine, settings.whatsapp_templates)
        self._watcher: WatchRegistry | None = None

    def jobs(self) -> dict[str, Callable[[datetime], int]]:
        """Give the jobs by name; notices found are sent in the same round."""
        return {"watch_registry": self.watch, "release_notices": self.release}

    def tidying(self) -> dict[str, Callable[[datetime], int]]:
        """Give the jobs by name that need not run often."""
        return {"forget_old_notices": partial(forget_old_notices, self._engine)}

    def watch(self, now: datetime) -> int:
        """Compare followed applications with what was told; gives how many notices were made."""
        moved = self._is_moved(now)
        if not self._following.watched(None, now, simulator_only=moved):
            return 0
        if self._watcher is None:
            self._watcher = self._build()
        return self._watcher.run(now, simulator_only=moved)

    def release(self, now: datetime) -> int:
        """Send the notices whose time has come; gives how many."""
        return self._notices.release(now, simulator_only=self._is_moved(now))

    def _is_moved(self, now: datetime) -> bool:
        return abs(now - self._clock.now()) > MOVED_BY

    def _build(self) -> WatchRegistry:
        office = PostgresOfficeBook(self._engine)
        return WatchRegistry(
            registry=open_registry(self._settings, self._clock, office.office().zone),
            following=self._following,
            catalogue=PostgresCatalogue(self._engine),
            office=office,
            wording=self._wording,
            quiet=self._settings.quiet_hours,
        )
