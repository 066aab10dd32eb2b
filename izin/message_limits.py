"""How many messages of one citizen are answered in a minute, and which are answered together.

Nobody types thirty messages a minute for long; a stuck phone or a script does. Past the limit
one kind sentence is said, and everything is stored for an officer until the citizen pauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from izin.conversations import SESSION_LENGTH, InboundMessage

Verdict = Literal["answer", "tell", "store"]
"""``answer`` the message; ``tell`` once that it was too many; ``store`` it in silence."""

_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """The limits of one conversation.

    Attributes:
        per_minute: Messages answered within a minute; 0 limits nothing.
        pause_s: Seconds without a message after which messages are answered again.
        merged: Messages answered together at most; 1 merges nothing.
        merged_characters: Length of a text put together from several messages.
    """

    per_minute: int = 30
    pause_s: int = 60
    merged: int = 10
    merged_characters: int = 4000


NO_LIMITS = MessageLimits(per_minute=0, merged=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a conversation's messages come.

    Attributes:
        started_at: When the counted minute began.
        count: Messages since then; goes on being counted while they are only stored.
        limited_until: Until when messages are only stored; each one moves it on.
    """

    started_at: datetime | None = None
    count: int = 0
    limited_until: datetime | None = None


def arrive(pace: Pace, at: datetime, limits: MessageLimits) -> tuple[Pace, Verdict]:
    """Give the pace after a message at ``at`` and what is done with the message."""
    if not limits.per_minute:
        return pace, "answer"
    pause = timedelta(seconds=limits.pause_s)
    # A clock that goes backwards (only the simulator's can) must not keep anybody silent.
    forwards = pace.started_at is not None and at >= pace.started_at
    if forwards and pace.limited_until is not None and at < pace.limited_until:
        return Pace(pace.started_at, pace.count + 1, at + pause), "store"
    if pace.started_at is None or not forwards or at - pace.started_at >= _WINDOW:
        return Pace(at, 1), "answer"
    count = pace.count + 1
    if count > limits.per_minute and pace.limited_until is None:
        return Pace(pace.started_at, count, at + pause), "tell"
    if pace.limited_until is not None:  # the pause is over
        return Pace(at, 1), "answer"
    return Pace(pace.started_at, count), "answer"


def may_be_merged(message: InboundMessage) -> bool:
    """Say whether a message is nothing but typed words."""
    return message.kind == "text" and not message.media and bool(message.text.strip())


def joins(
    first: InboundMessage, first_at: datetime, texts: list[str], message: InboundMessage,
    at: datetime, limits: MessageLimits,
) -> bool:  # fmt: skip
    """Say whether ``message`` is answered together with a turn that has not begun.

    Args:
        first: The turn's own message.
        first_at: Its office clock.
        texts: What is in the turn so far, its own text first.
        message: The one that has just come to the same conversation.
        at: Its office clock.
        limits: How much one turn may hold.
    """
    length = sum(len(text) + 1 for text in texts) + len(message.text)
    return (
        may_be_merged(first)
        and may_be_merged(message)
        and first.group == message.group
        and len(texts) < limits.merged
        and length <= limits.merged_characters
        and timedelta(0) <= at - first_at <= SESSION_LENGTH
    )


def merged_text(texts: list[str]) -> str:
    """Give the text of messages answered together, in the order they came."""
    return "\n".join(text.strip() for text in texts)
