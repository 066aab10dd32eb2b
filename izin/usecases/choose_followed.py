"""Asks which of a citizen's applications to follow, and reads the answer, tapped or typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from izin.answers.following import INTENT, which_application
from izin.answers.suggestions import menu
from izin.applications import Application
from izin.replies import Reply
from izin.usecases.check_status import CheckStatus
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.own_applications import choose
from izin.usecases.status_reading import StatusReading
from izin.usecases.turn_draft import TurnDraft
from izin.words import words_of

DRAFT = "langganan"
PART_OF_NUMBER = re.compile(r"[A-Za-z0-9/\-]*\d{3,}[A-Za-z0-9/\-]*")
_LEAVE = frozenset({"batal", "tolak"})


@dataclass(frozen=True, slots=True)
class ChooseFollowed:
    """The open question "which one?"; its draft holds application numbers alone."""

    status: CheckStatus

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.status.drafts, DRAFT)

    def ask(self, turn: TurnInput, mine: Sequence[Application]) -> StepResult:
        """Ask which of these applications."""
        self._draft.save(turn, {"list": [item.number for item in mine]})
        return StepResult("consumed", (self._question(mine),))

    def named(self, turn: TurnInput, mine: Sequence[Application]) -> list[Application]:
        """Give those whose permit or part of whose number the message names."""
        codes = {item.permit_code for item in mine if self.names(turn, item.permit_code)}
        parts = PART_OF_NUMBER.findall(turn.text)
        return [
            item
            for item in mine
            if item.permit_code in codes or any(part in item.number for part in parts)
        ]

    def names(self, turn: TurnInput, permit_code: str) -> bool:
        """Say whether the message names the permit, if only by a word of its short name."""
        if permit_code in turn.values("izin"):
            return True
        return bool(self._words(permit_code) & set(words_of(turn.text)))

    def _words(self, permit_code: str) -> set[str]:
        permit = self.status.catalogue.permit(permit_code)
        name = f"{permit_code.replace('_', ' ')} {permit.short_name if permit else ''}"
        return set(words_of(name)) - set(self.status.wording.say("following.words_generic").split())

    def _only_names(self, turn: TurnInput, listed: Sequence[Application]) -> bool:
        """Say whether the message holds nothing but a name ("yg parkir aja")."""
        words = set(words_of(self.status.normalise(turn.text)))
        words -= set(self.status.wording.say("following.words_filler").split())
        known = [self._words(item.permit_code) for item in listed]
        generic = set(self.status.wording.say("following.words_generic").split())
        return bool(words) and any(words <= names | generic for names in known)

    def is_open(self, turn: TurnInput) -> bool:
        """Say whether the question waits for an answer."""
        return bool(self._draft.before(turn).get("list"))

    def close(self, turn: TurnInput) -> None:
        """Forget the question."""
        if self._draft.before(turn):
            self._draft.save(turn, {})

    def chosen(self, turn: TurnInput, mine: Sequence[Application]) -> Sequence[Application]:
        """Give what the message chooses, of the applications still the citizen's own."""
        numbers = list(self._draft.before(turn).get("list") or ())
        by_number = {item.number: item for item in mine}
        listed = [by_number[number] for number in numbers if number in by_number]
        typed = [item for item in listed if item.number in turn.values("nomor_permohonan")]
        if typed or not listed:
            return typed
        reading = StatusReading(self.status.wording, self.status.normalise)
        sure = turn.intent == INTENT or self._only_names(turn, listed)
        if not sure and not reading.may_choose(turn):
            return ()
        if named := self.named(turn, listed):
            return named
        found = choose(turn, listed, len(listed), reading.words)
        if found is None:
            return ()
        return listed if found.all_in_short or found.more else found.applications

    def unclear(self, turn: TurnInput, mine: Sequence[Application]) -> StepResult:
        """Leave the question, leave the message to its own action, or ask again."""
        if turn.intent in _LEAVE:
            self._draft.save(turn, {})
            reply = Reply(
                self.status.wording.say("following.not_begun"), menu(self.status.wording)[:4]
            )
            return StepResult("finished", (reply,))
        reading = StatusReading(self.status.wording, self.status.normalise)
        # Our own intent has no other action: leaving it to one would begin this form again.
        elsewhere = turn.intent == "cek_status" or reading.interrupts(turn) or not mine
        if elsewhere and turn.intent != INTENT:
            return StepResult("interrupted")
        return self.ask(turn, mine)

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of the question once."""
        state = self._draft.now(turn)
        reminded = bool(self._draft.before(turn).get("reminded"))
        self._draft.save(turn, {**state, "reminded": True})
        if reminded:
            return Reply(silent=True)
        return Reply(self.status.wording.say("following.which_again"))

    def _question(self, mine: Sequence[Application]) -> Reply:
        catalogue = self.status.catalogue
        permits = {item.permit_code: catalogue.permit(item.permit_code) for item in mine}
        labels = catalogue.status_labels()
        return which_application(mine, permits, labels, self.status.wording)
