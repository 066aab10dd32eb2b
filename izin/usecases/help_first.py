"""What somebody in danger or despair needs comes before any other answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from izin.replies import Reply
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput
from izin.usecases.grave_matters import GraveMatters

COMPLAINT = "pengaduan"
"""The task in which somebody in despair is asked nothing."""


@dataclass(frozen=True, slots=True)
class HelpFirst:
    """A one-turn use case whose answer begins with where help is, where help is needed."""

    grave: GraveMatters
    use_case: OneTurn

    def answer(self, turn: TurnInput) -> Answer:
        """Give the use case's answer behind what has to come first."""
        answer = self.use_case.answer(turn)
        if answer.opens == COMPLAINT and (told := self.grave.spared(turn)):
            return replace(answer, replies=(told,), opens=None)
        return replace(answer, replies=self.grave.before(turn, answer.replies))


@dataclass(frozen=True, slots=True)
class AsksNoMore:
    """A complaint that puts no question to somebody who speaks of ending his life.

    What was told is kept as in any unfinished complaint, with the button to go on.
    """

    grave: GraveMatters
    dialogue: LongDialogue

    def start(self, turn: TurnInput) -> StepResult:
        """Begin; see the class for what is said in despair."""
        return self._spared(turn, self.dialogue.start(turn))

    def step(self, turn: TurnInput) -> StepResult:
        """Take the next message; see the class for what is said in despair."""
        return self._spared(turn, self.dialogue.step(turn))

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the dialogue's open question again."""
        return self.dialogue.prompt(turn)

    def _spared(self, turn: TurnInput, result: StepResult) -> StepResult:
        told = self.grave.spared(turn) if result.outcome == "consumed" else None
        return StepResult("finished", (told,), result.slots) if told else result
