"""Tells a citizen where a complaint stands, by ticket or as "my complaints"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from izin.answers.complaint_case import complaint_list, state_reply
from izin.complaints import Complaint
from izin.ports import Catalogue, Complaints, OfficeBook
from izin.replies import Choice, Reply
from izin.usecases.complaint_tickets import Tickets
from izin.usecases.dialogue import Answer, TurnInput
from izin.wording import Wording

REOPEN_WORKING_DAYS = 10
"""So long after closing a complaint may be opened again (reopening rules of the office)."""


@dataclass(frozen=True, slots=True)
class TrackComplaint:
    """Follows complaints up, in the chat that filed them."""

    catalogue: Catalogue
    office: OfficeBook
    complaints: Complaints
    wording: Wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the state of the ticket named, or of the complaints filed in this chat."""
        if turn.group:
            return Answer((Reply(self.wording.say("complaint.group")),))
        tickets = Tickets(self.complaints)
        found = tickets.find(turn)
        if found:
            return Answer((self.state(found, turn),))
        if named := tickets.named(turn):
            return Answer((self.unknown(named),))
        mine = list(self.complaints.of_conversation(turn.conversation_id))
        if not mine:
            return Answer((self.none(),))
        if len(mine) == 1:
            return Answer((self.state(mine[0], turn),))
        return Answer((complaint_list(mine, self.wording),))

    def state(self, complaint: Complaint, turn: TurnInput) -> Reply:
        """Give where a complaint stands, with what can be done about it."""
        labels = {item.code: item.label for item in self.catalogue.complaint_categories()}
        label = labels.get(complaint.category, complaint.category)
        until = self.reopen_until(complaint, turn)
        return state_reply(complaint, label, self.office.office(), until, self.wording)

    def reopen_until(self, complaint: Complaint, turn: TurnInput) -> date | None:
        """Give the last day a closed complaint may be opened again; None when it may not."""
        if complaint.is_open or complaint.closed_at is None:
            return None
        zone, calendar = self.office.office().zone, self.office.calendar()
        closed = complaint.closed_at.astimezone(zone).date()
        until = calendar.add_working_days(closed, REOPEN_WORKING_DAYS).day
        return until if turn.now.astimezone(zone).date() <= until else None

    def unknown(self, ticket: str) -> Reply:
        """Say that this chat has no such ticket; the same for one of somebody else."""
        officer = Choice(self.wording.say("complaint.choice.officer"), "minta_petugas")
        text = self.wording.say("complaint.unknown_ticket", ticket=ticket[:20])
        return Reply(text, choices=(officer,))

    def none(self) -> Reply:
        """Say that nothing was filed here openly."""
        new = Choice(self.wording.say("complaint.choice.new"), "lapor_pengaduan")
        return Reply(self.wording.say("complaint.none"), choices=(new,))
