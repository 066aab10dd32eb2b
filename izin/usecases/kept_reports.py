"""Keeps reports that were dear to make, so that asking again does not cost the same again."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, Protocol, TypeVar

DEAR_S = 0.1
"""CPU seconds; what was cheaper, as of a small office, is made anew each time."""

KEPT_TIMES = 20
LONGEST = timedelta(seconds=60)
MOST_KEPT = 8


class Dated(Protocol):
    """Something that says of which moment it is."""

    @property
    def at(self) -> datetime:
        """Give the moment."""
        ...


T = TypeVar("T", bound=Dated)


class KeptReports(Generic[T]):
    """Remembers each dear report for twenty times its cost, at most a minute."""

    def __init__(self, spent: Callable[[], float] = time.thread_time) -> None:
        """Take what tells the CPU time this thread has spent."""
        self._spent = spent
        self._lock = Lock()
        self._kept: dict[Hashable, tuple[timedelta, T]] = {}

    def of(self, key: Hashable, now: datetime, make: Callable[[], T]) -> T:
        """Give the report under ``key``; ``at`` tells of which moment it is."""
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and timedelta() <= now - kept[1].at < kept[0]:
            return kept[1]
        before = self._spent()
        made = make()
        cost = self._spent() - before
        with self._lock:
            self._kept.pop(key, None)
            if cost >= DEAR_S:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = (min(LONGEST, timedelta(seconds=cost * KEPT_TIMES)), made)
        return made
