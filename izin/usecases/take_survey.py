"""The satisfaction survey (SKM, PermenPANRB 14/2017): nine taps and a free remark.

One question at a time with its place, never obligatory: every one can be skipped, the whole
can be stopped and taken up again, and a citizen answers once in a service period.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from izin.answers import suggestions
from izin.ports import Drafts, OfficeBook, Surveys
from izin.replies import Choice, Reply
from izin.satisfaction import ELEMENTS, HIGHEST_SCORE, LOWEST_SCORE, SurveyResponse, period_of
from izin.usecases.dialogue import Answer, OneTurn, StepResult, TurnInput
from izin.usecases.private_chat import private_chat
from izin.usecases.rate_service import INTENT, SURVEY, RateService, is_noise
from izin.usecases.score_reading import Normalise, number_in, word_score
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

DRAFT = "survei"
SKIP = "lewati"
STOP = "berhenti"
LONGEST_REMARK = 2000
SURE = 0.75
QUESTION_WORDS = 2
FEW_WORDS = 5
NAMING_WORDS = 8

_SURVEY = re.compile(r"\b(?:surve[iy]|skm|ikm|kuesioner|kuisioner|angket)\w*", re.IGNORECASE)
_STAYS = frozenset({INTENT, "setuju", "tolak", "koreksi", "kasar", "sapa"})


@dataclass(frozen=True, slots=True)
class TakeSurvey:
    """The survey dialogue; its draft holds the scores by the elements' names."""

    surveys: Surveys
    drafts: Drafts
    office: OfficeBook
    wording: Wording
    normalise: Normalise = str.casefold

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def active(self, turn: TurnInput) -> bool:
        """Say whether the survey has a question open."""
        return bool(self._draft.before(turn).get("open"))

    def start(self, turn: TurnInput) -> StepResult:
        """Begin, or go on where the citizen stopped."""
        state = self._draft.before(turn)
        period = self._period(turn)
        if self.surveys.answered(turn.conversation_id, period, turn.turn_id):
            self._draft.save(turn, {})
            menu = suggestions.menu(self.wording)[:3]
            return StepResult("finished", (Reply(self.wording.say("survey.already"), menu),))
        resumed = state.get("period") == period and state.get("at", 0) > 0
        if not resumed:
            state = {"period": period, "at": 0, "scores": {}}
        key = "survey.resumed" if resumed else "survey.intro"
        return self._ask(turn, state, self.wording.say(key))

    def step(self, turn: TurnInput) -> StepResult:
        """Take a score, a remark, skip or stop; else leave the message to another action."""
        state = self._draft.before(turn)
        if state["at"] >= len(ELEMENTS):
            return self._remark(turn, state)
        if self._stops(turn):
            return self._stop(turn, state)
        score = number_in(turn, self.normalise)
        if score is None:
            score = word_score(turn.text, self.normalise, self._score_words())
        if score is not None and not LOWEST_SCORE <= score <= HIGHEST_SCORE:
            return self._ask(turn, state, self.wording.say("survey.range"))
        if score is not None:
            name = ELEMENTS[state["at"]].name
            scores = {**state["scores"], name: score}
            return self._ask(turn, {**state, "scores": scores, "at": state["at"] + 1})
        if self._skips(turn):
            return self._ask(turn, {**state, "at": state["at"] + 1})
        if self._interrupts(turn):
            return StepResult("interrupted")
        return self._ask(turn, state, self.wording.say("survey.choose"))

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the open question again, once: the survey is never obligatory."""
        state = self._draft.before(turn)
        if state.get("reminded"):
            return Reply(silent=True)
        self._draft.save(turn, {**state, "reminded": True})
        return self._question(state, self.wording.say("survey.go_on"))

    def _ask(self, turn: TurnInput, state: dict[str, Any], before: str = "") -> StepResult:
        state = {**state, "open": True, "reminded": False}
        self._draft.save(turn, state)
        return StepResult("consumed", (self._question(state, before),))

    def _question(self, state: dict[str, Any], before: str) -> Reply:
        say = self.wording.say
        stop = Choice(say("survey.choice_stop"), INTENT, {"langkah": STOP})
        skip = Choice(say("survey.choice_skip"), INTENT, {"langkah": SKIP})
        place = state["at"]
        if place >= len(ELEMENTS):
            text = say("survey.remark")
            return Reply(f"{before}\n{text}".strip(), (skip,))
        question = say(f"survey.question_{ELEMENTS[place].code}")
        text = say("survey.question", number=place + 1, all=len(ELEMENTS), question=question)
        scores = tuple(
            Choice(say(f"survey.choice_{value}"), INTENT, {"nilai": value})
            for value in range(HIGHEST_SCORE, LOWEST_SCORE - 1, -1)
        )
        return Reply(f"{before}\n\n{text}".strip(), (*scores, skip, stop))

    def _remark(self, turn: TurnInput, state: dict[str, Any]) -> StepResult:
        tapped = turn.metadata.get("kind") == "choice"
        if turn.intent == "minta_petugas" or (tapped and turn.intent not in _STAYS):
            return StepResult("interrupted")
        if turn.intent == "batal":
            return self._stop(turn, state)
        nothing = self._has_no_remark(turn)
        remark = "" if nothing else turn.text.strip()[:LONGEST_REMARK]
        if not remark and not nothing:
            return self._ask(turn, state, self.wording.say("survey.words_please"))
        self._draft.save(turn, {})
        if state["scores"]:
            response = SurveyResponse(
                turn.conversation_id, state["period"], state["scores"], turn.now, remark
            )
            self.surveys.store(response, turn.turn_id)
        key = "survey.thanks" if state["scores"] else "survey.nothing"
        menu = suggestions.menu(self.wording)[:3]
        return StepResult("finished", (Reply(self.wording.say(key), menu),))

    def _stop(self, turn: TurnInput, state: dict[str, Any]) -> StepResult:
        begun = state["at"] > 0
        self._draft.save(turn, {**state, "open": False} if begun else {})
        menu = suggestions.menu(self.wording)[:3]
        text = self.wording.say("survey.stopped" if begun else "survey.nothing")
        title = self.wording.say("survey.choice_resume")
        resume = (Choice(title, INTENT, {"langkah": SURVEY}),) if begun else ()
        return StepResult("finished", (Reply(text, (*resume, *menu)),))

    def _stops(self, turn: TurnInput) -> bool:
        if turn.value("langkah") == STOP or turn.intent == "batal":
            return True
        if turn.intent == "pamit" and turn.confidence >= SURE:
            return True
        return self._says(turn, "survey.words_stop")

    def _skips(self, turn: TurnInput) -> bool:
        if turn.value("langkah") == SKIP:
            return True
        return turn.intent == "tolak" or self._says(turn, "survey.words_skip")

    def _has_no_remark(self, turn: TurnInput) -> bool:
        few = len(turn.text.split()) <= FEW_WORDS
        done = turn.intent in ("pamit", "terima_kasih") and few
        return done or self._skips(turn) or self._says(turn, "survey.words_stop")

    def _says(self, turn: TurnInput, key: str) -> bool:
        return word_score(turn.text, self.normalise, {1: self.wording.say(key)}) == 1

    def _interrupts(self, turn: TurnInput) -> bool:
        if turn.metadata.get("kind") == "choice":
            return turn.intent != INTENT
        few = len(turn.text.split()) < QUESTION_WORDS
        if few or is_noise(turn) or turn.intent in _STAYS:
            return False
        return turn.confidence >= SURE

    def _score_words(self) -> dict[int, str]:
        return {
            value: self.wording.say(f"survey.words_{value}")
            for value in range(LOWEST_SCORE, HIGHEST_SCORE + 1)
        }

    def _period(self, turn: TurnInput) -> str:
        return period_of(turn.now.astimezone(self.office.office().zone).date())


def names_survey(turn: TurnInput) -> bool:
    """Say whether a short text speaks of the survey."""
    return len(turn.text.split()) <= NAMING_WORDS and _SURVEY.search(turn.text) is not None


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """Both ways to say what one thinks of the service; one form marks them."""

    rate: RateService
    survey: TakeSurvey

    def start(self, turn: TurnInput) -> StepResult:
        """Open the survey when it is meant, else the rating."""
        return (self.survey if self._means_survey(turn) else self.rate).start(turn)

    def step(self, turn: TurnInput) -> StepResult:
        """Hand the message to the one whose question is open."""
        if self.survey.active(turn):
            return self.survey.step(turn)
        if self._means_survey(turn):
            return self.survey.start(turn)
        return self.rate.step(turn)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the open question again."""
        return (self.survey if self.survey.active(turn) else self.rate).prompt(turn)

    def _means_survey(self, turn: TurnInput) -> bool:
        if turn.value("langkah") == SURVEY:
            return True
        return turn.intent == INTENT and names_survey(turn) and turn.value("nilai") is None


@dataclass(frozen=True, slots=True)
class OpinionAsTurn:
    """``beri_penilaian`` as one turn, which opens the form when more is to be asked."""

    opinion: GiveOpinion

    def answer(self, turn: TurnInput) -> Answer:
        """Take the opinion, or ask the first question about it."""
        if turn.group:
            return Answer((private_chat(turn, self.opinion.rate.wording),))
        result = self.opinion.start(turn)
        return Answer(result.replies, opens="penilaian" if result.outcome == "consumed" else None)


@dataclass(frozen=True, slots=True)
class SurveyByName:
    """Takes "ayo lanjut surveinya", which reads like a mere yes, for the survey it names."""

    opinion: GiveOpinion
    other: OneTurn

    def answer(self, turn: TurnInput) -> Answer:
        """Go on with the survey where it is named, else give the other's answer."""
        if turn.intent != "setuju" or turn.group or not names_survey(turn):
            return self.other.answer(turn)
        result = self.opinion.survey.start(turn)
        return Answer(result.replies, opens="penilaian" if result.outcome == "consumed" else None)
