"""The fee dialogue around its open question: answers, interruptions, another fee, cancelling."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from izin.answers import suggestions
from izin.permits import Permit
from izin.ports import Catalogue
from izin.replies import Reply
from izin.usecases.calculate_fee import CalculateFee, State
from izin.usecases.dialogue import OneTurn, StepResult, TurnInput
from izin.usecases.fee_kind import HITUNG, answer_choice
from izin.usecases.fee_words import FeeWords
from izin.wording import Wording
from izin.words import words_of

REMIND_EVERY = 3
"""Interruptions in a row until the open question is put again."""

SURE = 0.6
VERY_SURE = 0.75
LONGEST_CANCEL_WORDS = 5
LONGEST_NONSENSE_WORDS = 2
WORDS_OF_A_QUESTION = 3
"""Words beside the figures from which a message asks something of its own."""

_PAYLOAD = re.compile(r"\s*/\s*\w+\s*[{\[(]")

_ANSWERS = frozenset({HITUNG, "tanya_biaya", "koreksi", "nlu_fallback", "setuju", "tolak"})
"""Intents that answers to our questions are taken for; the figures tell whether they are."""

_OWN = frozenset({HITUNG, "tanya_biaya"})


@dataclass(frozen=True, slots=True)
class FeeDialogue:
    """A calculation whose next figure was asked for."""

    calculate: CalculateFee
    questions: OneTurn
    catalogue: Catalogue
    wording: Wording
    words: FeeWords

    def start(self, turn: TurnInput) -> StepResult:
        """Answer the message that asks for a calculation, or take up the open one."""
        if self._open_permit(turn) is None:
            return self._answered(turn)
        taken = self.step(turn)
        if taken.outcome != "interrupted":
            return taken
        asked = self.calculate.ask_again(turn)
        return StepResult("consumed", (Reply(*asked),)) if asked else taken

    def step(self, turn: TurnInput) -> StepResult:
        """Take the answer to the open question, a correction, another fee, or leave the turn."""
        permit = self._open_permit(turn)
        if permit is not None and _PAYLOAD.match(turn.text):
            # Text that only looks like a command of ours is no figure.
            return self._answered(replace(turn, text="?", entities=()), permit)
        other = self._other_fee(turn, permit) if permit else None
        if other is None and self._cancels(turn, permit):
            return self._cancel(turn, permit)
        if permit is None or self._interrupts(turn, permit, other):
            return StepResult("interrupted")
        return self._answered(_only_about(turn, other) if other else turn, other or permit)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the open question again after an interruption, every third time."""
        asked = self.calculate.ask_again(turn)
        state = self.calculate.left_state(turn)
        if asked is None:
            return Reply(silent=True)
        reminded = int(state.get("reminded") or 0)
        self.calculate.keep(turn, {**state, "reminded": reminded + 1})
        if reminded % REMIND_EVERY:
            return Reply(silent=True)
        text, choices = asked
        return Reply(f"{self.wording.say('fees.continue')}\n{text}", choices)

    def _answered(self, turn: TurnInput, permit: Permit | None = None) -> StepResult:
        """Answer the message as questions on a permit's fee and whatever else it asks."""
        named = replace(turn, intent=HITUNG, slots=_with_permit(turn, permit))
        if not {question.intent for question in turn.questions} - _OWN:
            named = replace(named, questions=())
        answer = self.questions.answer(named)
        return StepResult("consumed" if answer.opens else "finished", answer.replies, answer.slots)

    def _cancel(self, turn: TurnInput, permit: Permit | None) -> StepResult:
        self.calculate.cancel(turn)
        again = (
            (answer_choice(self.wording.say("fees.choice_again"), permit, langkah="ulang"),)
            if permit
            else ()
        )
        reply = Reply(
            self.wording.say("fees.cancelled"), (*again, *suggestions.menu(self.wording)[:4])
        )
        return StepResult("finished", (reply,), {"pertanyaan": None})

    def _cancels(self, turn: TurnInput, permit: Permit | None) -> bool:
        if turn.intent == "batal":
            return True
        words = words_of(turn.text)
        if not words or len(words) > max(LONGEST_CANCEL_WORDS, len("batal")):
            return False
        spelled = "".join(words)  # "b a t a l"
        if self.words.first(spelled, [("batal", "fees.words_cancel")]):
            return True
        told = permit is not None and self.calculate.understood(
            permit, turn, self.calculate.open_state(turn)
        )
        return not told and bool(self.words.first(turn.text, [("batal", "fees.words_cancel")]))

    def _interrupts(self, turn: TurnInput, permit: Permit, other: Permit | None) -> bool:
        """Say whether the message is no answer but something else altogether."""
        if turn.metadata.get("kind") == "choice":
            return turn.intent != HITUNG
        if not turn.text:
            return True  # a picture, a place, a contact: their own action thanks for them
        if other is not None:
            return turn.intent not in {*_ANSWERS, "batal"} and turn.confidence >= VERY_SURE
        named = {str(item.value) for item in turn.entities if item.name == "izin"}
        understood = self.calculate.understood(permit, turn, self.calculate.open_state(turn))
        asks = len(self.calculate.fees.beside_figures(turn.text)) >= WORDS_OF_A_QUESTION
        if named - {permit.code, "None"} and not understood:
            return True
        several = {question.intent for question in turn.questions}
        if understood:
            own = turn.intent in _ANSWERS or bool(several & _OWN)
            # "kantor buka jam berapa?" names an office, but answers no question of ours.
            answers = self._asking(turn) in understood and not asks
            return not own and not answers and turn.confidence >= VERY_SURE
        if turn.intent in _ANSWERS or not any(letter.isalpha() for letter in turn.text):
            return False
        if turn.intent == "di_luar_topik":
            return len(words_of(turn.text)) > LONGEST_NONSENSE_WORDS
        return turn.confidence >= SURE

    def _asking(self, turn: TurnInput) -> str:
        return str(self.calculate.open_state(turn).get("asking"))

    def _other_fee(self, turn: TurnInput, permit: Permit) -> Permit | None:
        """Give another permit whose fee can be worked out and that the message turns to."""
        state = self.calculate.open_state(turn)
        for item in turn.entities:
            other = self.catalogue.permit(str(item.value)) if item.name == "izin" else None
            if other is None or other.code == permit.code:
                continue
            tapped = turn.metadata.get("kind") == "choice"
            asked_use = state.get("asking") == "fungsi" and turn.intent != HITUNG
            use = asked_use and self.calculate.fees.is_use(item.raw)
            if tapped or (other.fee.calculator and not use):
                return other
        return None

    def _open_permit(self, turn: TurnInput) -> Permit | None:
        state: State = self.calculate.open_state(turn)
        return self.catalogue.permit(str(state.get("permit"))) if state.get("asking") else None


def _only_about(turn: TurnInput, permit: Permit) -> TurnInput:
    """Give the turn without the permit that the citizen turns away from."""
    kept = tuple(item for item in turn.entities if item.name != "izin" or item.value == permit.code)
    return replace(turn, entities=kept, questions=())


def _with_permit(turn: TurnInput, permit: Permit | None) -> dict[str, object]:
    if permit is None:
        return dict(turn.slots)
    return {**turn.slots, "izin": [permit.code], "pertanyaan": HITUNG}
