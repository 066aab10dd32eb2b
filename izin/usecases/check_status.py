"""Tells a citizen where an application stands, after proof.

Proof: the channel's verified phone equals the applicant's (full status), or the last four
NIK digits (stage, unit, days, expected date and names of missing documents only). Unknown
numbers and wrong proofs get the same answer; five wrong proofs lock the number in all
chats, and the chat, for 24 hours, and alert the registered phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from izin.answers.status import StatusView, status_reply
from izin.applications import Application
from izin.errors import RegistryUnavailable
from izin.ports import Catalogue, Drafts, Notices, OfficeBook, ProofLedger, Registry
from izin.replies import Choice, Reply
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

DRAFT = "status"
NUMBER_EXAMPLE = "503/0123/PBG/2026"
MOST_CHOICES = 9
SURE = 0.6
"""Above this confidence another intent inside the dialogue is an interruption."""

SENTENCE_WORDS = 3

_STAY = frozenset({"cek_status", "setuju", "koreksi", "kirim_kontak"})
_UNCERTAIN = frozenset({"nlu_fallback", "di_luar_topik"})
_LEAVE = frozenset({"batal", "tolak"})
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SIXTEEN_DIGITS = re.compile(r"(?<!\d)\d{16}(?!\d)")
_NUMBER_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.\-]*\d[A-Za-z0-9/.\-]*")


Proven = Callable[[TurnInput, Application, bool, Reply], Reply]
"""Takes a proven application, whether its full status may be told, and the status reply;
gives the reply to send instead."""


@dataclass(frozen=True, slots=True)
class CheckStatus:
    """The status dialogue; its draft holds the application number alone.

    ``proven`` is set by a dialogue that only needs the proof and goes on from there.
    """

    registry: Registry
    catalogue: Catalogue
    office: OfficeBook
    ledger: ProofLedger
    drafts: Drafts
    notices: Notices
    wording: Wording
    proven: Proven | None = None

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def start(self, turn: TurnInput) -> StepResult:
        """Begin: with a number in the message, the verified phone's own, or by asking."""
        if turn.group:
            return self._finish(turn, "status.group")
        self._draft.save(turn, {})
        try:
            number = turn.value("nomor_permohonan")
            if number:
                return self._check(turn, str(number))
            if turn.verified_phone:
                return self._own(turn, turn.verified_phone)
        except RegistryUnavailable:
            return self._down(turn)
        return self._ask_number(turn, "status.ask_number")

    def step(self, turn: TurnInput) -> StepResult:
        """Take a number or a proof; anything else clearly meant is an interruption."""
        if turn.intent in _LEAVE:
            return self._finish(turn, "status.cancelled")
        if turn.intent == "cek_status" and turn.metadata.get("kind") == "choice":
            return self.start(turn)
        number = self._number(turn)
        proof = self._proof(turn)
        typed = turn.value("nomor_permohonan")
        try:
            if typed and str(typed) != number:
                return self._check(turn, str(typed))
            if number and turn.verified_phone and turn.intent == "kirim_kontak":
                return self._check(turn, number)
            if number and proof:
                return self._prove(turn, number, proof)
            if self._interrupts(turn):
                return StepResult("interrupted")
            if number:
                return StepResult("consumed", (self._say(turn, "status.not_four_digits"),))
            if turn.verified_phone and turn.intent == "kirim_kontak":
                return self._own(turn, turn.verified_phone)
            match = _NUMBER_LIKE.search(turn.text)
            if match:
                return self._check(turn, match.group().upper())
        except RegistryUnavailable:
            return self._down(turn)
        return self._ask_number(turn, "status.ask_number_again")

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of what is still needed; once, since repeating it only gets in the way."""
        state = self._draft.before(turn)
        number = state.get("number")
        reminded = bool(state.get("reminded"))
        self._draft.save(turn, {**state, "reminded": True})
        if reminded:
            return Reply(silent=True)
        if number:
            return self._say(turn, "status.ask_proof_again", number=number)
        return self._say(turn, "status.ask_number_again")

    def _check(self, turn: TurnInput, number: str) -> StepResult:
        application = self._resolve(number)
        key = application.number if application else number
        if self.ledger.is_locked(key, turn.conversation_id, turn.now):
            return self._finish(turn, "status.locked")
        if application and application.phone and application.phone == turn.verified_phone:
            return self._show(turn, application, full=True)
        self._draft.save(turn, {"number": number})
        offer_contact = turn.metadata.get("channel") == "telegram" and not turn.verified_phone
        wording_key = "status.ask_proof_or_contact" if offer_contact else "status.ask_proof"
        reply = self._say(turn, wording_key, number=number)
        if offer_contact:
            reply = Reply(reply.text, ask_contact=True)
        return StepResult("consumed", (reply,))

    def _prove(self, turn: TurnInput, number: str, proof: str) -> StepResult:
        application = self._resolve(number)
        key = application.number if application else number
        locked = self.ledger.is_locked(key, turn.conversation_id, turn.now)
        warned = self._full_nik_warning(turn)
        right = application and application.nik_last4 and application.nik_last4 == proof
        if application and right and not locked:
            shown = self._show(turn, application, full=False)
            return StepResult(shown.outcome, (*warned, *shown.replies))
        # Asked even while locked: the turn that caused the lock may be running again after a
        # crash, and its alert is still owed. Nothing new is counted then.
        if self.ledger.record_failure(key, turn.conversation_id, turn.turn_id, turn.now):
            self._alert(turn, application)
            locked = True
        if locked:
            return self._finish(turn, "status.locked")
        return StepResult("consumed", (*warned, self._say(turn, "status.no_match")))

    def _alert(self, turn: TurnInput, application: Application | None) -> None:
        if application and application.phone:
            alert = Reply(self.wording.say("status.lock_alert"))
            self.notices.push_to_phone(application.phone, alert, f"lock:{turn.turn_id}", turn.now)

    def _own(self, turn: TurnInput, phone: str) -> StepResult:
        found = self.registry.of_phone(phone)
        if not found:
            return self._ask_number(turn, "status.none_for_phone")
        mine = [
            item
            for item in found
            if not self.ledger.is_locked(item.number, turn.conversation_id, turn.now)
        ]
        if not mine:
            return self._finish(turn, "status.locked")
        if len(mine) == 1:
            return self._show(turn, mine[0], full=True)
        labels = self.catalogue.status_labels()
        lines = [self.wording.say("status.choose", count=len(mine))]
        choices = []
        for place, application in enumerate(mine[:MOST_CHOICES], start=1):
            permit = self.catalogue.permit(application.permit_code)
            lines.append(
                self.wording.say(
                    "status.choose_line",
                    place=place,
                    number=application.number,
                    permit=permit.short_name if permit else application.permit_code,
                    status=labels.get(application.status, application.stage),
                )
            )
            choices.append(
                Choice(application.number, "cek_status", {"nomor_permohonan": application.number})
            )
        return StepResult("consumed", (Reply("\n".join(lines), choices=tuple(choices)),))

    def _show(self, turn: TurnInput, application: Application, full: bool) -> StepResult:
        self._draft.save(turn, {})
        office = self.office.office()
        labels = self.catalogue.status_labels()
        view = StatusView(
            application=application,
            permit=self.catalogue.permit(application.permit_code),
            status_label=labels.get(application.status, application.status.value),
            full=full,
            now=turn.now,
            zone=office.zone,
        )
        reply = status_reply(view, self.office.calendar(), self.wording)
        if self.proven is not None:
            reply = self.proven(turn, application, full, reply)
        return StepResult("finished", (reply,))

    def _resolve(self, number: str) -> Application | None:
        exact = self.registry.find(number)
        if exact is not None:
            return exact
        alike = self.registry.find_like(number)
        # Several similar numbers count as unknown: saying so would tell which ones exist.
        return alike[0] if len(alike) == 1 else None

    def _number(self, turn: TurnInput) -> str | None:
        return self._draft.before(turn).get("number")

    def _proof(self, turn: TurnInput) -> str | None:
        nik = turn.value("nik")
        if nik:
            return str(nik)[-4:]
        whole = _SIXTEEN_DIGITS.search(turn.text)
        if whole:
            return whole.group()[-4:]
        if turn.value("nomor_permohonan"):
            return None
        four = _FOUR_DIGITS.findall(turn.text)
        return four[-1] if four else None

    def _full_nik_warning(self, turn: TurnInput) -> tuple[Reply, ...]:
        sent = turn.value("nik") or _SIXTEEN_DIGITS.search(turn.text)
        return (Reply(self.wording.say("status.full_nik_sent")),) if sent else ()

    def _interrupts(self, turn: TurnInput) -> bool:
        if turn.intent in _UNCERTAIN:
            # A sentence without any digit is neither a number nor a proof.
            words = turn.text.split()
            return len(words) >= SENTENCE_WORDS and not any(map(str.isdigit, turn.text))
        return turn.intent not in _STAY and turn.confidence >= SURE

    def _ask_number(self, turn: TurnInput, key: str) -> StepResult:
        return StepResult("consumed", (self._say(turn, key),))

    def _finish(self, turn: TurnInput, key: str) -> StepResult:
        self._draft.save(turn, {})
        return StepResult("finished", (self._say(turn, key),))

    def _down(self, turn: TurnInput) -> StepResult:
        return self._finish(turn, "status.registry_down")

    def _say(self, turn: TurnInput, key: str, **parameters: object) -> Reply:
        cancel = Choice(self.wording.say("status.choice.cancel"), "batal")
        officer = Choice(self.wording.say("status.choice.officer"), "minta_petugas")
        other = Choice(self.wording.say("status.choice.other"), "cek_status")
        choices: dict[str, tuple[Choice, ...]] = {
            "status.ask_proof": (other, cancel),
            "status.ask_proof_again": (other, cancel),
            "status.not_four_digits": (other, cancel),
            "status.ask_number": (cancel,),
            "status.ask_number_again": (cancel,),
            "status.none_for_phone": (cancel,),
            "status.no_match": (other, officer, cancel),
            "status.registry_down": (officer,),
            "status.locked": (officer,),
        }
        if "example" not in parameters:
            parameters["example"] = NUMBER_EXAMPLE
        return Reply(self.wording.say(key, **parameters), choices=choices.get(key, ()))
