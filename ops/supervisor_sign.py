"""The supervisor's sign of life, and how often its children died, for the health page."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from izin.health import SUPERVISOR, Sign
from izin.storage.supervisor_file import forget_supervisor, write_supervisor

EVERY_S = 60.0
_KEPT_DEATHS = 20


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Child:
    times: int = 0
    died: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT_DEATHS))


class SupervisorSign:
    """Writes the sign whenever a child starts or dies, and every minute.

    Args:
        folder: where the sign lies, beside the logs.
        clock: gives the present moment.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] = _now) -> None:
        self._folder = folder
        self._clock = clock
        self._started = clock()
        self._children: dict[str, _Child] = {}

    def started(self, name: str) -> None:
        """Note that a child was started."""
        self._children.setdefault(name, _Child())
        self._write()

    def died(self, name: str) -> None:
        """Note that a child died although it should run."""
        child = self._children.setdefault(name, _Child())
        child.times += 1
        child.died.append(self._clock().isoformat())
        self._write()

    async def keep_writing(self) -> None:
        """Write every minute until cancelled."""
        while True:
            self._write()
            await asyncio.sleep(EVERY_S)

    def end(self) -> None:
        """Take the sign away."""
        with contextlib.suppress(OSError):
            forget_supervisor(self._folder)

    def _write(self) -> None:
        children = {
            name: {"times": child.times, "died": list(child.died)}
            for name, child in self._children.items()
        }
        source = f"{SUPERVISOR}:{socket.gethostname()}"
        sign = Sign(source, SUPERVISOR, self._clock(), self._started, {"children": children})
        with contextlib.suppress(OSError):  # a full disk must not end what keeps citizens answered
            write_supervisor(self._folder, sign)
