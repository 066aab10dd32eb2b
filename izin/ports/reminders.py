"""Tasks that citizens left unfinished, for reminding them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LeftTask:
    """A task that nobody has worked on for a while.

    Attributes:
        conversation_id: The chat, never one in a group or held by an officer.
        begun: Turn that began the task; with the chat it names the task for good.
        channel: The chat's platform.
        at: Office clock of the last message that belonged to it.
    """

    conversation_id: str
    begun: str
    channel: str
    at: datetime


class LeftTasks(Protocol):
    """Drafts whose state holds ``begun`` and ``at``, seen from outside their conversation."""

    def left(self, kind: str, since: datetime, until: datetime) -> Sequence[LeftTask]:
        """Give at most 200 unfinished drafts last worked on in ``[since, until]``, oldest first.

        Left out are those whose reminder (notice key ``left:<chat>:<begun>``) exists already.
        """
        ...


def reminder_key(conversation_id: str, begun: str) -> str:
    """Give the notice key of a left task's one reminder."""
    return f"left:{conversation_id}:{begun}"
