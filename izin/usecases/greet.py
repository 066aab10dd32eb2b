"""Greetings, thanks, leave-taking, and what the assistant is and can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from izin.answers import suggestions
from izin.ports import OfficeBook
from izin.replies import Reply
from izin.usecases.answer_questions import AnswerQuestions
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.rate_service import OfferRating
from izin.usecases.read_questions import OVERVIEW
from izin.wording import Wording

_DAY_PARTS = (
    (time(4), "malam"),
    (time(11), "pagi"),
    (time(15), "siang"),
    (time(18, 30), "sore"),
)
"""Until when a part of the day lasts; what is left is night again."""

_SHORT_MENU = 4

_OPENINGS = frozenset({"sapa", "menu_bantuan", "bot_identitas"})
"""Openings of a talk; one that names a permit is about it (and "sipa" is no "siapa")."""


class Greet:
    """Answers social intents briefly, with the menu to go on."""

    def __init__(
        self,
        office: OfficeBook,
        questions: AnswerQuestions,
        wording: Wording,
        offer: OfferRating,
    ) -> None:
        """Take the office (name and zone), who answers questions, the wording and the rating."""
        self._offer = offer
        self._office = office
        self._questions = questions
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the reply to a social intent.

        An unknown one is answered like a call for help. A greeting that names a permit is a
        question about it.
        """
        if turn.intent in _OPENINGS and any(item.name == "izin" for item in turn.entities):
            return self._questions.answer(replace(turn, intent=OVERVIEW, questions=()))
        office = self._office.office()
        # A start link that carries nothing else is a greeting.
        key = f"social.{'sapa' if turn.intent == 'mulai' else turn.intent}"
        if not self._wording.has(key):
            key = "social.menu_bantuan"
        text = self._wording.say(
            key, office=office.short_name, greeting=self._greeting(turn), regency=office.regency
        )
        if office.fictional and turn.intent in ("bot_identitas", "menu_bantuan"):
            text = f"{text}\n{self._wording.say('social.fictional')}"
        menu = suggestions.menu(self._wording)
        if turn.intent in ("terima_kasih", "pamit"):
            return Answer((self._offer.after(turn, Reply(text, menu[:3]), "layanan"),))
        if turn.intent in ("menu_bantuan", "bot_identitas"):
            data = suggestions.menu_choice("privasi", self._wording)
            return Answer((Reply(text, (*menu, data)),))
        return Answer((Reply(text, menu[:_SHORT_MENU]),))

    def _greeting(self, turn: TurnInput) -> str:
        local = turn.now.astimezone(self._office.office().zone).time()
        part = next((name for until, name in _DAY_PARTS if local < until), "malam")
        return self._wording.say(f"social.greeting_{part}")
