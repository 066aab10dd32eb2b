"""Remembers that the assistant was lost, so that the second time in a row offers an officer."""

from __future__ import annotations

from izin.ports import Drafts
from izin.usecases.dialogue import TurnInput

DRAFT = "tersesat"


class LostCount:
    """Counts turns in a row in which the message was not understood."""

    def __init__(self, drafts: Drafts) -> None:
        """Take the drafts: the count belongs to the conversation, not to a process."""
        self._drafts = drafts

    def count(self, turn: TurnInput) -> int:
        """Count this turn as lost; gives how many in a row (1: the first).

        Running the same turn again gives the same count.
        """
        stored = self._drafts.get(turn.conversation_id, DRAFT) or {}
        if stored.get("turn_id") == turn.turn_id:
            return int(stored.get("count", 1))
        before = turn.previous_turn_id
        in_a_row = before is not None and stored.get("turn_id") == before
        count = int(stored.get("count", 0)) + 1 if in_a_row else 1
        self._drafts.put(turn.conversation_id, DRAFT, {"turn_id": turn.turn_id, "count": count})
        return count

    def offered_officer(self, turn: TurnInput) -> bool:
        """Say whether the turn just before this one ended with the offer of an officer."""
        stored = self._drafts.get(turn.conversation_id, DRAFT) or {}
        return (
            turn.previous_turn_id is not None
            and stored.get("turn_id") == turn.previous_turn_id
            and int(stored.get("count", 0)) > 1
        )
