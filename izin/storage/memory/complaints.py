"""Filed complaints, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from izin.complaints import Complaint, Confidentiality
from izin.errors import Conflict
from izin.storage.memory.conversations import ConversationData
from izin.storage.text import storable


class MemoryComplaints:
    """The port ``Complaints``; ``data`` is shared with the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def file(self, complaint: Complaint, turn_id: str, step: str) -> Complaint:
        """Store a new complaint once; gives the stored one."""
        key = f"{turn_id}:{step}"
        with self.data.lock:
            earlier = self.data.complaint_keys.get(key)
            if earlier is not None:
                return self.data.complaints[earlier]
            if complaint.ticket in self.data.complaints:
                raise Conflict(f"ticket {complaint.ticket} is taken")
            stored = replace(
                complaint, story=storable(complaint.story), place=storable(complaint.place)
            )
            if complaint.confidentiality is Confidentiality.ANONYMOUS:
                stored = replace(stored, conversation_id=None)
                for media_id in complaint.media_ids:  # the files must not lead back either
                    if media_id in self.data.media:
                        self.data.media[media_id].conversation_id = None
            self.data.complaints[stored.ticket] = stored
            self.data.complaint_keys[key] = stored.ticket
            return stored

    def find(self, ticket: str) -> Complaint | None:
        """Give the complaint with this ticket, or None."""
        with self.data.lock:
            return self.data.complaints.get(ticket)

    def of_conversation(self, conversation_id: str) -> Sequence[Complaint]:
        """Give the complaints filed in a conversation, newest first."""
        with self.data.lock:
            mine = [
                item
                for item in self.data.complaints.values()
                if item.conversation_id == conversation_id
            ]
        return sorted(mine, key=lambda item: item.filed_at, reverse=True)
