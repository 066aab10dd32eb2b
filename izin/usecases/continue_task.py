"""Yes, no, cancel and "I meant…" outside any long dialogue."""

from __future__ import annotations

from dataclasses import replace

from izin.answers import suggestions
from izin.replies import Reply
from izin.usecases.answer_questions import AnswerQuestions
from izin.usecases.ask_officer import AskOfficer
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.lost import LostCount
from izin.usecases.read_questions import OVERVIEW, PERMIT_QUESTIONS, Continuation
from izin.wording import Wording

ASKED_ALONG = 0.15
"""A question this likely behind "I meant…" was asked too; chance alone gives 1 in 28."""


class ContinueTask:
    """Takes up what was last offered or asked."""

    def __init__(
        self,
        questions: AnswerQuestions,
        officer: AskOfficer,
        lost: LostCount,
        wording: Wording,
        calculation: Continuation | None = None,
    ) -> None:
        """Take the use cases a yes or a correction may lead to."""
        self._calculation = calculation
        self._questions = questions
        self._officer = officer
        self._lost = lost
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the reply; a cancelled task forgets the permit and the question."""
        say = self._wording.say
        menu = suggestions.menu(self._wording)[:4]
        if self._calculation is not None and self._calculation.continued(turn):
            return self._questions.answer(replace(turn, intent="hitung_biaya", questions=()))
        if turn.intent == "batal":
            return Answer((Reply(say("social.batal"), menu),), {"izin": None, "pertanyaan": None})
        if turn.intent == "tolak":
            return Answer((Reply(say("social.tolak"), menu),))
        if turn.intent == "setuju" and self._lost.offered_officer(turn):
            asked = self._officer.start(turn)
            return Answer(asked.replies, opens=None if turn.group else "petugas")
        if turn.intent == "setuju" and self._names_licence(turn):
            question = turn.slots.get("pertanyaan") or OVERVIEW
            return self._questions.answer(replace(turn, intent=str(question), questions=()))
        names_permit = any(item.name in ("izin", "profesi") for item in turn.entities)
        question = self._asked_along(turn) or turn.slots.get("pertanyaan")
        if names_permit or (question and turn.intent == "koreksi"):
            return self._questions.answer(
                replace(turn, intent=str(question or "mulai"), questions=())
            )
        if question and turn.intent == "setuju" and not turn.slots.get("izin"):
            return self._questions.answer(replace(turn, intent=str(question), questions=()))
        key = "social.koreksi" if turn.intent == "koreksi" else "social.setuju"
        return Answer((Reply(say(key), menu),))

    def _names_licence(self, turn: TurnInput) -> bool:
        """Say whether "SIP" is the licence and not "fine": written so, or nothing to agree to."""
        asked_which = bool(turn.slots.get("pertanyaan")) and not turn.slots.get("izin")
        written_so = turn.text.strip().isupper()
        nothing_before = turn.previous_turn_id is None
        meant = asked_which or written_so or nothing_before
        return meant and self._questions.names_alone(turn)

    def _asked_along(self, turn: TurnInput) -> str | None:
        """Give the question a correction brings with it ("not PBG, SLF's requirements")."""
        for intent, confidence in turn.ranking:
            if intent in PERMIT_QUESTIONS and confidence >= ASKED_ALONG:
                return intent
        return None
