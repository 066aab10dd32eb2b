"""Tells a citizen where an application stands, after proof, and answers what is asked on.

Proof: the channel's verified phone equals the applicant's (full status), or the last four
NIK digits (stage, unit, days, expected date and names of missing documents only). Unknown
numbers and wrong proofs get the same answer; five wrong proofs lock the number in all
chats, and the chat, for 24 hours, and alert the registered phone.

Once a status is shown the dialogue is over, but questions on the same application
("kurangnya apa?", "kok lama?", "yang kedua?") need neither number nor proof for a while.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from izin.answers.status import OTHER_NUMBER
from izin.errors import RegistryUnavailable
from izin.ports import Catalogue, Drafts, Notices, OfficeBook, ProofLedger, Registry
from izin.replies import Reply
from izin.usecases.dialogue import Answer, Entity, StepResult, TurnInput
from izin.usecases.open_tasks import TASKS, OpenTasks
from izin.usecases.own_applications import OwnApplications
from izin.usecases.recent_pace import RecentPace
from izin.usecases.status_proof import StatusProof
from izin.usecases.status_reading import StatusReading
from izin.usecases.tell_status import DRAFT, Proven, State, TellStatus
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

__all__ = ["DRAFT", "REMEMBERED", "SUPPOSED", "CheckStatus"]

REMEMBERED = timedelta(hours=6)
"""So long after it was shown an application may be asked on without a new proof; a session
ends after the same pause."""

AWAITED = timedelta(days=3)
"""So long the digits asked for are taken as the proof, even after the session has ended."""

SUPPOSED = timedelta(minutes=15)
"""So long a short question that names nothing is supposed to be about it."""

_NUMBER_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.\-]*\d[A-Za-z0-9/.\-]*")
_LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class CheckStatus:
    """The status dialogue; its draft holds application numbers alone.

    ``proven`` is set by a dialogue that only needs the proof and goes on from there;
    ``normalise`` gives a text in standard words; ``pace`` how long permits take lately.
    """

    registry: Registry
    catalogue: Catalogue
    office: OfficeBook
    ledger: ProofLedger
    drafts: Drafts
    notices: Notices
    wording: Wording
    proven: Proven | None = None
    normalise: Callable[[str], str] = str.casefold
    pace: RecentPace | None = None

    def start(self, turn: TurnInput) -> StepResult:
        """Begin: with a number in the message, the verified phone's own, or by asking.

        A question on an application shown a short while ago needs neither.
        """
        if turn.group:
            return self._tell.finish(turn, "status.group")
        state = self._remembered(turn)
        self._tell.save(turn, {})
        try:
            return self._begin(turn, state)
        except RegistryUnavailable:
            return self._tell.finish(turn, "status.registry_down")

    def step(self, turn: TurnInput) -> StepResult:
        """Take a number, a proof or a choice; leave anything else to its own action."""
        if turn.group:
            return self._tell.finish(turn, "status.group")
        state = self._draft.before(turn)
        try:
            if self._reading.gives_up(turn):
                return self._tell.finish(turn, "status.cancelled")
            if state.get("list") and (chosen := self._mine.chosen(turn, state)):
                return chosen
            if turn.intent == "cek_status" and turn.metadata.get("kind") == "choice":
                return self.start(turn)
            if state.get("number"):
                return self._take_proof(turn, str(state["number"]))
            return self._take_number(turn, state)
        except RegistryUnavailable:
            return self._tell.finish(turn, "status.registry_down")

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of what is still needed; once, since repeating it only gets in the way."""
        state = self._draft.before(turn)
        reminded = bool(state.get("reminded"))
        self._tell.save(turn, {**state, "reminded": True})
        if reminded or state.get("shown"):
            return Reply(silent=True)
        if state.get("number"):
            return self._tell.say("status.ask_proof_again", number=state["number"])
        if state.get("list"):
            return self._tell.say("status.choose_again")
        return self._tell.say("status.ask_number_again")

    def aside(self, turn: TurnInput) -> Answer | None:
        """Answer a question on the application just shown, whatever it was understood as.

        None when nothing was shown lately, or the message is about something else.
        """
        if turn.group or not turn.text or turn.metadata.get("kind") == "choice":
            return None
        if (proven := self._late_proof(turn)) is not None:
            return proven
        if turn.open_form is None and self._reading.means_status(turn):
            begun = self.start(turn)
            opens = DRAFT if begun.outcome == "consumed" else None
            return Answer(begun.replies, begun.slots, opens)
        state = self._lately(turn)
        if not state:
            return None
        try:
            result = self._asked_on(turn, state)
        except RegistryUnavailable:
            if turn.intent == "lapor_pengaduan":
                return None  # a complaint never waits for the registry
            return Answer((self._tell.say("status.registry_down"),))
        return Answer(result.replies, result.slots) if result else None

    def blamed(self, turn: TurnInput) -> TurnInput | None:
        """Give the turn of a complaint with the application just shown; None if it is none.

        A long story says itself what it is about.
        """
        state = self._lately(turn)
        if not state.get("shown") or self._reading.is_long(turn) or self._reading.numbers(turn):
            return None
        try:
            application = self._proof.find(str(state["shown"]))
        except RegistryUnavailable:
            return None
        if application is None or self._reading.names_another(turn, application):
            return None
        facts = self._tell.complaint_facts(turn, application).items()
        known = tuple(Entity(name, value) for name, value in facts)
        return replace(turn, entities=(*turn.entities, *known))

    def _lately(self, turn: TurnInput) -> State:
        """Give the state while a message that names nothing is supposed to be about it."""
        if turn.group or not turn.text or turn.metadata.get("kind") == "choice":
            return {}
        state = self._remembered(turn)
        recent = state and turn.now - datetime.fromisoformat(state["at"]) <= SUPPOSED
        return state if recent else {}

    def _late_proof(self, turn: TurnInput) -> Answer | None:
        """Take the digits that come a day later, when the form was closed with its session."""
        state = self._draft.before(turn)
        if not state.get("number") or not state.get("asked_at") or turn.open_form is not None:
            return None
        asked_at = datetime.fromisoformat(state["asked_at"])
        if turn.now - asked_at > AWAITED or not self._reading.is_bare_proof(turn):
            return None
        result = self.step(turn)
        opens = "status" if result.outcome == "consumed" else None
        if opens is None:
            OpenTasks(self.drafts, TASKS.values()).closed(turn, DRAFT)
        return Answer(result.replies, result.slots, opens)

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    @property
    def _proof(self) -> StatusProof:
        return StatusProof(self.registry, self.ledger, self.notices, self.wording)

    @property
    def _reading(self) -> StatusReading:
        return StatusReading(self.wording, self.normalise)

    @property
    def _mine(self) -> OwnApplications:
        return OwnApplications(self.registry, self._proof, self._reading, self._tell)

    @property
    def _tell(self) -> TellStatus:
        return TellStatus(
            self.catalogue, self.office, self.drafts, self.wording, self.proven, self.pace
        )

    def _begin(self, turn: TurnInput, state: State) -> StepResult:
        reading = self._reading
        if numbers := reading.numbers(turn):
            return self._check(turn, numbers)
        if turn.value("langkah") == OTHER_NUMBER or reading.words.says(turn.text, "other"):
            return self._mine.another(turn)
        if state and (asked := self._asked_on(turn, state)):
            return asked
        typed = turn.metadata.get("kind") != "choice"
        if state.get("shown") and typed and (self.proven or not turn.verified_phone):
            return self._again(turn, state, ())
        if turn.verified_phone:
            return self._mine.show(turn, turn.verified_phone)
        return self._tell.ask_number(turn)

    def _asked_on(self, turn: TurnInput, state: State) -> StepResult | None:
        """Take a question on the application shown before, or a choice from its list."""
        reading = self._reading
        if reading.numbers(turn):
            return None
        chooses = bool(state.get("list")) and reading.may_choose(turn)
        if not chooses and turn.intent != "setuju" and not reading.topics(turn):
            return None  # nothing of it is asked: the registry is not troubled
        shown = state.get("shown")
        application = self._proof.find(str(shown)) if shown else None
        other = application is not None and reading.names_another(turn, application)
        asks = "" if other or not reading.topics(turn) else str(shown or "")
        if reading.may_choose(turn) and (
            chosen := self._mine.chosen(turn, state, of_permit_only=other, asks_on=asks)
        ):
            return chosen
        if application is None or other or turn.metadata.get("kind") == "choice":
            return None
        if topics := reading.topics(turn):
            explained = turn.intent == "lapor_pengaduan" and set(topics) <= set(
                state.get("told", ())
            )
            return None if explained else self._again(turn, state, topics)
        number = application.number
        if turn.intent == "setuju" and not self._proof.locked(turn, number, application):
            full = self._proof.owns(turn, application)
            return self._tell.complaint_offer(turn, application, full, state)
        return None

    def _again(self, turn: TurnInput, state: State, topics: Sequence[str]) -> StepResult:
        """Tell of the application shown before, read anew and with its proof still good."""
        number = str(state["shown"])
        application = self._proof.find(number)
        if self._proof.locked(turn, number, application):
            return self._tell.finish(turn, "status.locked")
        owns = self._proof.owns(turn, application)
        if application is None or (state.get("full") and not owns):
            return self._check(turn, [number])
        if topics and self.proven is None:
            return self._tell.follow_up(turn, application, owns, topics, state)
        return self._tell.status(turn, application, owns, state)

    def _remembered(self, turn: TurnInput) -> State:
        """Give the state while what was shown may still be asked on, else nothing."""
        state = self._draft.before(turn)
        if not state.get("at"):
            return {}
        age = turn.now - datetime.fromisoformat(state["at"])
        return state if timedelta(0) <= age <= REMEMBERED else {}

    def _take_proof(self, turn: TurnInput, number: str) -> StepResult:
        reading = self._reading
        numbers = reading.numbers(turn)
        if numbers and numbers != [number]:
            return self._check(turn, numbers)
        if turn.verified_phone and turn.intent == "kirim_kontak":
            return self._check(turn, [number])
        if digits := self._proof.digits(turn):
            return self._prove(turn, number, digits)
        if reading.is_item(turn):
            return self._tell.ask("status.item_for_proof", number=number)
        if reading.has_forgotten(turn):
            return self._tell.ask("status.proof_unknown")
        if reading.interrupts(turn):
            return StepResult("interrupted")
        return self._tell.ask("status.not_four_digits")

    def _take_number(self, turn: TurnInput, state: State) -> StepResult:
        reading = self._reading
        if numbers := reading.numbers(turn):
            return self._check(turn, numbers)
        if turn.verified_phone and turn.intent == "kirim_kontak":
            return self._mine.show(turn, turn.verified_phone)
        if reading.is_item(turn):
            return self._tell.ask("status.item_for_number")
        if reading.has_forgotten(turn):
            return self._tell.help_without_number(turn)
        if reading.interrupts(turn):
            return StepResult("interrupted")
        if state.get("list"):
            return self._tell.ask("status.choose_again")
        if match := _NUMBER_LIKE.search(turn.text):
            return self._check(turn, [match.group().upper()[:_LONGEST_NUMBER]])
        return self._tell.ask("status.not_a_number" if turn.text else "status.ask_number_again")

    def _check(self, turn: TurnInput, numbers: Sequence[str]) -> StepResult:
        """Show what the phone owns; ask for the proof of the first that it does not."""
        found = [(number, self._proof.find(number)) for number in dict.fromkeys(numbers)]
        open_ones = [
            item
            for number, item in found
            if item and self._proof.owns(turn, item) and not self._proof.locked(turn, number, item)
        ]
        if len(open_ones) == len(found) > 1:
            return self._tell.summary(turn, open_ones, 0)
        (number, application), *rest = found
        if self._proof.locked(turn, number, application):
            return self._tell.finish(turn, "status.locked")
        if application and self._proof.owns(turn, application):
            return self._tell.status(turn, application, True, {})
        queue = [other for other, _ in rest]
        asked_at = turn.now.isoformat()
        self._tell.save(turn, {"number": number, "queue": queue, "asked_at": asked_at})
        if not rest and turn.values("nomor_permohonan") and (digits := self._proof.digits(turn)):
            return self._prove(turn, number, digits)
        return self._tell.ask_proof(turn, number)

    def _prove(self, turn: TurnInput, number: str, digits: str) -> StepResult:
        warned = self._proof.warning(turn)
        verdict, application = self._proof.judge(turn, number, digits)
        if verdict == "locked":
            return self._tell.finish(turn, "status.locked")
        if application is None:
            return StepResult("consumed", (*warned, self._tell.say("status.no_match")))
        queue = list(self._draft.before(turn).get("queue") or ())
        shown = self._tell.status(turn, application, False, {})
        if not queue or self.proven:
            return replace(shown, replies=(*warned, *shown.replies))
        following = self._check(turn, queue)
        return replace(following, replies=(*warned, *shown.replies, *following.replies))
