"""Questions on the application whose status was just shown, whatever they were taken for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, TurnInput


class StatusDialogue(LongDialogue, Protocol):
    """The status dialogue, which answers questions on what it has shown."""

    def aside(self, turn: TurnInput) -> Answer | None:
        """Answer a question on the application just shown; None if it is none."""
        ...


@dataclass(frozen=True, slots=True)
class AboutApplication:
    """A one-turn use case that leaves "kurangnya apa?" after a status to ``dialogue``.

    Such a question names nothing, and the classifier takes it for many things.
    """

    dialogue: StatusDialogue
    use_case: OneTurn

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answer of whose turn it is."""
        return self.dialogue.aside(turn) or self.use_case.answer(turn)
