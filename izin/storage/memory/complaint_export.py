"""Complaints for other systems, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from izin.complaint_export import ExportRow
from izin.complaints import Complaint
from izin.storage.memory.conversations import ConversationData

_ANSWERS = ("answered", "asked", "resolved", "closed")


class MemoryComplaintExport:
    """The port ``ComplaintExport`` over the shared tables."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def rows(
        self,
        since: datetime,
        until: datetime,
        unit: str | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 500,
    ) -> Sequence[ExportRow]:
        """Give complaints filed in a span of time, the oldest first."""
        found = [
            item
            for item in self.data.complaints.values()
            if since <= item.filed_at < until
            and unit in (None, item.unit)
            and (after is None or (item.filed_at, item.ticket) > after)
            and self._chat(item)[1] == "live"
        ]
        found.sort(key=lambda item: (item.filed_at, item.ticket))
        return [self._row(item) for item in found[:limit]]

    def _row(self, item: Complaint) -> ExportRow:
        told = [event for event in item.events if event.kind in _ANSWERS]
        return ExportRow(
            ticket=item.ticket,
            filed_at=item.filed_at,
            class_code=item.class_code,
            category=item.category,
            unit=item.unit,
            place=item.place,
            occurred_on=item.occurred_on,
            story=item.story,
            state=item.state,
            channel=self._chat(item)[0],
            followed_at=told[-1].at if told else None,
            follow_up=(item.closing.text if item.closing else "")
            or (told[-1].text if told else ""),
        )

    def _chat(self, item: Complaint) -> tuple[str | None, str]:
        chat = self.data.conversations.get(item.conversation_id or "")
        return (chat.address.channel, chat.address.namespace) if chat else (None, "live")
