"""A citizen asks for a human: an honest place or date, and the message is taken.

The request stands once, however often it is asked for. What the citizen then writes is left
for the officer, unless it clearly is a new question to the assistant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from izin.answers import suggestions
from izin.answers.duration import due_words
from izin.answers.office_hours import opening_words
from izin.complaints import FIRST_RESPONSE_WORKING_DAYS
from izin.office import DueDate, OfficeHours
from izin.officers import Waiting, asks_for_bot, place_of, waiting_time
from izin.ports import Drafts, Escalations, OfficeBook, Officers
from izin.replies import Choice, Reply
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.officer_reading import (
    Normalise,
    asks_standing,
    is_new_question,
    says_more,
    tells_officer,
    words_in,
)
from izin.usecases.private_chat import private_chat
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording

REASON = "minta_petugas"
DRAFT = "petugas"
COMPLAINT_DRAFT = "pengaduan"
BACK = "ke_bot"
"""Value of ``langkah`` of the button that leads back to the assistant."""

SHORT_FAREWELL_WORDS = 8

_FAREWELLS = frozenset({"terima_kasih", "pamit", "tolak"})
_WORDLESS = frozenset({"kirim_lain"})


@dataclass(frozen=True, slots=True)
class AskOfficer:
    """The dialogue of a citizen who waits for an officer."""

    office: OfficeBook
    escalations: Escalations
    officers: Officers
    drafts: Drafts
    wording: Wording
    normalise: Normalise = str.casefold

    @property
    def _draft(self) -> TurnDraft:
        return TurnDraft(self.drafts, DRAFT)

    def start(self, turn: TurnInput) -> StepResult:
        """Open the conversation to an officer, once; say what will happen and when.

        The first response is promised within the 3 working days of UU 25/2009 Ps. 44.
        """
        if turn.group:
            return StepResult("finished", (private_chat(turn, self.wording),))
        own = self._own(turn)
        new = own is None or self._draft.now(turn).get("new") == turn.turn_id
        if own is None:
            question = str(turn.slots.get("pertanyaan") or "")
            self.escalations.open(
                turn.conversation_id,
                REASON,
                turn.now,
                f"{turn.turn_id}:{REASON}",
                note=question,
                respond_by=self._promise(turn.now).day,
            )
        told = self._take(turn) and says_more(turn, self.normalise)
        earlier = self._draft.before(turn)
        state = {"told": told or bool(earlier.get("told")), "at": turn.now.isoformat()}
        self._draft.save(turn, {**state, "new": turn.turn_id if new else None})
        first = self.wording.say("officers.noted") if new else self._still(turn, own)
        lines = [f"{first} {self._standing(turn)}"]
        lines.append(self.wording.say("officers.taken" if told else "officers.ask_message"))
        return StepResult("consumed", (self._reply("\n".join(lines), told=told),))

    def step(self, turn: TurnInput) -> StepResult:
        """Take a message for the officer, the end of it, or leave it to another action."""
        state = self._draft.before(turn)
        if not state:
            return self.start(turn) if turn.intent == REASON else StepResult("interrupted")
        if asks_for_bot(turn.text) or turn.value("langkah") == BACK:
            return self._finish(turn, "officers.back_while_waiting")
        # "gak usah deh" before anything was left for the officer takes the wish itself back.
        never_mind = turn.intent == "tolak" and not state.get("told")
        if turn.intent == "batal" or never_mind:
            self.officers.withdraw(turn.conversation_id, REASON, turn.now)
            return self._finish(turn, "officers.withdrawn")
        if self._own(turn) is None:
            # An officer has served the citizen meanwhile, or nothing is open any more.
            self._draft.save(turn, {})
            return self.start(turn) if turn.intent == REASON else StepResult("interrupted")
        if turn.intent == REASON and not tells_officer(turn, self.wording, self.normalise):
            return self.start(turn)
        if asks_standing(turn, self.wording, self.normalise):
            return self._message(turn, state, standing=True)
        if self._says_goodbye(turn):
            return self._finish(turn, "officers.done" if state.get("told") else "officers.waiting")
        last_at = datetime.fromisoformat(str(state["at"]))
        if turn.media_ids:
            return self._message(turn, state)  # a file is for the officer, whatever is said of it
        if is_new_question(turn, last_at, self.wording, self.normalise):
            return StepResult("interrupted")
        return self._message(turn, state)

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind once that the request still stands."""
        state = self._draft.before(turn)
        if not state or state.get("reminded") or self._own(turn) is None:
            return Reply(silent=True)
        self._draft.save(turn, {**state, "reminded": True})
        return Reply(self.wording.say("officers.still_waiting"))

    def _message(
        self, turn: TurnInput, state: dict[str, Any], standing: bool = False
    ) -> StepResult:
        told = bool(state.get("told"))
        now = {**state, "at": turn.now.isoformat(), "new": None}
        short = len(words_in(turn.text)) <= SHORT_FAREWELL_WORDS
        if standing or (turn.intent in ("sapa", "kasar") and short):
            self._draft.save(turn, now)
            text = f"{self._standing(turn)}\n{self.wording.say('officers.ask_message')}"
            return StepResult("consumed", (self._reply(text, told=told),))
        if turn.intent == "setuju" or turn.intent in _WORDLESS or not self._take(turn):
            self._draft.save(turn, now)
            key = "officers.words_please" if turn.intent in _WORDLESS else "officers.go_on"
            return StepResult("consumed", (self._reply(self.wording.say(key), told=told),))
        self._draft.save(turn, {**now, "told": True})
        key = "officers.taken_more" if told else "officers.taken"
        return StepResult("consumed", (self._reply(self.wording.say(key), told=True),))

    def _take(self, turn: TurnInput) -> bool:
        """Leave the message for the officer if it says anything; gives whether it does."""
        says = turn.text.strip() or turn.media_ids or turn.location
        if not says and not turn.intent.startswith("kirim_"):
            return False
        self.officers.leave_message(turn.conversation_id, turn.turn_id)
        return True

    def _says_goodbye(self, turn: TurnInput) -> bool:
        few = len(words_in(turn.text)) <= SHORT_FAREWELL_WORDS
        return turn.intent in _FAREWELLS and few and not turn.media_ids

    def _own(self, turn: TurnInput) -> Waiting | None:
        """Give what waits in this chat by the citizen's own wish."""
        for item in self.officers.waiting():
            if item.conversation_id == turn.conversation_id and REASON in item.reasons:
                return item
        return None

    def _standing(self, turn: TurnInput) -> str:
        """Say what the citizen can expect: a place and a time, or who is missing and a date."""
        say = self.wording.say
        office = self.office.office()
        hours = OfficeHours(office, self.office.calendar())
        when = self._date(turn)
        closing = hours.closing(turn.now)
        if closing is not None:
            present = len(self.officers.present(turn.now))
            place = place_of(turn.conversation_id, self.officers.waiting())
            if present and place:
                return self._place(turn.now, place, present, closing, when)
            return say("officers.nobody", date=when)
        opening = hours.next_opening(turn.now)
        if opening is None:
            return say("officers.no_hours", date=when)
        opens = opening_words(opening, turn.now, self.wording)
        return say("officers.closed", opens=opens, date=when)

    def _place(self, now: datetime, place: int, present: int, closing: datetime, when: str) -> str:
        say = self.wording.say
        wait = waiting_time(place, present, self.officers.handling_times(now))
        if wait is None:
            return say("officers.place", place=place, date=when)
        minutes = int(wait / timedelta(minutes=1))
        text = say("officers.place_and_time", place=place, minutes=minutes)
        if now + wait < closing:
            return text
        closes = self.wording.time(closing, self.office.office().zone)
        return f"{text} {say('officers.may_close', time=closes, date=when)}"

    def _still(self, turn: TurnInput, own: Waiting | None) -> str:
        """Say that the request stands, and own up to a promise that was not kept."""
        promised = own.respond_by if own else None
        if promised is not None and promised < self._today(turn.now):
            return self.wording.say("officers.overdue", date=self.wording.date(promised))
        return self.wording.say("officers.again")

    def _date(self, turn: TurnInput) -> str:
        """Give the date of the first response: the one promised before, unless it is over."""
        own = self._own(turn)
        promised = own.respond_by if own else None
        if promised is not None and promised >= self._today(turn.now):
            return self.wording.date(promised)
        return due_words(self._promise(turn.now), self.wording)

    def _promise(self, now: datetime) -> DueDate:
        calendar = self.office.calendar()
        return calendar.add_working_days(self._today(now), FIRST_RESPONSE_WORKING_DAYS)

    def _today(self, now: datetime) -> date:
        return now.astimezone(self.office.office().zone).date()

    def _finish(self, turn: TurnInput, key: str) -> StepResult:
        self._draft.save(turn, {})
        when = self._date(turn)
        menu = suggestions.menu(self.wording, {REASON})[:3]
        resume = self._unfinished_complaint(turn)
        return StepResult("finished", (Reply(self.wording.say(key, date=when), (*resume, *menu)),))

    def _unfinished_complaint(self, turn: TurnInput) -> tuple[Choice, ...]:
        """Offer to go on with a complaint that the request for a human had interrupted."""
        document = self.drafts.get(turn.conversation_id, COMPLAINT_DRAFT) or {}
        if not document.get("now"):
            return ()
        return (Choice(self.wording.say("officers.choice_complaint"), "lapor_pengaduan"),)

    def _reply(self, text: str, *, told: bool) -> Reply:
        end = Choice(self.wording.say("officers.choice_done"), "tolak")
        drop = Choice(self.wording.say("officers.choice_withdraw"), "batal")
        return Reply(text, (end, drop) if told else (drop,))
