"""Conversations opened to an officer, and pushed notices, in memory."""

from __future__ import annotations

from datetime import date, datetime

from izin.replies import Reply
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.inbox import store_reply
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


class MemoryNotices:
    """The port ``Notices``."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def push_to_phone(self, phone: str, reply: Reply, key: str, now: datetime) -> bool:
        """Queue a reply to every chat that proved this phone, once per ``key`` and chat."""
        with self.data.lock:
            chats = [
                item.id
                for item in self.data.conversations.values()
                if item.verified_phone == phone and item.address.user is None
            ]
            for conversation_id in chats:
                store_reply(self.data, conversation_id, reply, f"{key}:{conversation_id}", None)
        return bool(chats)
