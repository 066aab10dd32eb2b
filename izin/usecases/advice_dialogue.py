"""The advice on permits as a long dialogue, with its question open between turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from izin.replies import Reply
from izin.usecases.advise_permit import AdvisePermit
from izin.usecases.dialogue import Answer, StepResult, TurnInput


class AnswersQuestions(Protocol):
    """Answers every question of a message."""

    def answer(self, turn: TurnInput) -> Answer:
        """Give replies and slots."""
        ...


@dataclass(frozen=True, slots=True)
class AdviceDialogue:
    """The advice as a long dialogue: opened by its intent, it steps aside for anything else."""

    advise: AdvisePermit
    questions: AnswersQuestions

    def start(self, turn: TurnInput) -> StepResult:
        """Answer the whole message; a question that stays open keeps the turn."""
        answer = self.questions.answer(turn)
        outcome = "consumed" if self.advise.is_open(turn) else "finished"
        return StepResult(outcome, answer.replies, answer.slots)  # type: ignore[arg-type]

    def step(self, turn: TurnInput) -> StepResult:
        """Take an answer, or leave the turn."""
        return self.advise.step(turn)

    def prompt(self, turn: TurnInput) -> Reply:
        """Say nothing: the advice was given, and its buttons keep working."""
        return Reply(silent=True)
