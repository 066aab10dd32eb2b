"""The shape every channel's renderer gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from izin.replies import Reply


@dataclass(frozen=True, slots=True)
class RenderedChoice:
    """A button as the citizen sees it; ``id`` is what the platform sends back."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """One platform message.

    Attributes:
        method: Telegram method name, or WhatsApp message type.
        payload: The platform's own fields, without the recipient.
        text: What the citizen reads, plain.
        choices: What the citizen can tap.
        media: Description of media, as in the abstract reply, or None.
    """

    method: str
    payload: Mapping[str, Any]
    text: str
    choices: tuple[RenderedChoice, ...] = ()
    media: Mapping[str, Any] | None = field(default=None)


Renderer = Callable[[Reply, Sequence[str]], tuple[RenderedMessage, ...]]
"""Takes a reply and the opaque ids of its choices; gives the messages to send, in order."""
