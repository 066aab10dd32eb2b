"""How large the two houses are that are compared."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.console.world import Size

WAITING = 150
"""Conversations that wait or are being served: what lies on the officers' desks today does not
grow with the years, so both houses have as many."""


class Talks(Size):
    """The console's world, with the same number of open conversations at any size."""

    @property
    def waiting(self) -> int:
        """Give how many wait or are being served."""
        return WAITING


@dataclass(frozen=True, slots=True)
class Scale:
    """How much a house holds.

    Attributes:
        name: Names its folder and its column.
        talks: Conversations, and with them messages, answers of the FAQ, audit entries.
        applications: Invented applications in the registry, besides the demo's own.
        complaints: Ordinary complaints in all.
        followed: Applications that a citizen follows.
    """

    name: str
    talks: Size
    applications: int
    complaints: int
    followed: int


SMALL = Scale("small", Talks(1_000), 1_000, 500, 200)
FULL = Scale("full", Talks(50_000), 1_000_000, 50_000, 20_000)
TRIAL = Scale("full", Talks(2_000), 3_000, 1_000, 400)
"""Stands for the full house where only the command itself is tried out."""
