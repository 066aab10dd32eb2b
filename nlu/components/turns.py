"""A turn as the gateway sends it, and every way it can fail.

::

    TurnFailed                  nothing was saved; the gateway may send the turn again
    ├── ActionFailed            action server down, late, broken, or a reply out of contract
    ├── TrackerStoreFailed      the conversation could not be read or written
    ├── ModelFailed             no model is loaded, or it could not read the message
    ├── EmptyReply              every action finished and nobody said anything
    └── DialogueFailed          Rasa's own machinery broke (shown as "internal")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MAX_ID_CHARACTERS = 200  # our ids are UUID-like; anything longer is not one of them
# The gateway cuts texts long before; this only keeps a runaway client from filling trackers.
MAX_TEXT_CHARACTERS = 32_768


class InvalidTurn(ValueError):
    """The body of a request is not a turn; the message says which field is wrong."""


class TurnFailed(Exception):
    """A turn that was not carried out; ``code`` is what the gateway reads."""

    code = "internal"


class ActionFailed(TurnFailed):
    """A custom action was unreachable, late, broken, or answered out of contract."""

    code = "action"


class ActionsAway(ActionFailed):
    """No action server listens, or its database is away: nothing was begun that would not wait."""

    code = "actions_away"


class TrackerStoreFailed(TurnFailed):
    """The conversation could not be read or written."""

    code = "tracker_store"


class ModelFailed(TurnFailed):
    """No model is loaded, or it could not read the message."""

    code = "model"


class EmptyReply(TurnFailed):
    """No action said anything and none declared silence."""

    code = "empty_reply"


class DialogueFailed(TurnFailed):
    """Rasa broke while choosing or applying actions."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of ours the citizen pressed: an intent with its entities."""

    intent: str
    entities: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message or choice of one conversation.

    Attributes:
        turn_id: Key of the turn; the same id is never carried out twice.
        conversation_id: Tracker of the conversation.
        now: The office's clock at this turn, aware.
        text: What the citizen wrote, or None when a choice was made.
        choice: The choice made, or None when text was written.
        new_session: Drop what the tracker holds before this turn.
        metadata: Small JSON mapping handed to the actions.
    """

    turn_id: str
    conversation_id: str
    now: datetime
    text: str | None
    choice: Choice | None
    new_session: bool
    metadata: Mapping[str, Any]

    @classmethod
    def from_json(cls, body: Any) -> Turn:
        """Read the body of ``POST /webhooks/tanya/turns``.

        Raises:
            InvalidTurn: A field is missing, of the wrong type or too long, or not exactly
                one of text and choice is given.
        """
        if not isinstance(body, dict):
            raise InvalidTurn("the body must be a JSON object")
        body = storable(body)
        text = body.get("text")
        if text is not None and not isinstance(text, str):
            raise InvalidTurn("text must be a string or null")
        if text is not None and len(text) > MAX_TEXT_CHARACTERS:
            raise InvalidTurn(f"text must have at most {MAX_TEXT_CHARACTERS} characters")
        choice = _choice(body.get("choice"))
        if (text is None) == (choice is None):
            raise InvalidTurn("exactly one of text and choice must be given")
        new_session = body.get("new_session", False)
        if not isinstance(new_session, bool):
            raise InvalidTurn("new_session must be true or false")
        metadata = body.get("metadata") or {}
        if not isinstance(metadata, dict):
            raise InvalidTurn("metadata must be an object")
        return cls(
            turn_id=_identifier(body, "turn_id"),
            conversation_id=_identifier(body, "conversation_id"),
            now=_aware_time(body.get("now")),
            text=text,
            choice=choice,
            new_session=new_session,
            metadata=metadata,
        )

    def message_metadata(self) -> dict[str, Any]:
        """What the actions find in ``tracker.latest_message["metadata"]``."""
        return {
            **self.metadata,
            "turn_id": self.turn_id,
            "now": self.now.isoformat(),
            "choice": self.choice is not None,
        }


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """What a turn came to: the replies in order and how the message was routed."""

    turn_id: str
    replies: tuple[Mapping[str, Any], ...]
    intent: str
    confidence: float
    replayed: bool = False

    def as_json(self) -> dict[str, Any]:
        """The body of a 200 response."""
        return {
            "turn_id": self.turn_id,
            "replies": list(self.replies),
            "replayed": self.replayed,
            "intent": self.intent,
            "confidence": self.confidence,
        }


def storable(value: Any) -> Any:
    """``value`` with what PostgreSQL's jsonb refuses replaced by U+FFFD.

    jsonb takes neither NUL nor half a surrogate pair; citizens' phones send both. Each is
    replaced one for one, so positions in a text stay true.
    """
    if isinstance(value, str):
        if "\x00" in value:
            value = value.replace("\x00", "\ufffd")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            value = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in value)
        return value
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value


def _identifier(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidTurn(f"{name} must be a non-empty string")
    if len(value) > MAX_ID_CHARACTERS:
        raise InvalidTurn(f"{name} must have at most {MAX_ID_CHARACTERS} characters")
    return value


def _aware_time(raw: Any) -> datetime:
    if not isinstance(raw, str):
        raise InvalidTurn("now must be an ISO time")
    try:
        now = datetime.fromisoformat(raw)
    except ValueError as error:
        raise InvalidTurn("now must be an ISO time") from error
    if now.tzinfo is None:
        raise InvalidTurn("now must carry its offset from UTC")
    return now


def _choice(raw: Any) -> Choice | None:
    if raw is None:
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("intent"), str):
        raise InvalidTurn("choice must be an object with an intent")
    entities = raw.get("entities") or {}
    if not isinstance(entities, dict):
        raise InvalidTurn("choice.entities must be an object")
    return Choice(intent=raw["intent"], entities=entities)
