"""What passes between a custom action and a use case: one turn in, replies out.

A Rasa form only marks who gets the turn; the long dialogues themselves are use cases that
keep their draft in the database. ``validate_<form>`` hands them the turn and they say
whether it was theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from izin.replies import Reply

Outcome = Literal["consumed", "interrupted", "finished"]
"""``consumed``: the message was an answer and more is needed. ``interrupted``: it was
something else, let its own action answer and ask again. ``finished``: done or cancelled."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One value found in a message, named and normalised as the language reference says.

    Attributes:
        name: Entity name (``izin``, ``luas``, ``nomor_permohonan``…).
        value: Normalised value; None when ``candidates`` hold what it may be.
        raw: The characters as typed, empty for a tapped choice.
        start: First character in the message.
        end: One past the last character.
        confidence: 0 to 1.
        candidates: Catalogue codes of an ambiguous permit name.
    """

    name: str
    value: Any
    raw: str = ""
    start: int = 0
    end: int = 0
    confidence: float = 1.0
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One of the questions of a message, with the entities that belong to it."""

    intent: str
    confidence: float = 1.0
    entities: tuple[Entity, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class TurnInput:
    """One message as understood.

    Attributes:
        conversation_id: Opaque id of the conversation.
        turn_id: Idempotency key; the same turn may be run again after a crash.
        now: Aware time of the office clock of this turn.
        intent: Top intent (``nlu_fallback`` below the confidence threshold).
        confidence: 0 to 1; 1 for a tapped choice.
        text: What the citizen typed; empty for a tapped choice or a file alone.
        entities: Everything found in the message, in order.
        questions: Its questions; at least one, the whole message, when it holds a question.
        metadata: The turn's metadata (``verified_phone``, ``group``, ``kind``, ``media_ids``,
            ``location``, ``channel``, ``namespace``).
        slots: The conversation's slots before this turn.
        ranking: (intent, confidence), best first, as the classifier saw it.
        previous_turn_id: The turn before this one in the same session, if any.
        open_form: The form that is open at this turn, if any.
    """

    conversation_id: str
    turn_id: str
    now: datetime
    intent: str
    confidence: float = 1.0
    text: str = ""
    entities: Sequence[Entity] = ()
    questions: Sequence[Question] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    ranking: Sequence[tuple[str, float]] = ()
    previous_turn_id: str | None = None
    open_form: str | None = None

    @property
    def group(self) -> bool:
        """Say whether others read along: then nothing personal is asked or shown."""
        return bool(self.metadata.get("group"))

    @property
    def verified_phone(self) -> str | None:
        """Give the phone proven on this channel (``+62…``), or None."""
        phone = self.metadata.get("verified_phone")
        return str(phone) if phone else None

    @property
    def media_ids(self) -> tuple[str, ...]:
        """Give our ids of the files that came with the message."""
        return tuple(str(item) for item in self.metadata.get("media_ids") or ())

    @property
    def location(self) -> tuple[float, float] | None:
        """Give the (latitude, longitude) that came with the message, or None."""
        place = self.metadata.get("location")
        return (float(place[0]), float(place[1])) if place else None

    def values(self, name: str) -> tuple[Any, ...]:
        """Give every certain value of the entity ``name``, in the order of the message."""
        return tuple(
            item.value for item in self.entities if item.name == name and item.value is not None
        )

    def value(self, name: str) -> Any:
        """Give the last certain value of the entity ``name`` (corrections come last), or None."""
        found = self.values(name)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a long dialogue made of a turn."""

    outcome: Outcome
    replies: tuple[Reply, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a one-turn use case says, and the slots it wants remembered (None forgets).

    ``opens`` names the task that gets the next turn, after its open question was asked here.
    """

    replies: tuple[Reply, ...]
    slots: Mapping[str, Any] = field(default_factory=dict)
    opens: str | None = None


class OneTurn(Protocol):
    """A use case that answers within one turn."""

    def answer(self, turn: TurnInput) -> Answer:
        """Give replies and slots."""
        ...


class LongDialogue(Protocol):
    """A task of several turns, with its draft in the database."""

    def start(self, turn: TurnInput) -> StepResult:
        """Begin (or resume) with the message that asked for it."""
        ...

    def step(self, turn: TurnInput) -> StepResult:
        """Take the next message."""
        ...

    def prompt(self, turn: TurnInput) -> Reply:
        """Remind of the task and ask its open question again."""
        ...
