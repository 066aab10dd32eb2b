"""Answers the question that came in one message with a rating ("nilai 5, tapi berapa biaya slf?").

The model gives such a message one meaning; what else it asks shows in its second one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from izin.replies import Reply
from izin.usecases.dialogue import Answer, LongDialogue, OneTurn, StepResult, TurnInput
from izin.usecases.officer_reading import words_in
from izin.usecases.rate_service import INTENT
from izin.usecases.read_questions import PERMIT_QUESTIONS
from izin.usecases.score_reading import Normalise
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class QuestionBeside:
    """Finds and answers a question on a named permit in a message that rates."""

    questions: OneTurn
    wording: Wording
    normalise: Normalise = str.casefold

    def answer(self, turn: TurnInput) -> Answer | None:
        """Give the answer, or None when the message does not surely ask about a permit."""
        asked = next((name for name, _ in turn.ranking if name != INTENT), None)
        named = any(item.name == "izin" and item.raw for item in turn.entities)
        if turn.intent != INTENT or not named or asked not in PERMIT_QUESTIONS:
            return None
        asking = set(self.wording.say("officers.words_asking").split())
        if "?" not in turn.text and not asking & set(words_in(self.normalise(turn.text))):
            return None
        return self.questions.answer(replace(turn, intent=asked, questions=()))


@dataclass(frozen=True, slots=True)
class RatingAndQuestion:
    """A rating in one turn, behind the answer to what is asked beside it."""

    rating: OneTurn
    beside: QuestionBeside

    def answer(self, turn: TurnInput) -> Answer:
        """Give the answer first, then what is said to the rating."""
        rated, told = self.rating.answer(turn), self.beside.answer(turn)
        if told is None:
            return rated
        return replace(
            rated,
            replies=(*told.replies, *rated.replies),
            slots={**told.slots, **rated.slots},
            opens=rated.opens or told.opens,
        )


@dataclass(frozen=True, slots=True)
class OpinionAndQuestion:
    """The dialogue of ratings, which answers what is asked beside a rating."""

    dialogue: LongDialogue
    beside: QuestionBeside

    def start(self, turn: TurnInput) -> StepResult:
        """Begin; see the class for a question beside."""
        return self._with_answer(turn, self.dialogue.start(turn))

    def step(self, turn: TurnInput) -> StepResult:
        """Take the next message; see the class for a question beside."""
        return self._with_answer(turn, self.dialogue.step(turn))

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the dialogue's open question again."""
        return self.dialogue.prompt(turn)

    def _with_answer(self, turn: TurnInput, result: StepResult) -> StepResult:
        told = self.beside.answer(turn) if result.outcome != "interrupted" else None
        if told is None:
            return result
        slots = {**told.slots, **result.slots}
        return StepResult(result.outcome, (*told.replies, *result.replies), slots)
