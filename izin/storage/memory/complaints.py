"""Filed complaints, in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from izin.complaints import Complaint, Confidentiality, Deadlines
from izin.errors import Conflict, NotFound
from izin.storage import complaint_steps as steps
from izin.storage.memory.conversations import ConversationData

Change = Callable[[Complaint], Complaint]


class MemoryComplaints:
    """The port ``Complaints``; ``data`` is shared with the conversation side.

    Sealed complaints and their evidence lie apart from the others, as in the database.
    """

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def file(self, complaint: Complaint, turn_id: str, step: str) -> Complaint:
        """Store a new complaint once; gives the stored one."""
        key = f"{turn_id}:{step}"
        with self.data.lock:
            earlier = self.data.complaint_keys.get(key)
            if earlier is not None:
                return self.known(earlier)
            if self._shelf(complaint.ticket) is not None:
                raise Conflict(f"ticket {complaint.ticket} is taken")
            stored = steps.as_filed(complaint)
            if steps.is_sealed(stored.confidentiality):
                self.data.sealed_complaints[stored.ticket] = stored
                self.data.filed_by[stored.ticket] = complaint.conversation_id or ""
                self._take_evidence(complaint.media_ids)
            else:
                self.data.complaints[stored.ticket] = stored
            self.data.complaint_keys[key] = stored.ticket
            return stored

    def find(self, ticket: str) -> Complaint | None:
        """Give the complaint with this ticket, or None."""
        with self.data.lock:
            shelf = self._shelf(ticket)
            return None if shelf is None else shelf[ticket]

    def of_conversation(self, conversation_id: str) -> Sequence[Complaint]:
        """Give the complaints filed in a conversation, newest first, never anonymous ones."""
        with self.data.lock:
            mine = [
                item
                for shelf in (self.data.complaints, self.data.sealed_complaints)
                for item in shelf.values()
                if item.conversation_id == conversation_id
            ]
        return sorted(mine, key=lambda item: item.filed_at, reverse=True)

    def owned_by(self, ticket: str, conversation_id: str) -> bool:
        """Say whether this chat filed the ticket, also for an anonymous one."""
        with self.data.lock:
            complaint = self.find(ticket)
            if complaint is None:
                return False
            if complaint.confidentiality is not Confidentiality.ANONYMOUS:
                return complaint.conversation_id == conversation_id
            chats = [conversation_id]
            chats += [old for old, new in self.data.earlier_chats.items() if new == conversation_id]
            return self.data.filed_by[ticket] in chats

    def add(
        self,
        ticket: str,
        text: str,
        media_ids: Sequence[str],
        turn_id: str,
        step: str,
        now: datetime,
    ) -> Complaint:
        """Store what the citizen adds, once."""
        with self.data.lock:
            changed = self._change(
                ticket,
                turn_id,
                step,
                lambda item: steps.added(item, text, media_ids, now, self.data.office_hours),
            )
            if steps.is_sealed(changed.confidentiality):
                self._take_evidence(media_ids)
            return changed

    def reopen(
        self,
        ticket: str,
        reason: str,
        new_deadlines: Deadlines,
        turn_id: str,
        step: str,
        now: datetime,
    ) -> Complaint:
        """Open a closed complaint again with new dates, once."""
        return self._change(
            ticket, turn_id, step, lambda item: steps.reopened(item, reason, new_deadlines, now)
        )

    def withdraw(self, ticket: str, turn_id: str, step: str, now: datetime) -> Complaint:
        """Close an open complaint for its complainant, once."""
        return self._change(ticket, turn_id, step, lambda item: steps.withdrawn(item, now))

    def rate(
        self, ticket: str, score: int, comment: str, turn_id: str, step: str, now: datetime
    ) -> Complaint:
        """Store a rating with its reason, once."""
        return self._change(
            ticket, turn_id, step, lambda item: steps.rated(item, score, comment, now)
        )

    def make_confidential(self, ticket: str, turn_id: str, step: str, now: datetime) -> Complaint:
        """Seal an ordinary complaint with its evidence, once."""
        with self.data.lock:
            return self._change(
                ticket, turn_id, step, lambda item: steps.made_confidential(item, now)
            )

    def put(self, before: Complaint, after: Complaint) -> None:
        """Store what became of a complaint; one made confidential is sealed."""
        ticket = after.ticket
        was, is_now = (steps.is_sealed(item.confidentiality) for item in (before, after))
        shelf = self.data.sealed_complaints if is_now else self.data.complaints
        shelf[ticket] = after
        if is_now and not was:
            del self.data.complaints[ticket]
            self.data.filed_by[ticket] = after.conversation_id or ""
            added = (media_id for item in after.additions for media_id in item.media_ids)
            self._take_evidence([*after.media_ids, *added])

    def _change(self, ticket: str, turn_id: str, step: str, change: Change) -> Complaint:
        key = f"{turn_id}:{step}"
        with self.data.lock:
            before = self.known(ticket)
            if self.data.complaint_keys.get(key) == ticket:
                return before
            after = steps.as_changed(before, change(before))
            self.put(before, after)
            self.data.complaint_keys[key] = ticket
            return after

    def known(self, ticket: str) -> Complaint:
        """Give a complaint, whoever may read it (NotFound if unknown)."""
        found = self.find(ticket)
        if found is None:
            raise NotFound(f"ticket {ticket}")
        return found

    def _shelf(self, ticket: str) -> dict[str, Complaint] | None:
        for shelf in (self.data.complaints, self.data.sealed_complaints):
            if ticket in shelf:
                return shelf
        return None

    def _take_evidence(self, media_ids: Sequence[str]) -> None:
        for media_id in media_ids:
            record = self.data.media.pop(media_id, None)
            if record is not None:
                record.conversation_id = None
                self.data.sealed_media[media_id] = record
