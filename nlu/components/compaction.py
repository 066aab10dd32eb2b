"""Keeping a tracker as long as its current session needs, and no longer.

Rasa never forgets an event, so loading, predicting and calling an action get slower with
every message. Old turns are replaced by what they amount to: one SlotSet for each slot that
holds a value, and the active loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# Actions look at their own turn and ask which one came before it.
KEPT_TURNS = 2
# Compacting every third turn costs a third of compacting every turn; each turn that is kept
# is loaded, predicted from and stored again by every later one.
COMPACTED_ABOVE_TURNS = 4


def compacted(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The same conversation in fewer events; ``tracker`` itself when it is short.

    Args:
        tracker: A tracker at the end of a turn (it listens).
        domain: Gives the slots and their starting values.

    Returns:
        A tracker with equal slots, active loop and requested slot, whose last
        :data:`KEPT_TURNS` turns are unchanged.
    """
    events = list(tracker.events)
    turns = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= COMPACTED_ABOVE_TURNS:
        return tracker
    cut = turns[-KEPT_TURNS]
    kept = _summary(tracker.sender_id, events[:cut], domain) + events[cut:]
    shorter = DialogueStateTracker.from_events(tracker.sender_id, kept, slots=domain.slots)
    shorter.model_id = tracker.model_id
    shorter.assistant_id = tracker.assistant_id
    return shorter


def _summary(sender_id: str, events: Sequence[Event], domain: Domain) -> list[Event]:
    past = DialogueStateTracker.from_events(sender_id, list(events), slots=domain.slots)
    summary: list[Event] = [
        SlotSet(name, slot.value)
        for name, slot in past.slots.items()
        if slot.value != slot.initial_value
    ]
    if past.active_loop_name:
        summary.append(ActiveLoop(past.active_loop_name))
    # A state before the first listening would read as the start of a conversation.
    summary.append(ActionExecuted(ACTION_LISTEN_NAME))
    return summary
