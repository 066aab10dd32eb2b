"""What a run leaves behind: what citizens wrote, what the platforms received, what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["ticket", "marked", "confirm", "other"]
"""``ticket`` asks for a ticket nobody else names, whose answer repeats it; ``marked`` has words
that its answer must hold; ``confirm`` files a complaint; ``other`` is anything else."""


@dataclass(frozen=True, slots=True)
class Written:
    """One message a citizen wrote.

    Attributes:
        chat: ``telegram:<chat>`` or ``whatsapp:<number>``.
        number: Position among the citizen's messages.
        external_id: The id under which the product must store it.
        kind: What its answer must be.
        marker: Words that the answer must hold, if any.
        burst: Written together with the one before it, without waiting.
    """

    chat: str
    number: int
    external_id: str
    kind: Kind = "other"
    marker: str = ""
    burst: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One message that a platform took from the product, in the order it took them.

    Attributes:
        lost: The platform's answer never reached the product, as was ordered.
        at: Seconds since the run began.
    """

    chat: str
    external_id: str
    text: str
    at: float
    lost: bool = False


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One turn as it is stored."""

    id: str
    chat: str
    seq: int
    external_id: str
    state: str
    merged_into: str | None = None

    @property
    def root(self) -> str:
        """The turn it is answered with."""
        return self.merged_into or self.id


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of an answer as it is stored; without ``external_id`` no platform took it."""

    turn_id: str | None
    chat: str
    outbox_seq: int
    part: int
    state: str
    external_id: str | None
    status: str = "accepted"


@dataclass(frozen=True, slots=True)
class Shaken:
    """One fault: what it was and when, in seconds since the run began.

    Attributes:
        interrupts: Ends a delivery between the platform's acceptance and our record of it.
        under_way: How many deliveries can have been under way in what it struck; each may be
            repeated once, and those of a chat go one after another.
    """

    name: str
    began: float
    ended: float
    interrupts: bool
    under_way: int = 0


@dataclass(frozen=True)
class Evidence:
    """All of it; pure data, so that a judge can be tested with what never happened."""

    written: Sequence[Written]
    received: Sequence[Received]
    turns: Sequence[TurnRow]
    parts: Sequence[PartRow]
    shaken: Sequence[Shaken] = ()
    complaints: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Tickets by chat, as they are stored."""
    transitions: Sequence[tuple[str, str, str]] = ()
    """(external id, status before, status after) of every change of a delivery status."""
    receipts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Statuses the product took, by external id."""
    refusing: frozenset[str] = frozenset()
    """Chats that the platform refused to deliver to (403, unreachable)."""
    silent: frozenset[str] = frozenset()
    """Chats that must hear nothing: of malformed items and of forged requests."""
    forged_ids: frozenset[str] = frozenset()
    malformed: Sequence[str] = ()
    """Words that mark each malformed item that was accepted."""
    review: Sequence[str] = ()
    """What is kept for review."""
    left: Mapping[str, int] = field(default_factory=dict)
    """What is still open: turns, deliveries, jobs, updates at the platforms."""
    figures: Mapping[str, Any] = field(default_factory=dict)
