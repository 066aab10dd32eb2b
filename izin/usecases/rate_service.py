"""A citizen rates the service from 1 to 5, and says why when it was low."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from izin.answers import suggestions
from izin.ports import Drafts, PrivacyChoices, Ratings
from izin.privacy import Purpose, allowed
from izin.replies import Choice, Reply
from izin.satisfaction import BEST_RATING, LOW_RATING, WORST_RATING, Rating, RatingSubject
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.officer_reading import is_new_question, words_in
from izin.usecases.read_questions import PERMIT_QUESTIONS
from izin.usecases.score_reading import Normalise, names_case, number_in, word_score
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

INTENT = "beri_penilaian"
DRAFT = "penilaian"
LONGEST_COMMENT = 2000
TOLD_WORDS = 8
"""From this many words on, the message with the score already says why."""

SURE = 0.75
SHORT_WORDS = 5
SURVEY = "survei"
"""Value of ``langkah`` of the button that opens the survey."""

NOISE_WORDS = 3

_NOISE = frozenset({INTENT, "nlu_fallback", "kirim_lain", "kirim_berkas", "kirim_lokasi"})
_DECLINES = frozenset({"tolak", "batal", "pamit", "terima_kasih"})


@dataclass(frozen=True, slots=True)
class RateService:
    """The dialogue of a rating: a tap, and a reason when it was low."""

    ratings: Ratings
    drafts: Drafts
    wording: Wording
    normalise: Normalise = str.casefold

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def start(self, turn: TurnInput) -> StepResult:
        """Take the rating the message holds, or ask for one."""
        subject = self._subject(turn)
        score = number_in(turn, self.normalise)
        if score is None:
            return self._ask(turn, subject, "rating.ask")
        return self._take(turn, score, subject)

    def step(self, turn: TurnInput) -> StepResult:
        """Take a score, its reason, or leave the message to another action."""
        state = self._draft.before(turn)
        if not state:
            return self.start(turn) if turn.intent == INTENT else StepResult("interrupted")
        if turn.intent in _DECLINES and len(words_in(turn.text)) <= SHORT_WORDS:
            return self._leave(turn, "rating.left" if "rated_in" in state else "rating.none")
        if "rated_in" in state:
            return self._reason(turn, state)
        return self._score(turn, state)

    def prompt(self, turn: TurnInput) -> Reply:
        """Say nothing: who asks something else does not want to rate now."""
        return Reply(silent=True)

    def _score(self, turn: TurnInput, state: dict[str, Any]) -> StepResult:
        words = {
            value: self.wording.say(f"rating.words_{value}")
            for value in range(WORST_RATING, BEST_RATING + 1)
        }
        score = number_in(turn, self.normalise)
        if score is None:
            score = word_score(turn.text, self.normalise, words)
        if score is not None:
            return self._take(turn, score, state["subject"])
        tapped = turn.metadata.get("kind") == "choice"
        if names_case(turn):
            return StepResult("interrupted")
        if (tapped or turn.confidence >= SURE) and not is_noise(turn):
            return StepResult("interrupted")
        return self._ask(turn, state["subject"], "rating.ask_again")

    def _take(self, turn: TurnInput, score: int, subject: RatingSubject) -> StepResult:
        if not WORST_RATING <= score <= BEST_RATING:
            return self._ask(turn, subject, "rating.range")
        told = len(words_in(turn.text)) >= TOLD_WORDS
        comment = turn.text.strip()[:LONGEST_COMMENT] if told else ""
        rating = Rating(turn.conversation_id, subject, score, turn.now, comment)
        self.ratings.rate(rating, turn.turn_id)
        if score > LOW_RATING:
            return self._leave(turn, "rating.thanks", score)
        if told:
            return self._leave(turn, "rating.reason_taken")
        self._draft.save(turn, {"rated_in": turn.turn_id, "subject": subject})
        skip = Choice(self.wording.say("survey.choice_skip"), "tolak")
        text = self.wording.say("rating.why", score=score)
        return StepResult("consumed", (Reply(text, (skip, *self._help())),))

    def _reason(self, turn: TurnInput, state: dict[str, Any]) -> StepResult:
        corrected = number_in(turn, self.normalise)
        if turn.intent in (INTENT, "koreksi") and corrected is not None:
            if not WORST_RATING <= corrected <= BEST_RATING:
                return self._ask(turn, state["subject"], "rating.range")
            self.ratings.change(turn.conversation_id, state["rated_in"], score=corrected)
            return self._leave(turn, "rating.thanks", corrected)
        if self._asks_something_else(turn):
            self._draft.save(turn, {})
            return StepResult("interrupted")
        reason = turn.text.strip()
        if not reason:
            text = Reply(self.wording.say("rating.why_in_words"), self._help())
            return StepResult("consumed", (text,))
        self.ratings.change(
            turn.conversation_id, state["rated_in"], comment=reason[:LONGEST_COMMENT]
        )
        return self._leave(turn, "rating.reason_taken")

    def _asks_something_else(self, turn: TurnInput) -> bool:
        """Tell a question from a reason: "antrenya 3 jam" resembles one, and a complaint."""
        if turn.metadata.get("kind") == "choice":
            return turn.intent not in (INTENT, "nlu_fallback")
        if turn.intent == "minta_petugas":
            return turn.confidence >= SURE
        if names_case(turn) and len(words_in(turn.text)) <= SHORT_WORDS:
            return True
        asks = turn.intent in PERMIT_QUESTIONS or "?" in turn.text
        return asks and is_new_question(turn, None, self.wording, self.normalise)

    def _ask(self, turn: TurnInput, subject: RatingSubject, key: str) -> StepResult:
        self._draft.save(turn, {"subject": subject})
        survey = survey_choice(self.wording)
        reply = Reply(self.wording.say(key), (*score_choices(self.wording, subject), survey))
        return StepResult("consumed", (reply,))

    def _leave(self, turn: TurnInput, key: str, score: int | None = None) -> StepResult:
        self._draft.save(turn, {})
        text = self.wording.say(key, score=score or "")
        if key in ("rating.reason_taken", "rating.left"):
            return StepResult("finished", (Reply(text, self._help()),))
        menu = suggestions.menu(self.wording)[:3]
        return StepResult("finished", (Reply(text, (survey_choice(self.wording), *menu)),))

    def _help(self) -> tuple[Choice, ...]:
        return (
            suggestions.menu_choice("lapor_pengaduan", self.wording),
            suggestions.officer(self.wording),
        )

    def _subject(self, turn: TurnInput) -> RatingSubject:
        named = turn.value("jenis")
        known: tuple[RatingSubject, ...] = get_args(RatingSubject)
        return next((item for item in known if item == named), "layanan")


@dataclass(frozen=True, slots=True)
class OfferRating:
    """Asks for a rating by itself, seldom."""

    ratings: Ratings
    wording: Wording
    consents: PrivacyChoices | None = None

    def after(self, turn: TurnInput, reply: Reply, subject: RatingSubject) -> Reply:
        """Give the reply with the five scores to tap, if this citizen may be asked now."""
        if turn.group or turn.open_form:
            return reply
        if self.consents and not allowed(
            self.consents.consents(turn.conversation_id), Purpose.SURVEY
        ):
            return reply
        if not self.ratings.may_offer(turn.conversation_id, turn.turn_id, turn.now):
            return reply
        text = f"{reply.text} {self.wording.say('rating.offer')}"
        choices = (*score_choices(self.wording, subject), *reply.choices[:1])
        return Reply(text, choices, reply.media)


def is_noise(turn: TurnInput) -> bool:
    """Say whether a text is neither a score nor anything else that could be answered."""
    few = len(words_in(turn.text)) <= NOISE_WORDS
    return turn.intent in _NOISE or (turn.intent == "di_luar_topik" and few)


def score_choices(wording: Wording, subject: RatingSubject) -> tuple[Choice, ...]:
    """Give one button per score, best first."""
    return tuple(
        Choice(wording.say(f"rating.choice_{value}"), INTENT, {"nilai": value, "jenis": subject})
        for value in range(BEST_RATING, WORST_RATING - 1, -1)
    )


def survey_choice(wording: Wording) -> Choice:
    """Give the button that opens or resumes the survey."""
    return Choice(wording.say("survey.choice_open"), INTENT, {"langkah": SURVEY})
