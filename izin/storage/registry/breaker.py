"""A circuit breaker: a registry that fails again and again is left alone for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from izin.errors import RegistryUnavailable
from izin.ports import Clock


class CircuitBreaker:
    """Refuses calls for ``rest_s`` seconds after ``failures`` failures in a row.

    Afterwards one call is let through as a trial; its outcome closes the circuit or opens
    it again. A trial that never reports is replaced by another after ``rest_s``.
    """

    def __init__(self, clock: Clock, failures: int = 3, rest_s: float = 10.0) -> None:
        """Take the clock that measures the rest."""
        self._clock = clock
        self._limit = failures
        self._rest = timedelta(seconds=rest_s)
        self._lock = Lock()
        self._failures = 0
        self._rests_until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Say whether calls are refused or on trial."""
        return self._failures >= self._limit

    def admit(self) -> None:
        """Let a call through.

        Raises:
            RegistryUnavailable: The circuit is open, or a trial is under way.
        """
        with self._lock:
            if self._failures < self._limit:
                return
            now = self._clock.now()
            if self._rests_until is not None and now < self._rests_until:
                raise RegistryUnavailable("the permit registry failed repeatedly; it rests")
            self._rests_until = now + self._rest

    def succeeded(self) -> None:
        """Note an answer: the circuit closes."""
        with self._lock:
            self._failures = 0
            self._rests_until = None

    def failed(self) -> None:
        """Note a failure."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._rests_until = self._clock.now() + self._rest
