"""What a citizen does with a complaint after filing it: add, reopen, withdraw, rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from izin.answers.complaint_case import escalation_channels, promised_dates, step_choice
from izin.complaints import Complaint, Confidentiality, deadlines
from izin.ports import Catalogue, Complaints, Drafts, Escalations, OfficeBook
from izin.replies import Choice, Reply
from izin.usecases.complaint_reading import (
    LONGEST_STORY,
    STORY_WORDS,
    answers_another_question,
    has_words,
    is_cancel,
    is_done,
)
from izin.usecases.complaint_tickets import Tickets
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.rate_complaint import RateComplaint
from izin.usecases.tighten_complaint import fits, tighten
from izin.usecases.track_complaint import TrackComplaint
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording
from izin.words import words_of

DRAFT = "aduan_lanjutan"
STEPS = ("buka_lagi", "cabut", "rahasia", "tambah", "nilai")
"""In the order tried: "buka lagi, mau nambah bukti" wants it open first."""

MOST_LEVELS = 3
REASON = "complaint_reopened"

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FollowComplaint:
    """The dialogue on a filed complaint; its draft holds the ticket and what is asked."""

    catalogue: Catalogue
    office: OfficeBook
    complaints: Complaints
    drafts: Drafts
    escalations: Escalations
    wording: Wording

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    @property
    def _track(self) -> TrackComplaint:
        return TrackComplaint(self.catalogue, self.office, self.complaints, self.wording)

    @property
    def _rate(self) -> RateComplaint:
        return RateComplaint(self.complaints, self._draft, self.wording)

    def active(self, turn: TurnInput) -> bool:
        """Say whether an answer is awaited."""
        return bool(self._draft.before(turn))

    def wish(self, turn: TurnInput) -> str | None:
        """Give the step a message wants (one of ``STEPS``), or None."""
        step = turn.value("langkah")
        if step in STEPS:
            return str(step)
        if turn.value("nilai") and turn.metadata.get("kind") == "choice":
            return "nilai"
        for name in STEPS:
            if has_words(turn.text, self.wording.say(f"complaint.words_step_{name}")):
                return name
        return None

    def start(self, turn: TurnInput) -> StepResult:
        """Begin with the ticket and step a message names; without a step, tell the state."""
        self._draft.save(turn, {})
        step = self.wish(turn)
        tickets = Tickets(self.complaints)
        found = tickets.find(turn)
        if step is None or (found is None and tickets.named(turn)):
            return StepResult("finished", self._track.answer(turn).replies)
        if found:
            return self._do(turn, step, found)
        mine = list(self.complaints.of_conversation(turn.conversation_id))
        fitting = [item for item in mine if fits(item, step)]
        if not fitting and step == "rahasia" and mine:
            fitting = mine[:1]  # the newest tells that it is sealed, and stays so
        if len(fitting) == 1:
            return self._do(turn, step, fitting[0])
        if not fitting:
            return StepResult("finished", self._track.answer(turn).replies)
        choices = tuple(
            Choice(item.ticket, "cek_pengaduan", {"tiket": item.ticket, "langkah": step})
            for item in fitting[:9]
        )
        self._draft.save(turn, {"asking": "ticket", "step": step})
        text = self.wording.say("complaint.ask_which_ticket")
        return StepResult("consumed", (Reply(text, choices=choices),))

    def step(self, turn: TurnInput) -> StepResult:
        """Take the answer to what was asked."""
        state = self._draft.before(turn)
        asking = str(state.get("asking"))
        if is_cancel(turn):
            return self._finish(turn, "complaint.follow_dropped")
        if asking == "ticket":
            return self._which(turn, state)
        complaint = self.complaints.find(str(state.get("ticket")))
        if complaint is None:
            return self._finish(turn, "complaint.follow_dropped")
        answers: dict[str, Callable[[TurnInput, State, Complaint], StepResult]] = {
            "text": self._more, "reason": self._reason, "withdraw": self._withdraw,
            "score": self._rate.score, "comment": self._rate.comment,
        }  # fmt: skip
        tapped = turn.metadata.get("kind") == "choice" and turn.value("tiket")
        if tapped and (turn.value("langkah") or turn.value("nilai")):
            return self.start(turn)
        return answers[asking](turn, state, complaint)

    def prompt(self, turn: TurnInput) -> Reply:
        """Ask again for what is still open; once."""
        state = self._draft.before(turn)
        key = f"complaint.follow_ask_{state.get('asking')}"
        reminded = bool(state.get("reminded"))
        self._draft.save(turn, {**state, "reminded": True} if state else {})
        if reminded or not self.wording.has(key):
            return Reply(silent=True)
        return Reply(self.wording.say(key, ticket=state.get("ticket") or ""))

    def add_files(self, turn: TurnInput, ticket: str) -> Reply | None:
        """Add what came right after the ticket to it; None where it is closed by now."""
        complaint = self.complaints.find(ticket)
        if complaint is None or not complaint.is_open:
            return None
        if not self.complaints.owned_by(ticket, turn.conversation_id):
            return None
        self._store(turn, ticket)
        text = self.wording.say("complaint.added_after_ticket", ticket=ticket)
        return Reply(text, choices=self._after(ticket))

    def _do(self, turn: TurnInput, step: str, complaint: Complaint) -> StepResult:
        if step == "tambah":
            return self._begin_adding(turn, complaint)
        if step == "buka_lagi":
            return self._begin_reopening(turn, complaint)
        if step == "cabut":
            return self._begin_withdrawing(turn, complaint)
        if step == "rahasia":
            key, complaint = tighten(turn, complaint, self.complaints, self.wording)
            return self._tell(turn, complaint, key)
        return self._rate.begin(turn, complaint)

    def _which(self, turn: TurnInput, state: State) -> StepResult:
        found = Tickets(self.complaints).find(turn)
        if found:
            return self._do(turn, str(state["step"]), found)
        if turn.intent != "cek_pengaduan" and answers_another_question(
            turn, "ticket", self.wording
        ):
            return StepResult("interrupted")
        return StepResult("consumed", (Reply(self.wording.say("complaint.follow_ask_ticket")),))

    def _begin_adding(self, turn: TurnInput, complaint: Complaint) -> StepResult:
        ticket = complaint.ticket
        if not complaint.is_open:
            return self._tell(turn, complaint, "complaint.add_closed")
        self._draft.save(turn, {"asking": "text", "ticket": ticket})
        # "mau nambah keterangan ke tiket …: petugasnya dua orang" has said it already.
        told = len(words_of(turn.text)) > STORY_WORDS * 2 or turn.media_ids or turn.location
        if told:
            self._store(turn, ticket)
            return self._ask(turn, "complaint.added", ticket, self._done())
        return self._ask(turn, "complaint.follow_ask_text", ticket, self._done())

    def _more(self, turn: TurnInput, state: State, complaint: Complaint) -> StepResult:
        ticket = complaint.ticket
        if is_done(turn, self.wording) or turn.intent in ("tolak", "terima_kasih", "setuju"):
            self._draft.save(turn, {})
            text = self.wording.say("complaint.adding_done", ticket=ticket)
            return StepResult("finished", (Reply(text, choices=self._after(ticket)),))
        if not (turn.media_ids or turn.location or turn.text):
            return self._ask(turn, "complaint.follow_ask_text", ticket, self._done())
        if not turn.media_ids and answers_another_question(turn, "text", self.wording):
            return StepResult("interrupted")
        self._store(turn, ticket)
        self._draft.save(turn, {**state, "reminded": False})
        return self._ask(turn, "complaint.added", ticket, self._done())

    def _store(self, turn: TurnInput, ticket: str) -> None:
        words = [turn.text.strip()[:LONGEST_STORY]]
        if turn.location:
            place = f"{turn.location[0]:.5f}, {turn.location[1]:.5f}"
            words.append(self.wording.say("complaint.line_place", place=place))
        text = "\n".join(word for word in words if word)
        self.complaints.add(ticket, text, turn.media_ids, turn.turn_id, "add", turn.now)

    def _begin_reopening(self, turn: TurnInput, complaint: Complaint) -> StepResult:
        if complaint.is_open:
            return self._tell(turn, complaint, "complaint.reopen_is_open")
        if self._track.reopen_until(complaint, turn) is None:
            self._draft.save(turn, {})
            lines = [self.wording.say("complaint.reopen_too_late", ticket=complaint.ticket),
                     escalation_channels(self.office.office(), self.wording)]  # fmt: skip
            new = Choice(self.wording.say("complaint.choice.new"), "lapor_pengaduan")
            return StepResult("finished", (Reply("\n".join(lines), choices=(new,)),))
        self._draft.save(turn, {"asking": "reason", "ticket": complaint.ticket})
        return self._ask(turn, "complaint.follow_ask_reason", complaint.ticket, self._cancel())

    def _reason(self, turn: TurnInput, state: State, complaint: Complaint) -> StepResult:
        if answers_another_question(turn, "reason", self.wording):
            return StepResult("interrupted")
        brief = len(words_of(turn.text)) < 2
        if not turn.text or (brief and not state.get("tries")):
            self._draft.save(turn, {**state, "tries": 1})
            return self._ask(turn, "complaint.reason_short", complaint.ticket, self._cancel())
        today = turn.now.astimezone(self.office.office().zone).date()
        days = self.catalogue.complaint_classes()[complaint.class_code].resolve_working_days
        due = deadlines(today, days, self.office.calendar())
        reason = turn.text.strip()[:LONGEST_STORY]
        opened = self.complaints.reopen(
            complaint.ticket, reason, due, turn.turn_id, "reopen", turn.now
        )
        level = min(max(opened.reopened_times, 1), MOST_LEVELS)
        if opened.confidentiality is not Confidentiality.ANONYMOUS:
            key = f"{REASON}:{opened.ticket}:{opened.reopened_times}"
            self.escalations.open(turn.conversation_id, REASON, turn.now, key)
        self._draft.save(turn, {})
        text = self.wording.say(
            "complaint.reopened", ticket=opened.ticket,
            level=self.wording.say(f"complaint.ladder_{level}"),
            dates=promised_dates(opened, self.wording),
        )  # fmt: skip
        return StepResult("finished", (Reply(text, choices=self._after(opened.ticket)),))

    def _begin_withdrawing(self, turn: TurnInput, complaint: Complaint) -> StepResult:
        if not complaint.is_open:
            return self._tell(turn, complaint, "complaint.withdraw_closed")
        self._draft.save(turn, {"asking": "withdraw", "ticket": complaint.ticket})
        yes = Choice(self.wording.say("complaint.choice.withdraw_yes"), "setuju")
        no = Choice(self.wording.say("complaint.choice.withdraw_no"), "tolak")
        return self._ask(turn, "complaint.follow_ask_withdraw", complaint.ticket, (yes, no))

    def _withdraw(self, turn: TurnInput, state: State, complaint: Complaint) -> StepResult:
        if turn.intent == "tolak":
            return self._finish(turn, "complaint.follow_dropped")
        again = self.wish(turn) == "cabut"
        if turn.intent == "setuju" or again:
            complaint = self.complaints.withdraw(
                complaint.ticket, turn.turn_id, "withdraw", turn.now
            )
            return self._tell(turn, complaint, "complaint.withdrawn")
        if turn.intent != "cek_pengaduan" and answers_another_question(
            turn, "withdraw", self.wording
        ):
            return StepResult("interrupted")
        return self._ask(turn, "complaint.follow_ask_withdraw", complaint.ticket, ())

    def _tell(self, turn: TurnInput, complaint: Complaint, key: str) -> StepResult:
        """Finish with one sentence and where the complaint stands."""
        self._draft.save(turn, {})
        text = self.wording.say(key, ticket=complaint.ticket)
        state = self._track.state(complaint, turn)
        return StepResult("finished", (Reply(f"{text}\n\n{state.text}", choices=state.choices),))

    def _ask(
        self, turn: TurnInput, key: str, ticket: str, choices: tuple[Choice, ...]
    ) -> StepResult:
        text = self.wording.say(key, ticket=ticket)
        return StepResult("consumed", (Reply(text, choices=choices),))

    def _finish(self, turn: TurnInput, key: str) -> StepResult:
        self._draft.save(turn, {})
        return StepResult("finished", (Reply(self.wording.say(key)),))

    def _after(self, ticket: str) -> tuple[Choice, ...]:
        look = Choice(
            self.wording.say("complaint.choice.follow"), "cek_pengaduan", {"tiket": ticket}
        )
        return (look, step_choice("tambah", ticket, self.wording))

    def _done(self) -> tuple[Choice, ...]:
        title = self.wording.say("complaint.choice.done")
        return (Choice(title, "cek_pengaduan", {"langkah": "sudah"}),)

    def _cancel(self) -> tuple[Choice, ...]:
        return (Choice(self.wording.say("complaint.choice.cancel"), "batal"),)
