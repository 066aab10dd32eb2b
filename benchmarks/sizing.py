"""How many processes and cores an office needs, from the measured CPU time of a turn.

How much people write is assumed, as no office publishes it; the page says so and shows the
figures, so that an office can put in its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_MS = 0.05
"""Parts that a turn costs less are not named."""

POPULATIONS = (100_000, 500_000, 1_000_000, 2_500_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is assumed of citizens, and how much room is left.

    Attributes:
        writers: Share of the citizens who write within a month.
        turns: Messages of each of them in that month.
        busiest_hour: Share of a month's messages in its busiest hour: a working day has a
            twenty-second of them, its busiest hour 15 % of that.
        rush: How many times busier the hour after an announcement is.
        used: Share of a core that is planned for; the rest is for what nobody planned.
        process: Share of a core one Python process can use, as it computes on one only.
    """

    writers: float = 0.02
    turns: int = 12
    busiest_hour: float = 0.15 / 22
    rush: float = 3.0
    used: float = 0.5
    process: float = 0.6


@dataclass(frozen=True, slots=True)
class Size:
    """What so many citizens need.

    Attributes:
        citizens: How many live there.
        turns_a_month: Messages in a month.
        turns_a_second: In the busiest hour, with the rush.
        cores: For all parts together.
        processes: By part; two at least where there are several machines.
    """

    citizens: int
    turns_a_month: int
    turns_a_second: float
    cores: int
    processes: Mapping[str, int]


def size(citizens: int, cpu_ms: Mapping[str, float], habits: Habits = Habits()) -> Size:
    """Give what ``citizens`` need, at ``cpu_ms`` milliseconds of CPU a turn by part."""
    month = citizens * habits.writers * habits.turns
    second = month * habits.busiest_hour / 3600 * habits.rush
    busy = {part: second * ms / 1000 for part, ms in cpu_ms.items()}
    return Size(
        citizens,
        round(month),
        second,
        max(1, math.ceil(sum(busy.values()) / habits.used)),
        {part: max(1, math.ceil(cores / habits.process)) for part, cores in busy.items()},
    )


def table(cpu_ms: Mapping[str, float], habits: Habits = Habits()) -> str:
    """Give the table of `POPULATIONS` in Markdown; ``cpu_ms`` is by part."""
    parts = [part for part in ("gateway", "rasa", "actions") if part in cpu_ms]
    head = ["citizens", "messages a month", "turns/s in a rush", "cores", *parts]
    lines = [f"| {' | '.join(head)} |", f"|{'--:|' * len(head)}"]
    for citizens in POPULATIONS:
        needed = size(citizens, cpu_ms, habits)
        cells = [
            f"{citizens:,}", f"{needed.turns_a_month:,}", f"{needed.turns_a_second:.1f}",
            str(needed.cores), *(str(needed.processes[part]) for part in parts),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    spent = ", ".join(f"{part} {ms:.1f}" for part, ms in cpu_ms.items() if ms >= LEAST_MS)
    return "\n".join([f"CPU milliseconds of a turn: {spent}.", "", *lines])
