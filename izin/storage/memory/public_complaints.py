"""Ordinary complaints as the public may see them, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from izin.complaint_states import ENDED
from izin.complaints import Complaint
from izin.public_complaints import PublicComplaint, PublicFilter
from izin.storage.memory.conversations import ConversationData


class MemoryPublicComplaints:
    """``izin.ports.PublicComplaints`` over the shared tables."""

    def __init__(self, data: ConversationData) -> None:
        """Take the shared tables."""
        self._data = data

    def find(self, wanted: PublicFilter) -> Sequence[PublicComplaint]:
        """Give complaints, newest first."""
        found = [item for item in self._data.complaints.values() if self._fits(item, wanted)]
        found.sort(key=lambda item: item.ticket)
        found.sort(key=lambda item: item.filed_at, reverse=True)
        return [_public(item) for item in found[wanted.offset : wanted.offset + wanted.limit]]

    def _fits(self, item: Complaint, wanted: PublicFilter) -> bool:
        chat = self._data.conversations.get(item.conversation_id or "")
        if not wanted.simulated and chat is not None and chat.address.namespace != "live":
            return False
        if wanted.tickets:
            return item.ticket in wanted.tickets
        return (
            (not wanted.categories or item.category in wanted.categories)
            and (wanted.since is None or item.filed_at >= wanted.since)
            and (wanted.until is None or item.filed_at <= wanted.until)
            and (wanted.open is None or wanted.open == (item.state not in ENDED))
        )


def _public(item: Complaint) -> PublicComplaint:
    moments = [item.filed_at, *(event.at for event in item.events)]
    if item.closed_at:
        moments.append(item.closed_at)
    return PublicComplaint(
        item.ticket, item.category, item.state not in ENDED, item.filed_at, max(moments),
        item.deadlines.decision.day, item.place, item.unit,
    )  # fmt: skip
