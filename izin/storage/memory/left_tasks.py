"""Tasks that citizens left unfinished, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from izin.ports.reminders import LeftTask, reminder_key
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.drafts import MemoryDrafts

MOST_AT_ONCE = 200


class MemoryLeftTasks:
    """The port ``LeftTasks`` over drafts and conversations in memory."""

    def __init__(self, data: ConversationData, drafts: MemoryDrafts) -> None:
        """Take the shared tables and the drafts."""
        self._data = data
        self._drafts = drafts

    def left(self, kind: str, since: datetime, until: datetime) -> Sequence[LeftTask]:
        """Give unfinished drafts last worked on in ``[since, until]``, oldest first."""
        found = []
        for conversation in self._data.conversations.values():
            state = (self._drafts.get(conversation.id, kind) or {}).get("now") or {}
            if conversation.held_by_officer or conversation.address.user is not None:
                continue
            if not state.get("begun") or not state.get("at"):
                continue
            at = datetime.fromisoformat(state["at"])
            known = reminder_key(conversation.id, state["begun"]) in self._data.notices
            if since <= at <= until and not known:
                found.append(
                    LeftTask(conversation.id, state["begun"], conversation.address.channel, at)
                )
        return sorted(found, key=lambda task: task.at)[:MOST_AT_ONCE]
