"""The largest load a house keeps up with, found in few steps; the steps are the curve as well."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchmarks.load.phases import Phase

REPLY_P95_MS = 2000.0
"""A reply later than this feels lost; more than 5 of 100 of them is not keeping up."""

MOST_GROWTH = 0.05
"""What waits may have grown by so much of a load's messages; more, and it grows without end."""

IN_FLIGHT = 5
"""Turns that a short or slow load may have under way at its end without that being growth."""

NEAR = 1.06
"""The search ends when the best rate kept up with and the least one not lie so near."""

Load = Callable[[float], Awaitable[Phase]]
"""Offers so many messages a second; gives what came of it."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Loads at several rates.

    Attributes:
        phases: In the order of their rates.
        best: The one of the largest rate kept up with; None when none was.
    """

    phases: tuple[Phase, ...]
    best: Phase | None

    @property
    def saturation(self) -> float:
        """Give that rate, 0 when there is none."""
        return self.best.offered if self.best else 0.0


def keeps_up(phase: Phase) -> bool:
    """Say whether a house keeps up: fast replies, none missing, and no growing backlog."""
    growth = phase.turns - phase.served * phase.seconds
    return (
        phase.turns > 0
        and phase.unanswered == 0
        and phase.refused == 0
        and phase.reply.p95 <= REPLY_P95_MS
        and growth <= max(IN_FLIGHT, MOST_GROWTH * phase.turns)
    )


async def find_saturation(
    load: Load, confirm: Load, capacity: float, shares: Sequence[float], most: int = 6
) -> Curve:
    """Offer loads around what a closed backlog was worked off at; gives all of them.

    Args:
        load: A short load.
        confirm: A longer one, which the best rate must pass as well.
        capacity: Replies a second of the closed backlog.
        shares: Rates below it that are measured for the curve, whatever comes.
        most: How many steps the search takes at most.
    """
    if not capacity:
        return Curve((), None)
    phases = [await load(share * capacity) for share in shares]
    good = max((phase.offered for phase in phases if keeps_up(phase)), default=0.0)
    bad = min((phase.offered for phase in phases if not keeps_up(phase)), default=math.inf)
    for _ in range(most):
        if good and bad / good <= NEAR:
            break
        phase = await load(min((good + bad) / 2, good * 1.3) if good else bad / 2)
        phases.append(phase)
        if keeps_up(phase):
            good = max(good, phase.offered)
        else:
            bad = min(bad, phase.offered)
    best = await _confirmed(confirm, phases)
    return Curve(tuple(sorted(phases, key=lambda phase: phase.offered)), best)


async def _confirmed(confirm: Load, phases: list[Phase]) -> Phase | None:
    """Give the best rate's longer load; the next lower one's where it fails, and so on."""
    kept = sorted({phase.offered for phase in phases if keeps_up(phase)}, reverse=True)
    for rate in kept[:4]:
        phase = await confirm(rate)
        phases.append(phase)
        if keeps_up(phase):
            return phase
    return None
