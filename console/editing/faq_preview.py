"""An answer as each channel would send it, with the channels' own limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.house import House
from izin.answers import suggestions
from izin.answers.faq import faq_answer
from izin.content import FAQ, ItemName
from izin.errors import InvalidInput
from izin.rendering import telegram, whatsapp, whatsapp_limits
from izin.rendering.marked_text import units
from izin.rendering.shape import RenderedMessage
from izin.replies import Reply


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message: its text, its buttons, its length, and the most that its kind can hold."""

    text: str
    buttons: Sequence[str]
    length: int
    longest: int


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A channel (``telegram`` or ``whatsapp``) with the messages it would send."""

    name: str
    messages: Sequence[ShownMessage]


def preview(house: House, document: Mapping[str, Any]) -> Sequence[ShownChannel]:
    """Give an answer in every channel's shape; empty when it says nothing yet."""
    name = ItemName(FAQ, str(document.get("key") or "baru"))
    try:
        entry = house.content.noun(name, {**document, "key": name.key})
    except InvalidInput:
        return ()
    if not entry.answer.strip():
        return ()
    section = faq_answer(entry, house.office.office(), house.wording)
    reply = Reply(section.text, (suggestions.officer(house.wording),))
    renderers: Mapping[str, Callable[[Reply, Sequence[str]], Sequence[RenderedMessage]]] = {
        "telegram": telegram.render_telegram,
        "whatsapp": whatsapp.render_whatsapp,
    }
    return [
        ShownChannel(channel, [_shown(channel, one) for one in render(reply, ["0"])])
        for channel, render in renderers.items()
    ]


def _shown(channel: str, message: RenderedMessage) -> ShownMessage:
    if channel == "telegram":
        longest, length = telegram.TEXT_LIMIT, units(message.text)
    else:
        plain = message.method == "text"
        longest = whatsapp_limits.TEXT_LIMIT if plain else whatsapp_limits.INTERACTIVE_BODY_LIMIT
        length = len(message.text)
    return ShownMessage(message.text, [choice.title for choice in message.choices], length, longest)
