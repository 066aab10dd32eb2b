"""The turn as Rasa's tracker tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from izin.errors import InvalidInput
from izin.storage.keyring import DIALOGUE_PHONE, opened
from izin.usecases.dialogue import Entity, Question, TurnInput


def turn_of(tracker: Tracker) -> TurnInput:
    """Give the turn of the tracker's latest message.

    Raises:
        InvalidInput: The message carries no turn id or no aware time; then it did not come
            through our own input channel, and nothing may be written for it.
    """
    message = tracker.latest_message or {}
    metadata = message.get("metadata") or {}
    turn_id = str(metadata.get("turn_id") or "")
    if not turn_id:
        raise InvalidInput("the message carries no turn id", field="turn_id")
    intent = message.get("intent") or {}
    # Without typed words the text Rasa keeps is ours, not the citizen's.
    text = str(message.get("text") or "") if metadata.get("typed", True) else ""
    entities = _entities(message.get("entities"), text)
    return TurnInput(
        conversation_id=str(tracker.sender_id),
        turn_id=turn_id,
        now=_time(metadata.get("now")),
        intent=_intent(intent, entities, metadata),
        confidence=float(intent.get("confidence") or 0.0),
        text=text,
        entities=entities,
        questions=_questions(message.get("questions"), text),
        metadata=_opened(metadata),
        slots=dict(tracker.slots or {}),
        ranking=_ranking(message.get("intent_ranking")),
        previous_turn_id=_previous_turn(tracker.events, turn_id),
        open_form=tracker.active_loop_name,
    )


def events_of_turn(tracker: Tracker) -> Sequence[Mapping[str, Any]]:
    """Give the events after the latest message, oldest first."""
    events = list(tracker.events or ())
    for place in range(len(events) - 1, -1, -1):
        if events[place].get("event") == "user":
            return events[place + 1 :]
    return events


def _opened(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Give the metadata with the phone that passed Rasa encrypted."""
    return {**metadata, "verified_phone": opened(DIALOGUE_PHONE, metadata.get("verified_phone"))}


def _intent(
    intent: Mapping[str, Any], entities: Sequence[Entity], metadata: Mapping[str, Any]
) -> str:
    """Give the intent; what was sent instead of words is named by the entity ``kiriman``."""
    if metadata.get("kind") == "start" and metadata.get("typed", True):
        return "mulai"
    sent = [str(item.value) for item in entities if item.name == "kiriman"]
    return sent[-1] if sent else str(intent.get("name") or "nlu_fallback")


def _previous_turn(events: Iterable[Mapping[str, Any]] | None, turn_id: str) -> str | None:
    for event in reversed(list(events or ())):
        if event.get("event") != "user":
            continue
        found = str((event.get("metadata") or {}).get("turn_id") or "")
        if found and found != turn_id:
            return found
    return None


def _time(raw: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise InvalidInput("the message carries no time", field="now") from error
    if moment.tzinfo is None:
        raise InvalidInput("the message's time has no zone", field="now")
    return moment


def _entities(items: Any, text: str) -> tuple[Entity, ...]:
    return tuple(
        Entity(
            name=str(item["entity"]),
            value=item.get("value"),
            raw=text[int(item.get("start") or 0) : int(item.get("end") or 0)],
            start=int(item.get("start") or 0),
            end=int(item.get("end") or 0),
            confidence=float(item.get("confidence") or 1.0),
            candidates=tuple(str(code) for code in item.get("candidates") or ()),
        )
        for item in items or ()
        if item.get("entity")
    )


def _questions(items: Any, text: str) -> tuple[Question, ...]:
    return tuple(
        Question(
            intent=str(item["intent"]),
            confidence=float(item.get("confidence") or 0.0),
            entities=_entities(item.get("entities"), text),
            start=int(item.get("start") or 0),
            end=int(item.get("end") or 0),
        )
        for item in items or ()
        if item.get("intent")
    )


def _ranking(items: Any) -> tuple[tuple[str, float], ...]:
    return tuple(
        (str(item["name"]), float(item.get("confidence") or 0.0))
        for item in items or ()
        if item.get("name")
    )
