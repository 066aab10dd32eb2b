"""Sends a complaint that the citizen has confirmed, and says what the office owes for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from izin.answers.complaint_case import acknowledgement
from izin.complaints import (
    TICKET_ALPHABET,
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    deadlines,
    ticket_number,
)
from izin.errors import Conflict
from izin.ports import Catalogue, Complaints, Drafts, OfficeBook
from izin.replies import Reply
from izin.usecases.complaint_facts import State
from izin.usecases.complaint_intake import Intake
from izin.usecases.dialogue import TurnInput
from izin.wording import Wording

LAST_TICKET = "aduan_terakhir"
"""Draft that names the ticket of this chat to which a file sent right afterwards belongs."""

TICKET_TRIES = 5


def random_indexes() -> list[int]:
    """Give six indexes of a new ticket that cannot be guessed."""
    return [secrets.randbelow(len(TICKET_ALPHABET)) for _ in range(6)]


@dataclass(frozen=True, slots=True)
class SendComplaint:
    """Files a draft, once for each turn."""

    catalogue: Catalogue
    office: OfficeBook
    complaints: Complaints
    drafts: Drafts
    wording: Wording
    random_indexes: Callable[[], list[int]]

    def send(self, turn: TurnInput, state: State, intake: Intake) -> Reply:
        """File the complaint and give its acknowledgement.

        Raises:
            Conflict: No free ticket number was drawn.
        """
        category = intake.category(state)
        complaint_class = self.catalogue.complaint_classes()[category.class_code]
        due = deadlines(
            intake.today(turn), complaint_class.resolve_working_days, self.office.calendar()
        )
        permit = intake.permit(state)
        complaint = Complaint(
            ticket="",
            category=category.code,
            class_code=category.class_code,
            story=self._story(state),
            place=state.get("place") or "",
            confidentiality=Confidentiality(state["confidentiality"]),
            state=ComplaintState.RECEIVED,
            filed_at=turn.now,
            deadlines=due,
            owner=category.owner,
            conversation_id=turn.conversation_id,
            permit_code=permit.code if permit else None,
            application_number=state.get("number"),
            media_ids=tuple(state.get("media", ())),
            events=(ComplaintEvent(turn.now, "received"),),
            occurred_on=date.fromisoformat(state["day"]) if state.get("day") else None,
        )
        filed = self._file(turn, complaint)
        self._remember(turn, filed)
        return acknowledgement(
            filed, category, complaint_class, permit, self.office.office(), self.wording,
            since=bool(state.get("since")),
        )  # fmt: skip

    def _remember(self, turn: TurnInput, filed: Complaint) -> None:
        """Remember the ticket for files that follow; a draft must not lead to a sealed one."""
        if filed.confidentiality is not Confidentiality.NORMAL:
            self.drafts.drop(turn.conversation_id, LAST_TICKET)
            return
        document: dict[str, Any] = {"ticket": filed.ticket, "at": turn.now.isoformat()}
        self.drafts.put(turn.conversation_id, LAST_TICKET, document)

    def _file(self, turn: TurnInput, complaint: Complaint) -> Complaint:
        for _ in range(TICKET_TRIES):
            try:
                numbered = replace(complaint, ticket=ticket_number(self.random_indexes()))
                return self.complaints.file(numbered, turn.turn_id, "file")
            except Conflict:
                continue  # the number is taken: draw another
        raise Conflict("no free ticket number")

    def _story(self, state: State) -> str:
        """Give the story, with the time in the citizen's words where it is no single day."""
        if not state.get("when"):
            return str(state["story"])
        return f"{state['story']}\n{self.wording.say('complaint.line_when', when=state['when'])}"
