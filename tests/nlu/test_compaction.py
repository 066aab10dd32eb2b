"""A compacted tracker is the same conversation in fewer events."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.components.compaction import COMPACTED_ABOVE_TURNS, KEPT_TURNS, compacted

DOMAIN = Domain.load("data/domain")


def conversation(turns: int, form_from: int | None = None, form_to: int | None = None):
    """A tracker with that many turns, listening."""
    tracker = DialogueStateTracker("c", DOMAIN.slots)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    for turn in range(turns):
        tracker.update(UserUttered(f"m{turn}", {"name": "sapa", "confidence": 1.0}), DOMAIN)
        if turn == form_from:
            tracker.update(ActionExecuted("form_status"), DOMAIN)
            tracker.update(ActiveLoop("form_status"), DOMAIN)
            tracker.update(SlotSet("requested_slot", "status_selesai"), DOMAIN)
        if turn == form_to:
            tracker.update(ActiveLoop(None), DOMAIN)
            tracker.update(SlotSet("requested_slot", None), DOMAIN)
        tracker.update(SlotSet("izin", f"P{turn % 5}"), DOMAIN)
        tracker.update(SlotSet("pertanyaan", "tanya_biaya" if turn % 2 else None), DOMAIN)
        tracker.update(BotUttered(data={"custom": {"n": turn}}), DOMAIN)
        tracker.update(ActionExecuted("action_listen"), DOMAIN)
    return tracker


@pytest.mark.parametrize("turns", range(COMPACTED_ABOVE_TURNS + 1))
def test_a_short_tracker_is_left_alone(turns: int) -> None:
    tracker = conversation(turns)

    assert compacted(tracker, DOMAIN) is tracker


@pytest.mark.parametrize("form", [(None, None), (1, None), (1, 3), (10, None), (1, 11), (2, 10)])
@pytest.mark.parametrize("turns", [9, 12, 40])
def test_slots_loop_and_last_turns_stay(turns: int, form: tuple[int | None, int | None]) -> None:
    tracker = conversation(turns, *form)
    shorter = compacted(tracker, DOMAIN)

    assert {n: s.value for n, s in shorter.slots.items()} == {
        n: s.value for n, s in tracker.slots.items()
    }
    assert shorter.active_loop_name == tracker.active_loop_name
    assert shorter.latest_action_name == tracker.latest_action_name
    assert shorter.latest_message == tracker.latest_message
    users = [event.text for event in shorter.events if isinstance(event, UserUttered)]
    assert users == [f"m{n}" for n in range(turns - KEPT_TURNS, turns)]
    assert len(shorter.events) < len(tracker.events)


def test_one_slot_set_remains_for_each_slot_with_a_value() -> None:
    shorter = compacted(conversation(40), DOMAIN)
    first_turn = next(i for i, e in enumerate(shorter.events) if isinstance(e, UserUttered))
    summary = list(shorter.events)[:first_turn]

    keys = [event.key for event in summary if isinstance(event, SlotSet)]
    assert len(keys) == len(set(keys))
    assert "izin" in keys
