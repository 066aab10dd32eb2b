"""Conversations opened to an officer, and pushed notices, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from izin.storage.memory.conversations import ConversationData
from izin.storage.text import storable


class MemoryEscalations:
    """The port ``Escalations``."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def open(
        self,
        conversation_id: str,
        reason: str,
        now: datetime,
        key: str,
        note: str = "",
        respond_by: date | None = None,
    ) -> bool:
        """Open the conversation to an officer once per ``key``."""
        with self.data.lock:
            return self.data.escalate(conversation_id, key, reason, now, storable(note), respond_by)

    def take_back(self, conversation_id: str, keys: Sequence[str]) -> None:
        """Undo the openings of a conversation with these keys."""
        with self.data.lock:
            for key in keys:
                found = self.data.escalations.get(key)
                if found is not None and found.conversation_id == conversation_id:
                    del self.data.escalations[key]
