"""Leaves words about following to their own dialogue, whatever they were understood as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, TurnInput


class FollowDialogue(LongDialogue, Protocol):
    """A dialogue about following that also knows its own words elsewhere."""

    def aside(self, turn: TurnInput) -> Answer | None:
        """Answer what speaks of following although it was understood as something else."""
        ...


@dataclass(frozen=True, slots=True)
class AboutFollowing:
    """A one-turn use case that leaves a lone "stop" and "what do I follow?" to ``dialogue``."""

    dialogue: FollowDialogue
    use_case: OneTurn

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answer of whose turn it is."""
        return self.dialogue.aside(turn) or self.use_case.answer(turn)
