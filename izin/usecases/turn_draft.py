"""A task's draft that survives a crash in mid-turn.

The same turn may run again after a crash. A draft therefore keeps the state from before the
turn beside the state after it: running the turn again starts from where it started then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from izin.ports import Drafts
from izin.usecases.dialogue import TurnInput

MOST_TURNS = 200
"""Turns of a task that are remembered, so that a turn's cost does not grow for ever."""


@dataclass(frozen=True, slots=True)
class TurnDraft:
    """The draft of one kind of task, over the ``Drafts`` port."""

    drafts: Drafts
    kind: str

    def before(self, turn: TurnInput) -> dict[str, Any]:
        """Give the state this turn starts from, empty when there is no task."""
        document = self.drafts.get(turn.conversation_id, self.kind) or {}
        side = "before" if document.get("turn") == turn.turn_id else "now"
        return dict(document.get(side) or {})

    def now(self, turn: TurnInput) -> dict[str, Any]:
        """Give the state as the turn has left it so far."""
        document = self.drafts.get(turn.conversation_id, self.kind) or {}
        return dict(document.get("now") or {})

    def save(self, turn: TurnInput, state: dict[str, Any]) -> None:
        """Store the state after this turn; an empty one ends the task."""
        document = {
            "turn": turn.turn_id,
            "before": self.before(turn),
            "now": state,
            "turns": self._turns(turn),
        }
        self.drafts.put(turn.conversation_id, self.kind, document)

    def _turns(self, turn: TurnInput) -> list[str]:
        """Give the turns the task took so far, this one last.

        Storage needs them where a complaint is filed as confidential: their words are then
        taken out of the conversation's history.
        """
        document = self.drafts.get(turn.conversation_id, self.kind) or {}
        begun = bool(self.before(turn))
        earlier = document.get("turns", ()) if begun else ()
        kept = [item for item in earlier if item != turn.turn_id]
        return [*kept[1 - MOST_TURNS :], turn.turn_id]
