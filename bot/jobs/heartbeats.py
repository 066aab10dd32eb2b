"""Who of the workers has died, judged by a clock that cannot jump.

A heartbeat is written with the database's clock. When that clock jumps forward, or the database
was away, every heartbeat looks old at once; taking the jobs of workers that live would send
their answers twice. So a worker is watched for a while before its jobs are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Heartbeats:
    """What one process has seen of the workers' heartbeats.

    Attributes:
        stalled_after_s: Without a beat for so long a worker is dead.
            Where nobody looked for half of it, watching begins anew.
    """

    stalled_after_s: float
    _since: dict[int, tuple[datetime, float]] = field(default_factory=dict)
    _looked: float = float("-inf")

    def look(self, beats: Mapping[int, datetime], now: float) -> tuple[list[int], list[int]]:
        """Give the workers that may live whatever the database's clock says, and the dead ones.

        Args:
            beats: Latest heartbeat of each worker.
            now: Monotonic seconds.
        """
        known = self._since if now - self._looked <= self.stalled_after_s / 2 else {}
        self._looked = now
        self._since = {
            worker: known[worker] if worker in known and known[worker][0] == at else (at, now)
            for worker, at in beats.items()
        }
        unchanged = {worker: now - since for worker, (_, since) in self._since.items()}
        lively = [w for w, seconds in unchanged.items() if seconds < self.stalled_after_s / 2]
        dead = [w for w, seconds in unchanged.items() if seconds >= self.stalled_after_s]
        return lively, dead
