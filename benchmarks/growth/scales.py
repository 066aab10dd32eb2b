"""How large the two houses are that are compared."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.console.world import Size


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


SMALL = Scale("small", Size(500), 1_000, 500, 200)
FULL = Scale("full", Size(50_000), 1_000_000, 50_000, 20_000)
TRIAL = Scale("full", Size(1_000), 3_000, 1_000, 400)
"""Stands for the full house where only the command itself is tried out."""
