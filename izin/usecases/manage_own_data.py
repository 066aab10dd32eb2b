"""The dialogues in which a citizen has their data erased or corrected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from izin.answers import suggestions
from izin.answers.own_data import (
    choice,
    complaints_kept,
    moment_words,
    openly_filed,
    rights,
)
from izin.complaints import Complaint
from izin.ports import Drafts, OfficeBook, ProofLedger
from izin.privacy import RequestKind, RequestState
from izin.replies import Choice, Reply
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.privacy_reading import STEP, says_no, says_yes, wish_of, words_in
from izin.usecases.privacy_requests import RightsDesk
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording
from izin.words import words_of

DRAFT = "data_saya"
SURE = 0.6
"""Above this confidence another intent inside the dialogue is an interruption."""

SHORTEST_VALUE, LONGEST_VALUE = 5, 500
MOST_LISTED = 8
SHOWN_DIGITS = 4

SUBJECTS = ("complaint", "phone", "application", "other")
"""What can be corrected; the first whose words a message holds, buttons by the same names."""

_OWN_INTENTS = frozenset({"privasi", "setuju", "tolak", "koreksi", "kirim_kontak", "nlu_fallback"})
_WHOLE_NIK = re.compile(r"(?<!\d)\d{12}(?=\d{4}(?!\d))")
_TICKET = re.compile(r"(?i)\bADU-[0-9A-Z]{4}-[0-9A-Z]{2}\b")

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ManageOwnData:
    """Asks one thing at a time; what may be told only once lives in the request's ticket."""

    desk: RightsDesk
    office: OfficeBook
    drafts: Drafts
    ledger: ProofLedger
    wording: Wording

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def start(self, turn: TurnInput) -> StepResult:
        """Begin with what the message wants: erasing, else correcting."""
        words = set(words_of(turn.text))
        if wish_of(turn, self.wording) == "erase":
            everything = words & words_in(self.wording, "everything")
            if words & words_in(self.wording, "phone") and not everything:
                return self._phone(turn, {"asking": "phone"})
            return self._begin_erasure(turn)
        subject = self._subject_of(turn)
        if subject == "application" and words & words_in(self.wording, "instead"):
            return self._value(turn, {"asking": "value", "subject": subject})
        return self._subject(turn, subject)

    def step(self, turn: TurnInput) -> StepResult:
        """Take the answer to the open question, or leave the message to another action."""
        state = self._draft.before(turn)
        if not state:
            return StepResult("interrupted") if self._elsewhere(turn) else self.start(turn)
        if state["asking"] == "erase":
            return self._confirm(turn)
        return self._correct(turn, state)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask the open question again, once; repeating it only gets in the way."""
        state = self._draft.before(turn)
        if not state or state.get("reminded"):
            return Reply(silent=True)
        self._draft.save(turn, {**state, "reminded": True})
        return self._question(turn, state, again=True)

    def _begin_erasure(self, turn: TurnInput) -> StepResult:
        if self.ledger.is_locked("", turn.conversation_id, turn.now):
            # A lock that goes with the chat would protect nobody.
            return self._end(turn, "privacy.erase_locked", suggestions.officer(self.wording))
        self._draft.save(turn, {"asking": "erase"})
        return StepResult("consumed", (self._erasure_question(turn),))

    def _confirm(self, turn: TurnInput) -> StepResult:
        if turn.value(STEP) == "hapus_pasti" or says_yes(turn, self.wording, "erase"):
            request = self.desk.open(turn, RequestKind.ERASURE, RequestState.WORKING)
            self.desk.requests.begin_erasure(request.ticket)
            self._draft.save(turn, {})
            text = self.wording.say("privacy.erase_begun", ticket=request.ticket)
            return StepResult("finished", (Reply(text),))
        if says_no(turn, self.wording):
            return self._end(turn, "privacy.erase_cancelled", *rights(self.wording, "erase"))
        if turn.intent == "privasi" and (wish_of(turn, self.wording) == "erase"):
            return StepResult("consumed", (self._question(turn, {"asking": "erase"}, again=True),))
        if self._elsewhere(turn) or turn.intent == "privasi":
            return StepResult("interrupted")
        return StepResult("consumed", (self._question(turn, {"asking": "erase"}, again=True),))

    def _correct(self, turn: TurnInput, state: State) -> StepResult:
        if turn.intent == "batal" or (turn.intent == "tolak" and len(words_of(turn.text)) <= 3):
            return self._end(turn, "privacy.correct_cancelled", *rights(self.wording, "correct"))
        asking = state["asking"]
        if asking == "phone":
            return self._phone(turn, state)
        tapped = turn.value(STEP)
        if tapped in SUBJECTS:
            return self._subject(turn, str(tapped))
        if asking == "complaint":
            return self._which_complaint(turn, state)
        if asking == "which":
            subject = self._subject_of(turn)
            if subject is None and self._elsewhere(turn):
                return StepResult("interrupted")
            return self._subject(turn, subject, again=True)
        if self._interrupts_text(turn):
            return StepResult("interrupted")
        return self._value(turn, state)

    def _subject_of(self, turn: TurnInput) -> str | None:
        words = set(words_of(turn.text))
        if _TICKET.search(turn.text) or words & words_in(self.wording, "complaint"):
            return "complaint"
        if words & words_in(self.wording, "application") or turn.value("nomor_permohonan"):
            return "application"
        return "phone" if words & words_in(self.wording, "phone") else None

    def _subject(self, turn: TurnInput, subject: str | None, again: bool = False) -> StepResult:
        if subject is None:
            state: State = {"asking": "which"}
        elif subject == "phone":
            if turn.metadata.get("channel") == "whatsapp":
                self._draft.save(turn, {"asking": "which"})
                text = self.wording.say("privacy.correct_phone_whatsapp")
                return StepResult("consumed", (Reply(text, self._subject_choices("phone")),))
            state = {"asking": "phone"}
        elif subject == "complaint":
            return self._which_complaint(turn, {"asking": "complaint"})
        else:
            state = {"asking": "value", "subject": subject}
        self._draft.save(turn, state)
        return StepResult("consumed", (self._question(turn, state, again),))

    def _phone(self, turn: TurnInput, state: State) -> StepResult:
        if turn.metadata.get("channel") == "whatsapp":
            return self._subject(turn, "phone")
        words = set(words_of(turn.text))
        own_contact = turn.intent == "kirim_kontak" and turn.value("jenis") == "sendiri"
        if own_contact and turn.verified_phone:
            end = turn.verified_phone[-SHOWN_DIGITS:]
            request = self.desk.open(turn, RequestKind.CORRECTION, RequestState.DONE)
            text = self.wording.say("privacy.phone_changed", end=end, ticket=request.ticket)
            return self._close(turn, Reply(text, rights(self.wording, "correct")))
        if turn.value(STEP) == "lupakan_nomor" or words & words_in(self.wording, "erase"):
            if not self.desk.own.forget_phone(turn.conversation_id) and not turn.verified_phone:
                return self._end(turn, "privacy.no_phone", *rights(self.wording, "correct"))
            request = self.desk.open(turn, RequestKind.CORRECTION, RequestState.DONE)
            text = self.wording.say("privacy.phone_forgotten", ticket=request.ticket)
            return self._close(turn, Reply(text, rights(self.wording, "correct")))
        if turn.value(STEP) in SUBJECTS:
            return self._subject(turn, str(turn.value(STEP)))
        if self._elsewhere(turn):
            return StepResult("interrupted")
        return StepResult("consumed", (self._question(turn, state, again=True),))

    def _which_complaint(self, turn: TurnInput, state: State) -> StepResult:
        typed = _TICKET.search(turn.text)
        named = str(turn.value("tiket") or (typed.group() if typed else "")).upper()
        found = self._own_complaint(turn, named) if named else None
        mine = [item for item in self._openly(turn) if item.is_open]
        if found is None and not named and len(mine) == 1 and not state.get("asked"):
            found = mine[0]
        if found is not None and found.is_open:
            state = {"asking": "value", "subject": "complaint", "ticket": found.ticket}
            self._draft.save(turn, state)
            return StepResult("consumed", (self._question(turn, state),))
        if not named and state.get("asked") and self._elsewhere(turn):
            return StepResult("interrupted")
        self._draft.save(turn, {"asking": "complaint", "asked": True})
        return StepResult("consumed", (self._question(turn, {"asking": "complaint"}),))

    def _value(self, turn: TurnInput, state: State) -> StepResult:
        value = _WHOLE_NIK.sub("*" * 12, turn.text.strip())
        if not SHORTEST_VALUE <= len(value) <= LONGEST_VALUE:
            return StepResult("consumed", (self._question(turn, state, again=True),))
        if state["subject"] == "complaint":
            ticket = state["ticket"]
            note = self.wording.say("privacy.complaint_note", text=value)
            self.desk.complaints.add(ticket, note, (), turn.turn_id, "perbaikan", turn.now)
            details = {"pengaduan": ticket}
            request = self.desk.open(turn, RequestKind.CORRECTION, RequestState.DONE, details)
            text = self.wording.say(
                "privacy.complaint_corrected", ticket=ticket, request=request.ticket
            )
            return self._close(turn, Reply(text, rights(self.wording, "correct")))
        details = {"datum": state["subject"], "isi": value}
        request = self.desk.open(turn, RequestKind.CORRECTION, details=details)
        due = moment_words(request.due_at, self.office.office().zone, self.wording)
        text = self.wording.say("privacy.correct_sent", ticket=request.ticket, **due)
        choices = (choice("list", "daftar", self.wording), suggestions.officer(self.wording))
        return self._close(turn, Reply(text, choices))

    def _question(self, turn: TurnInput, state: State, again: bool = False) -> Reply:
        say, cancel = self.wording.say, self._cancel()
        asking = state["asking"]
        if asking == "erase":
            return Reply(say("privacy.erase_again"), self._erasure_choices())
        if asking == "which":
            key = "privacy.correct_which_again" if again else "privacy.correct_which"
            return Reply(say(key), self._subject_choices())
        if asking == "phone":
            return Reply(say("privacy.correct_phone_telegram"), ask_contact=True)
        if asking == "complaint":
            mine = [item for item in self._openly(turn) if item.is_open][:MOST_LISTED]
            key = "privacy.correct_complaint_which" if mine else "privacy.correct_complaint_none"
            tickets = [
                Choice(item.ticket, "privasi", {STEP: "perbaiki", "tiket": item.ticket})
                for item in mine
            ]
            return Reply(say(key), (*tickets, cancel))
        if again:
            return Reply(say("privacy.correct_what_again", most=LONGEST_VALUE), (cancel,))
        if state["subject"] == "complaint":
            text = say("privacy.correct_complaint_what", ticket=state["ticket"])
            return Reply(text, (cancel,))
        return Reply(say("privacy.correct_what"), (cancel,))

    def _erasure_question(self, turn: TurnInput) -> Reply:
        kept = complaints_kept(self._openly(turn), self.wording)
        text = self.wording.say("privacy.erase_ask", complaints=kept)
        return Reply(text, self._erasure_choices())

    def _erasure_choices(self) -> tuple[Choice, ...]:
        yes = choice("yes_erase", "hapus_pasti", self.wording)
        return (yes, self._cancel(), choice("copy", "salin", self.wording))

    def _subject_choices(self, *without: str) -> tuple[Choice, ...]:
        offered = [name for name in SUBJECTS if name not in without]
        return (*(choice(name, name, self.wording) for name in offered), self._cancel())

    def _cancel(self) -> Choice:
        return Choice(self.wording.say("privacy.choice.cancel"), "batal")

    def _openly(self, turn: TurnInput) -> list[Complaint]:
        return openly_filed(self.desk.complaints.of_conversation(turn.conversation_id))

    def _own_complaint(self, turn: TurnInput, ticket: str) -> Complaint | None:
        if not self.desk.complaints.owned_by(ticket, turn.conversation_id):
            return None
        return self.desk.complaints.find(ticket)

    def _elsewhere(self, turn: TurnInput) -> bool:
        if turn.intent == "di_luar_topik" and "?" not in turn.text:
            return False  # nonsense is often taken for it
        return turn.intent not in _OWN_INTENTS and turn.confidence >= SURE

    def _interrupts_text(self, turn: TurnInput) -> bool:
        """Say whether a message is no datum: a tapped button, a file, or a clear question."""
        if turn.metadata.get("kind") == "choice" or not turn.text:
            return True
        return self._elsewhere(turn) and "?" in turn.text

    def _end(self, turn: TurnInput, key: str, *choices: Choice) -> StepResult:
        return self._close(turn, Reply(self.wording.say(key), choices))

    def _close(self, turn: TurnInput, reply: Reply) -> StepResult:
        self._draft.save(turn, {})
        return StepResult("finished", (reply,))
