"""What a phase of the load came to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.load.crowd import Turn


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds below which so many of a hundred lie; infinite where too many never came."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Iterable[float]) -> Percentiles:
        """Give those of some values; of none all are infinite."""
        ordered = sorted(milliseconds)
        return cls(*(percentile(ordered, share) for share in (0.50, 0.95, 0.99)))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Give the smallest value that at least ``share`` of the ordered values do not pass."""
    if not ordered:
        return float("inf")
    rank = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(0, rank - 1)]


@dataclass(frozen=True, slots=True)
class Phase:
    """One load, measured after its warm-up.

    Attributes:
        offered: Messages a second by the clock of arrivals; 0 where the load was closed.
        seconds: How long was measured.
        turns: Messages that fell due in that time.
        unanswered: Those without a reply when the patience ended.
        refused: Those whose webhook was not answered 200.
        served: Replies a second within the time.
        webhook: From the due moment to the webhook's answer.
        reply: From the due moment to the first message of the answer.
        bubbles: Messages of an answer, mean.
        cpu_ms: CPU milliseconds of a turn, by part.
        own_cpu: CPU of citizens and fake platform together, as a share of one core.
    """

    offered: float
    seconds: float
    turns: int
    unanswered: int
    refused: int
    served: float
    webhook: Percentiles
    reply: Percentiles
    bubbles: float
    cpu_ms: dict[str, float] = field(default_factory=dict)
    own_cpu: float = 0.0

    @property
    def cpu_total_ms(self) -> float:
        """Give the CPU milliseconds of a turn, all parts together."""
        return sum(self.cpu_ms.values())


def phase_of(
    turns: Sequence[Turn],
    began: float,
    ended: float,
    *,
    offered: float,
    used_ms: dict[str, float],
    own_cpu: float,
) -> Phase:
    """Give the figures of the turns that fell due from ``began`` to ``ended``.

    A turn without a reply counts as one of endless latency; no turn is left out.

    Args:
        used_ms: CPU milliseconds of each part within that time.
    """
    due = [turn for turn in turns if began <= turn.due < ended]
    replies = sum(began <= turn.replied < ended for turn in turns)
    seconds = ended - began
    return Phase(
        offered=offered,
        seconds=seconds,
        turns=len(due),
        unanswered=sum(not turn.replied for turn in due),
        refused=sum(turn.status != 200 for turn in due),
        served=replies / seconds,
        webhook=Percentiles.of(_latency(turn.due, turn.taken) for turn in due),
        reply=Percentiles.of(_latency(turn.due, turn.replied) for turn in due),
        bubbles=sum(turn.bubbles for turn in due) / max(1, len(due)),
        cpu_ms={name: used / max(1, replies) for name, used in sorted(used_ms.items())},
        own_cpu=own_cpu,
    )


def _latency(due: float, came: float) -> float:
    return (came - due) * 1000 if came else float("inf")
