"""Following applications: begin after proof, see what is followed, stop in one word.

The proof is the status dialogue's own: what a citizen may be told unasked is what may be shown
on asking. A tapped button needs no new proof, since it was shown in this chat after one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from izin.answers import following as answers
from izin.answers import suggestions
from izin.applications import Application
from izin.errors import RegistryUnavailable
from izin.following import Subscription
from izin.ports import Following
from izin.replies import Choice, Reply
from izin.usecases.begin_following import BeginFollowing, has_future
from izin.usecases.check_status import CheckStatus
from izin.usecases.choose_followed import PART_OF_NUMBER, ChooseFollowed
from izin.usecases.dialogue import (
    Answer,
    Entity,
    StepResult,
    TurnInput,
)
from izin.usecases.following_words import FollowingWords, Wish
from izin.usecases.own_applications import in_order
from izin.usecases.private_chat import private_chat
from izin.usecases.tell_status import DRAFT
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording
from izin.words import words_of

_ASIDE = frozenset(
    {
        "batal", "tolak", "pamit", "koreksi", "menu_bantuan", "bot_identitas", "di_luar_topik",
        "nlu_fallback", "tanya_faq",
    }
)  # fmt: skip
"""What a lone "stop" or "what do I follow?" is understood as, when it is not as our own."""

MOST_STOP_WORDS = 4

RECENT = timedelta(hours=6)
"""So long after its status was shown an application is what "tell me of changes" means."""


@dataclass(frozen=True)
class Subscribe:
    """The dialogue of ``ubah_langganan``; it has a draft only while the proof is asked for."""

    status: CheckStatus
    following: Following
    normalise: Callable[[str], str]

    @property
    def wording(self) -> Wording:
        """Give the sentences."""
        return self.status.wording

    @cached_property
    def words(self) -> FollowingWords:
        """Give the reader of stop and list words."""
        return FollowingWords(self.wording, self.normalise)

    @cached_property
    def proof(self) -> CheckStatus:
        """Give the status dialogue that begins a subscription once the proof is given."""
        return replace(self.status, proven=self._proven)

    @property
    def begin(self) -> BeginFollowing:
        """Give who stores a new subscription."""
        return BeginFollowing(self.status, self.following)

    @property
    def choice(self) -> ChooseFollowed:
        """Give the open question which application to follow."""
        return ChooseFollowed(self.status)

    def start(self, turn: TurnInput) -> StepResult:
        """Do what was asked; only a first subscription without a proof takes further turns."""
        if turn.group:
            return StepResult("finished", (private_chat(turn, self.wording),))
        wish = self._wish(turn)
        self.choice.close(turn)
        if wish is Wish.STOP:
            return _finished(self._stop(turn))
        if wish is Wish.LIST:
            return _finished(self._list(turn))
        try:
            return self._follow(turn)
        except RegistryUnavailable:
            return self._down(turn)

    def step(self, turn: TurnInput) -> StepResult:
        """Take a number or a proof; "stop" and "what do I follow" are understood in between."""
        ours = turn.intent == answers.INTENT
        if self.choice.is_open(turn) and not (ours and self._wish(turn) is not Wish.FOLLOW):
            return self._choose(turn)
        if ours:
            return self.start(turn)
        return self._settled(turn, self.proof.step(turn))

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of the choice or the proof that is still needed."""
        if self.choice.is_open(turn):
            return self.choice.prompt(turn)
        return self.proof.prompt(turn)

    def aside(self, turn: TurnInput) -> Answer | None:
        """Answer what speaks of following although it was understood as something else.

        A lone "stop" ends the notices of a chat that gets some; "what do I follow?" lists them.
        """
        typed = turn.text and turn.metadata.get("kind") != "choice"
        if turn.group or not typed or turn.intent not in _ASIDE:
            return None
        wish = self.words.alone(turn.text)
        if wish is None and turn.intent == "batal" and self._stops_one(turn):
            wish = Wish.STOP
        if wish is None or (wish is Wish.STOP and not self._any(turn)):
            return None
        return Answer((self._stop(turn) if wish is Wish.STOP else self._list(turn),))

    def _stops_one(self, turn: TurnInput) -> bool:
        """Say whether a few words stop what they name ("stop yang slf")."""
        if len(words_of(turn.text)) > MOST_STOP_WORDS:
            return False
        followed = self.following.of_conversation(turn.conversation_id)
        return self.words.wish(turn.text) is Wish.STOP and bool(self._named(turn, followed))

    def _any(self, turn: TurnInput) -> bool:
        # The turn that stopped everything may run again after a crash and says the same then.
        ended = self.following.stop(turn.conversation_id, (), turn.turn_id, turn.now)
        return bool(ended or self.following.of_conversation(turn.conversation_id))

    def _wish(self, turn: TurnInput) -> Wish:
        step = turn.value("langkah")
        if step is not None:
            return {"berhenti": Wish.STOP, "daftar": Wish.LIST}.get(str(step), Wish.FOLLOW)
        return self.words.wish(turn.text)

    def _follow(self, turn: TurnInput) -> StepResult:
        number, phone = turn.value("nomor_permohonan"), turn.verified_phone
        if turn.value("langkah") == "ikuti" and number:
            return _finished(self._tapped(turn, str(number)))
        shown = None if number or turn.value("langkah") else self._just_shown(turn)
        if shown is not None:
            return _finished(self._tapped(turn, shown))
        if not number and phone:
            mine = self._of_phone(turn, phone)
            if turn.value("langkah") == "ikuti_semua" or len(mine) == 1:
                return _finished(self._all(turn, mine))
            if named := self.choice.named(turn, mine):
                return _finished(self._all(turn, named))
            if mine:
                return self.choice.ask(turn, in_order(mine))
        pending = self._draft.before(turn).get("number")
        if not number and pending:  # its status was just being asked for
            turn = replace(turn, entities=(*turn.entities, Entity("nomor_permohonan", pending)))
        asked = self._settled(turn, self.proof.start(turn))
        if asked.outcome != "consumed":
            return asked
        return StepResult(
            "consumed", (Reply(self.wording.say("following.need_proof")), *asked.replies)
        )

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.status.drafts, DRAFT)

    def _settled(self, turn: TurnInput, result: StepResult) -> StepResult:
        """Close the dialogue once the application is shown: then it is followed."""
        if result.outcome == "consumed" and self._draft.now(turn).get("shown"):
            return replace(result, outcome="finished")
        return result

    def _just_shown(self, turn: TurnInput) -> str | None:
        """Give the application whose status this chat has just seen, if its proof still holds."""
        state = self._draft.before(turn)
        number, at = state.get("shown"), state.get("at")
        if not number or not at or turn.now - datetime.fromisoformat(at) > RECENT:
            return None
        application = self.status.registry.find(str(number))
        owns = bool(application and application.phone and application.phone == turn.verified_phone)
        return str(number) if owns or not state.get("full") else None

    def _choose(self, turn: TurnInput) -> StepResult:
        """Take the answer to "which one?"."""
        if turn.metadata.get("kind") == "choice" and turn.intent == answers.INTENT:
            return self.start(turn)
        try:
            mine = self._of_phone(turn, turn.verified_phone) if turn.verified_phone else []
            if not mine and turn.intent == answers.INTENT:
                return self.start(turn)
        except RegistryUnavailable:
            return self._down(turn)
        chosen = self.choice.chosen(turn, mine)
        if not chosen:
            return self.choice.unclear(turn, in_order(mine))
        self.choice.close(turn)
        return _finished(self._all(turn, chosen))

    def _down(self, turn: TurnInput) -> StepResult:
        self.choice.close(turn)
        officer = (suggestions.officer(self.wording),)
        return _finished(Reply(self.wording.say("status.registry_down"), officer))

    def _of_phone(self, turn: TurnInput, phone: str) -> list[Application]:
        """Give the applications of the proven phone of which there will be news."""
        return [
            item
            for item in self.status.registry.of_phone(phone)
            if has_future(item, full=True) and not self._locked(turn, item.number)
        ]

    def _locked(self, turn: TurnInput, number: str) -> bool:
        return self.status.ledger.is_locked(number, turn.conversation_id, turn.now)

    def _tapped(self, turn: TurnInput, number: str) -> Reply:
        if self._locked(turn, number):
            return Reply(self.wording.say("status.locked"), (suggestions.officer(self.wording),))
        application = self.status.registry.find(number)
        if application is None:
            check = answers.check_choice(self.wording)
            return Reply(self.wording.say("following.gone"), (check,))
        full = bool(application.phone) and application.phone == turn.verified_phone
        return Reply(self.begin.follow(turn, application, full), self._after(turn, application))

    def _all(self, turn: TurnInput, mine: Sequence[Application]) -> Reply:
        if not mine:
            return answers.nothing_followed("following.none", self.wording)
        texts = [self.begin.follow(turn, application, full=True) for application in mine]
        if len(mine) == 1:
            return Reply(texts[0], self._after(turn, mine[0]))
        numbers = answers.joined([item.number for item in mine])
        text = self.wording.say("following.begun_all", numbers=numbers)
        return Reply(text, answers.manage_choices(self.wording))

    def _proven(self, turn: TurnInput, application: Application, full: bool, shown: Reply) -> Reply:
        """Begin the subscription that waited for the proof, under the status just shown."""
        text = self.begin.follow(turn, application, full)
        stop = self._after(turn, application)[:1]
        choices = (*stop, *answers.without_following(shown.choices))
        unique = tuple({choice.title: choice for choice in choices}.values())
        return replace(shown, text=f"{shown.text}\n\n{text}", choices=unique)

    def _stop(self, turn: TurnInput) -> Reply:
        followed = self.following.of_conversation(turn.conversation_id)
        wanted = self._named(turn, followed)
        ended = self.following.stop(turn.conversation_id, wanted, turn.turn_id, turn.now)
        if ended:
            return answers.stopped(ended, self.wording)
        if followed and wanted is not None:
            text = self.wording.say("following.not_followed")
            return Reply(text, answers.manage_choices(self.wording))
        return answers.nothing_followed("following.none_stop", self.wording)

    def _named(self, turn: TurnInput, followed: Sequence[Subscription]) -> list[str] | None:
        """Give the followed numbers a stop names, None when it names none and means all."""
        codes = [item.number for item in followed if self.choice.names(turn, item.permit_code)]
        if codes or turn.values("izin"):
            return codes
        number = turn.value("nomor_permohonan")
        parts = [str(number)] if number else PART_OF_NUMBER.findall(turn.text)
        if not parts:
            return None
        return [item.number for item in followed if any(part in item.number for part in parts)]

    def _list(self, turn: TurnInput) -> Reply:
        followed = self.following.of_conversation(turn.conversation_id)
        if not followed:
            return answers.nothing_followed("following.none", self.wording)
        return answers.followed_list(followed, self.wording)

    def _after(self, turn: TurnInput, application: Application) -> tuple[Choice, ...]:
        followed = self.following.of_conversation(turn.conversation_id)
        if any(item.number == application.number for item in followed):
            stop = answers.stop_choice(application.number, self.wording)
            listed, _, check = answers.manage_choices(self.wording)
            return (stop, listed, check)
        return (answers.check_choice(self.wording), suggestions.officer(self.wording))


def _finished(reply: Reply) -> StepResult:
    return StepResult("finished", (reply,))
