"""The figures that were to be reached, and whether they were. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.load.run import Run, Side
from benchmarks.long_conversation import MOST_TIMES

TIMES_STOCK = 8.0
WEBHOOK_P99_MS = 250.0
IDLE_MB = 600.0
COLD_START_S = 15.0


@dataclass(frozen=True, slots=True)
class Target:
    """One figure: what was asked, what was measured, and whether that is enough."""

    what: str
    asked: str
    measured: str
    met: bool


def times_stock(ours: Side, stock: Side) -> float:
    """Give how many times stock's largest kept-up rate ours is; 0 where one of them is missing."""
    return ours.saturation / stock.saturation if stock.saturation else 0.0


def long_times(run: Run) -> float:
    """Give how many times the CPU of turn 5 turn 500 takes."""
    last = run.long[-1]
    return float(last["long"]["cpu_ms"] / last["new"]["cpu_ms"])


def targets(run: Run) -> list[Target]:
    """Give every target with its verdict, in the order of the page."""
    ours, best = run.ours, run.ours.best
    times, p99 = times_stock(ours, run.stock), best.webhook.p99 if best else math.inf
    idle, long = sum(ours.idle_mb.values()), long_times(run)
    return [
        Target(
            "turns a second at saturation, against stock Rasa with conversations in memory",
            f"≥ {TIMES_STOCK:.0f} times",
            f"{times:.1f} times ({ours.saturation:.1f} to {run.stock.saturation:.1f})",
            times >= TIMES_STOCK,
        ),
        Target(
            "webhook p99 at saturation",
            f"< {WEBHOOK_P99_MS:.0f} ms",
            f"{p99:.0f} ms",
            p99 < WEBHOOK_P99_MS,
        ),
        Target("whole house idle (PSS)", f"< {IDLE_MB:.0f} MB", f"{idle:.0f} MB", idle < IDLE_MB),
        Target(
            "cold start, model and database at hand",
            f"< {COLD_START_S:.0f} s",
            f"{ours.cold_start_s:.1f} s",
            ours.cold_start_s < COLD_START_S,
        ),
        Target(
            "CPU of turn 500 against turn 5",
            f"≤ {MOST_TIMES} times",
            f"{long:.2f} times",
            long <= MOST_TIMES,
        ),
    ]
