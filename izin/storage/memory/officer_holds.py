"""What becomes of officers' holds when two conversations become one, in memory."""

from __future__ import annotations

from dataclasses import replace

from izin.storage.memory.conversations import ConversationData


def move_holds(data: ConversationData, older: str, younger: str) -> None:
    """Let what waits for officers follow when two conversations become one.

    Of two holds the older conversation's goes on; the other one ends by time.
    """
    for key, item in data.escalations.items():
        if item.conversation_id == younger:
            data.escalations[key] = replace(item, conversation_id=older)
    holds = [
        held
        for name in (older, younger)
        for held in data.handlings
        if held.handling.conversation_id == name and held.ended_at is None
    ]
    for held in holds[1:]:
        held.ended_at, held.ended_by = held.handling.lease_until, "waktu"
    for held in data.handlings:
        if held.handling.conversation_id == younger:
            held.handling = replace(held.handling, conversation_id=older)
