"""What stays of a message once its words are sealed: that there was one, and nothing it said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

REMOVED = "[…]"
"""Stands where words were; the same mark whatever the reason, so that it tells nothing."""

_KEPT_OF_A_MESSAGE = ("channel", "chat", "namespace", "user", "external_id", "sent_at", "group")
_NEUTRAL_INTENT = "nlu_fallback"


def neutral_message(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give a stored inbound message without words, tap, files, place, phone and kind.

    Its platform id stays: the same message sent again must still be recognised.
    """
    kept = {name: document.get(name) for name in _KEPT_OF_A_MESSAGE}
    return {
        **kept,
        "kind": "text",
        "text": REMOVED,
        "choice_id": None,
        "media": [],
        "location": None,
        "phone": None,
        "aliases": [],
        "reply_to": None,
    }


def neutral_reply() -> dict[str, Any]:
    """Give what stays of a stored reply."""
    return {"text": REMOVED}


def neutral_tracker(document: Mapping[str, Any], turn_ids: Collection[str]) -> dict[str, Any]:
    """Give Rasa's stored conversation without what these turns said and were answered.

    Slots and the active form stay, so that the conversation goes on where it was.
    """
    events = []
    sealed = False
    for event in document.get("events", ()):
        if event.get("event") == "user":
            sealed = _turn_of(event) in turn_ids
            events.append(_neutral_user(event) if sealed else event)
        elif event.get("event") == "bot" and sealed:
            events.append({**event, "text": REMOVED, "data": {}, "metadata": {}})
        else:
            events.append(event)
    remembered = [
        {**item, "replies": [neutral_reply()], "intent": _NEUTRAL_INTENT}
        if item.get("turn_id") in turn_ids
        else item
        for item in document.get("turns", ())
    ]
    return {**document, "events": events, "turns": remembered}


def _turn_of(event: Mapping[str, Any]) -> str:
    return str((event.get("metadata") or {}).get("turn_id") or "")


def _neutral_user(event: Mapping[str, Any]) -> dict[str, Any]:
    metadata = event.get("metadata") or {}
    kept = {name: metadata[name] for name in ("turn_id", "now") if name in metadata}
    return {
        **event,
        "text": REMOVED,
        "metadata": kept,
        "parse_data": {
            "intent": {"name": _NEUTRAL_INTENT, "confidence": 1.0},
            "entities": [],
            "text": REMOVED,
            "metadata": kept,
        },
    }
