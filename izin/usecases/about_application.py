"""Questions on the application whose status was just shown, whatever they were taken for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from izin.replies import Reply
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput

FILLED = frozenset({"KETERLAMBATAN", "PENOLAKAN"})
"""Complaints that the application just shown may be filled into."""


class StatusDialogue(LongDialogue, Protocol):
    """The status dialogue, which answers questions on what it has shown."""

    def aside(self, turn: TurnInput) -> Answer | None:
        """Answer a question on the application just shown; None if it is none."""
        ...

    def blamed(self, turn: TurnInput) -> TurnInput | None:
        """Give the turn of a complaint with the application just shown; None if it is none."""
        ...


class OpenComplaint(LongDialogue, Protocol):
    """The complaint dialogue, which knows whether a complaint is being told."""

    def begun(self, turn: TurnInput) -> bool:
        """Say whether an unfinished complaint waits in this chat."""
        ...

    def tells_of(self, turn: TurnInput) -> str | None:
        """Give the category that a message's own words point to, or None."""
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


@dataclass(frozen=True, slots=True)
class ComplaintOfShown:
    """The complaint dialogue right after a status: "kok lama sih" is explained first.

    Whoever is still angry then, or complains outright, finds the application filled in.
    """

    status: StatusDialogue
    complaint: OpenComplaint

    def start(self, turn: TurnInput) -> StepResult:
        """Explain, or begin the complaint with the application that was shown."""
        if self.complaint.begun(turn):
            return self.complaint.start(turn)
        category = self.complaint.tells_of(turn)
        if category is not None and category not in FILLED:
            return self.complaint.start(turn)  # a bribe, a rude officer: nothing of it is ours
        if explained := self.status.aside(turn):
            return StepResult("finished", explained.replies, explained.slots)
        return self.complaint.start(self.status.blamed(turn) or turn)

    def step(self, turn: TurnInput) -> StepResult:
        """Leave the step to the complaint dialogue."""
        return self.complaint.step(turn)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the complaint dialogue's open question again."""
        return self.complaint.prompt(turn)
