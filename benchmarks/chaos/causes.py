"""Explains repeats: by which fault a platform was handed what it had taken already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.chaos.evidence import Received, Shaken

BEFORE_S = 8.0
"""A delivery that a fault interrupts may have begun so long before it (its time-out and pacing)."""


@dataclass
class Causes:
    """What may have made a platform take a part again, each cause for so many and no more."""

    shaken: Sequence[Shaken]
    lost: Counter[tuple[str, str]]
    struck: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def explain(self, item: Received) -> str | None:
        """Give the cause, which explains one less from now on."""
        if self.lost[item.chat, item.text] > 0:
            self.lost[item.chat, item.text] -= 1
            return "answer lost"
        for place, shaken in reversed(list(enumerate(self.shaken))):  # the nearest one first
            chats = self.struck[place]
            near = shaken.interrupts and shaken.began - BEFORE_S <= item.at <= shaken.ended
            if near and item.chat not in chats and len(chats) < shaken.under_way:
                chats.add(item.chat)
                return shaken.name
        return None
