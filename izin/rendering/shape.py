"""The shape every channel's renderer gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from izin.replies import Reply

_BOLD = re.compile(r"\[b\](.*?)\[/b\]", re.DOTALL)


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


def replace_bold(text: str, opening: str, closing: str) -> str:
    """Turn balanced ``[b]…[/b]`` into a channel's own bold; anything else stays literal."""
    return _BOLD.sub(lambda match: f"{opening}{match.group(1)}{closing}", text)


def cut(text: str, limit: int) -> str:
    """Shorten to ``limit`` characters with an ellipsis, at a word's end where possible."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" ,.;:") + "…"


def split_text(text: str, limit: int) -> list[str]:
    """Split at paragraphs, then lines, then words, so that every part fits ``limit``."""
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        window = rest[:limit]
        at = max(window.rfind("\n\n"), 0) or max(window.rfind("\n"), 0) or window.rfind(" ")
        if at < limit // 3:
            at = limit
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    if rest or not parts:
        parts.append(rest)
    return parts
