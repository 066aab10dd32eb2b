"""Times the same work in two houses in turns, so that noise of the machine meets both."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.conversations import percentile

MOST_TIMES = 1.5
"""The median of the full house may be so many times that of the small one."""

NOTICEABLE_MS = 2.0
"""Medians that differ by less count as equal: nobody notices, and a machine's own noise is as
large beside work of a millisecond."""

WARM_UPS = 3
LONGEST_S = 8.0
"""Of one comparison; slow work is repeated less often."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is timed.

    Attributes:
        area: Who waits for it.
        name: What it is.
        do: Gets the number of the repetition and raises if it went wrong.
        enough_ms: A median below it is good enough, of work that is remembered for an hour or
            whose size is what was asked for, as with a download of everything.
        rows: How many rows it is about, of work that grows with what was asked for; its times
            are compared by row.
    """

    area: str
    name: str
    do: Callable[[int], object]
    enough_ms: float = 0.0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """How long the same work took in the small and in the full house, the shortest first.

    Attributes are those of :class:`Work`; ``failed`` says why it could not be timed, ``rows``
    those of both houses.
    """

    area: str
    name: str
    small_ms: tuple[float, ...] = ()
    full_ms: tuple[float, ...] = ()
    failed: str = ""
    enough_ms: float = 0.0
    rows: tuple[int, int] = (0, 0)

    @property
    def small(self) -> float:
        """Give the median in the small house."""
        return statistics.median(self.small_ms)

    @property
    def full(self) -> float:
        """Give the median in the full house."""
        return statistics.median(self.full_ms)

    @property
    def full_p95(self) -> float:
        """Give what one time in twenty exceeds in the full house."""
        return percentile(self.full_ms, 0.95)

    @property
    def times(self) -> float:
        """Give how many times as long the full house takes, by row where rows are compared."""
        small, full = (max(1, rows) for rows in self.rows)
        return (self.full / full) / (self.small / small)

    @property
    def met(self) -> bool:
        """Say whether the time stayed flat."""
        if self.failed:
            return False
        alike = self.rows[0] == self.rows[1] and self.full - self.small < NOTICEABLE_MS
        flat = self.times <= MOST_TIMES or alike
        return flat or self.full <= self.enough_ms


def compare(small: Sequence[Work], full: Sequence[Work], rounds: int) -> list[Pair]:
    """Do each work in both houses alternately, and give the times."""
    return [_pair(one, other, rounds) for one, other in zip(small, full, strict=True)]


def _pair(small: Work, full: Work, rounds: int) -> Pair:
    try:
        times = _times(small, full, rounds)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"[:200]
        print(f"  {small.name}: {told}", file=sys.stderr, flush=True)
        return Pair(small.area, small.name, failed=told)
    one, other = (tuple(sorted(each)) for each in times)
    pair = Pair(small.area, small.name, one, other, enough_ms=small.enough_ms,
                rows=(small.rows, full.rows))  # fmt: skip
    print(f"  {pair.name}: {pair.small:.1f} ms, {pair.full:.1f} ms, {pair.times:.2f} times"
          f"{'' if pair.met else '  MISSED'}", file=sys.stderr, flush=True)  # fmt: skip
    return pair


def _times(small: Work, full: Work, rounds: int) -> tuple[list[float], list[float]]:
    found: tuple[list[float], list[float]] = ([], [])
    until = time.monotonic() + LONGEST_S
    for number in range(WARM_UPS + rounds):
        for work, times in zip((small, full), found, strict=True):
            began = time.perf_counter()
            work.do(number)
            if number >= WARM_UPS:
                times.append((time.perf_counter() - began) * 1000)
        if found[1] and time.monotonic() > until:
            break
    return found
