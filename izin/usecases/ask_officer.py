"""A citizen asks for a human: the message is taken and an honest date given."""

from __future__ import annotations

from izin.answers.duration import due_words
from izin.answers.office_hours import opening_words
from izin.complaints import FIRST_RESPONSE_WORKING_DAYS
from izin.office import OfficeHours
from izin.ports import Escalations, OfficeBook
from izin.replies import Reply
from izin.usecases.dialogue import Answer, TurnInput
from izin.usecases.private_chat import private_chat
from izin.wording import Wording

REASON = "minta_petugas"


class AskOfficer:
    """Opens the conversation to an officer and says what will happen when."""

    def __init__(self, office: OfficeBook, escalations: Escalations, wording: Wording) -> None:
        """Take the office's hours and calendar, the officers' queue and the wording."""
        self._office = office
        self._escalations = escalations
        self._wording = wording

    def answer(self, turn: TurnInput) -> Answer:
        """Open the conversation once per turn; say when somebody answers.

        The first response is promised within the 3 working days of UU 25/2009 Ps. 44.
        """
        if turn.group:
            return Answer((private_chat(turn, self._wording),))
        question = str(turn.slots.get("pertanyaan") or "")
        self._escalations.open(
            turn.conversation_id, REASON, turn.now, f"{turn.turn_id}:{REASON}", note=question
        )
        return Answer((Reply(self._text(turn)),))

    def _text(self, turn: TurnInput) -> str:
        say = self._wording.say
        office, calendar = self._office.office(), self._office.calendar()
        hours = OfficeHours(office, calendar)
        today = turn.now.astimezone(office.zone).date()
        due = calendar.add_working_days(today, FIRST_RESPONSE_WORKING_DAYS)
        date = due_words(due, self._wording)
        if not hours.is_open(turn.now):
            following = hours.next_opening(turn.now)
            if following is None:
                return say("social.officer_no_hours", date=date)
            opens = opening_words(following, turn.now, self._wording)
            return say("social.officer_closed", opens=opens, date=date)
        if self._escalations.officer_present(turn.now):
            return say("social.officer_present", date=date)
        return say("social.officer_absent", date=date)
