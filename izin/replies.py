"""What the assistant says, before any channel has shaped it.

Text carries one light mark, ``[b]…[/b]`` (bold, never nested); a channel turns
balanced pairs into its own bold and shows everything else literally, so text from
citizens or the catalogue can be put in without escaping.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from izin.errors import InvalidInput

MediaKind = Literal["photo", "document", "location"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the citizen can tap.

    Attributes:
        title: What the button says; channels cut it to their limits.
        intent: Intent that a tap stands for.
        entities: Entity values that come with the tap, by entity name.
        description: Second line, shown in WhatsApp lists only.
        url: A web address opened by the tap; then ``intent`` is empty.
    """

    title: str
    intent: str = ""
    entities: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyMedia:
    """A photo, document or place that goes with a reply; ``location`` is (lat, lon)."""

    kind: MediaKind
    media_id: str | None = None
    location: tuple[float, float] | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        text: Plain text with ``[b]`` marks; may be empty only if there is media or silence.
        choices: Buttons in order of usefulness.
        media: What is sent along.
        ask_contact: Ask the channel for the citizen's own phone number (Telegram's
            request-contact button; WhatsApp knows the number already).
        silent: The action wants no answer at all.
        urgent: Open the conversation to an officer at once.
        faq: Key of the published answer it tells, if any; nothing for the citizen.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    media: tuple[ReplyMedia, ...] = ()
    ask_contact: bool = False
    silent: bool = False
    urgent: bool = False
    faq: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the JSON object that travels through Rasa and is stored in the outbox."""
        document: dict[str, Any] = {"text": self.text}
        if self.choices:
            document["choices"] = [_choice_json(choice) for choice in self.choices]
        if self.media:
            document["media"] = [
                {
                    "kind": item.kind,
                    "media_id": item.media_id,
                    "location": list(item.location) if item.location else None,
                    "title": item.title,
                }
                for item in self.media
            ]
        for flag in ("ask_contact", "silent", "urgent"):
            if getattr(self, flag):
                document[flag] = True
        if self.faq:
            document["faq"] = self.faq
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Reply:
        """Read what :meth:`to_json` gave.

        Raises:
            InvalidInput: The object has another shape.
        """
        try:
            return cls(
                text=str(document.get("text") or ""),
                choices=tuple(
                    Choice(
                        title=str(item["title"]),
                        intent=str(item.get("intent") or ""),
                        entities=dict(item.get("entities") or {}),
                        description=item.get("description"),
                        url=item.get("url"),
                    )
                    for item in document.get("choices") or ()
                ),
                media=tuple(
                    ReplyMedia(
                        kind=item["kind"],
                        media_id=item.get("media_id"),
                        location=_location(item.get("location")),
                        title=item.get("title"),
                    )
                    for item in document.get("media") or ()
                ),
                ask_contact=bool(document.get("ask_contact")),
                silent=bool(document.get("silent")),
                urgent=bool(document.get("urgent")),
                faq=str(document.get("faq") or ""),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput(f"not a reply: {error}") from error


def join_replies(replies: list[Reply], limit: int = 10) -> Reply:
    """Make one reply of several, as one turn is one message wherever it fits.

    The later reply asks the open question, so its choices come first; the same title
    is kept once; at most ``limit`` choices stay.
    """
    spoken = [reply for reply in replies if not reply.silent]
    if len(spoken) == 1:
        return spoken[0]
    choices: dict[str, Choice] = {}
    for reply in reversed(spoken):
        for choice in reply.choices:
            choices.setdefault(choice.title, choice)
    return Reply(
        text="\n\n".join(reply.text for reply in spoken if reply.text),
        choices=tuple(list(choices.values())[:limit]),
        media=tuple(item for reply in spoken for item in reply.media),
        ask_contact=any(reply.ask_contact for reply in spoken),
        silent=not spoken,
        urgent=any(reply.urgent for reply in replies),
        faq=next((reply.faq for reply in spoken if reply.faq), ""),
    )


def _choice_json(choice: Choice) -> dict[str, Any]:
    document: dict[str, Any] = {"title": choice.title}
    if choice.intent:
        document["intent"] = choice.intent
    if choice.entities:
        document["entities"] = dict(choice.entities)
    if choice.description:
        document["description"] = choice.description
    if choice.url:
        document["url"] = choice.url
    return document


def _location(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    latitude, longitude = value
    return float(latitude), float(longitude)
