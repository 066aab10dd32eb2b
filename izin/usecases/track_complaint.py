"""Tells a citizen where a complaint stands, by ticket or as "my complaints"."""

from __future__ import annotations

from dataclasses import dataclass

from izin.answers.complaint import state_reply
from izin.complaints import Complaint
from izin.ports import Catalogue, Complaints, OfficeBook
from izin.replies import Choice, Reply
from izin.usecases.dialogue import Answer, TurnInput
from izin.wording import Wording

MOST_LISTED = 9


@dataclass(frozen=True, slots=True)
class TrackComplaint:
    """Follows complaints up. The ticket itself is the key: it cannot be guessed."""

    catalogue: Catalogue
    office: OfficeBook
    complaints: Complaints
    wording: Wording

    def answer(self, turn: TurnInput) -> Answer:
        """Give the state of the ticket named, or of the complaints filed in this chat."""
        if turn.group:
            return Answer((Reply(self.wording.say("complaint.group")),))
        ticket = turn.value("tiket")
        if ticket:
            complaint = self.complaints.find(str(ticket).upper())
            if complaint is None:
                return Answer((self._unknown(str(ticket)),))
            return Answer((self._state(complaint),))
        mine = list(self.complaints.of_conversation(turn.conversation_id))
        if not mine:
            return Answer((self._none(),))
        if len(mine) == 1:
            return Answer((self._state(mine[0]),))
        return Answer((self._list(mine),))

    def _state(self, complaint: Complaint) -> Reply:
        labels = {item.code: item.label for item in self.catalogue.complaint_categories()}
        label = labels.get(complaint.category, complaint.category)
        return state_reply(complaint, label, self.office.office(), self.wording)

    def _list(self, mine: list[Complaint]) -> Reply:
        lines = [self.wording.say("complaint.mine_title")]
        choices = []
        for complaint in mine[:MOST_LISTED]:
            state = self.wording.say(f"complaint.state.{complaint.state.value}")
            lines.append(
                self.wording.say("complaint.mine_line", ticket=complaint.ticket, state=state)
            )
            choices.append(Choice(complaint.ticket, "cek_pengaduan", {"tiket": complaint.ticket}))
        return Reply("\n".join(lines), choices=tuple(choices))

    def _unknown(self, ticket: str) -> Reply:
        officer = Choice(self.wording.say("complaint.choice.officer"), "minta_petugas")
        text = self.wording.say("complaint.unknown_ticket", ticket=ticket[:20])
        return Reply(text, choices=(officer,))

    def _none(self) -> Reply:
        new = Choice(self.wording.say("complaint.choice.new"), "lapor_pengaduan")
        return Reply(self.wording.say("complaint.none"), choices=(new,))
