"""The choices of a reply as labelled options that fit a channel's title limit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from izin.errors import InvalidInput
from izin.rendering.marked_text import MarkedText, is_blank, one_line, shorten, units
from izin.replies import Choice, Reply, ReplyMedia
from izin.wording import Wording

_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


class LimitExceeded(InvalidInput):
    """A rendered message breaks a limit of its platform; ``field`` names the part."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice with the label that is shown; ``full`` is its uncut title."""

    id: str
    label: str
    full: str
    description: str | None = None


@cache
def sentences() -> Wording:
    """Give the sentences that renderers add themselves (page headings, list button)."""
    return Wording()


def tappable(
    reply: Reply, choice_ids: Sequence[str], id_limit_bytes: int
) -> list[tuple[str, Choice]]:
    """Give (id, choice) of every choice that is not a web address.

    Raises:
        InvalidInput: Ids and choices do not match, or an id is empty, doubled or too long.
    """
    if len(choice_ids) != len(reply.choices):
        raise InvalidInput(
            f"{len(reply.choices)} choices but {len(choice_ids)} ids", field="choice_ids"
        )
    pairs = [
        (choice_id, choice)
        for choice_id, choice in zip(choice_ids, reply.choices, strict=True)
        if not choice.url
    ]
    seen: set[str] = set()
    for choice_id, _ in pairs:
        if not 1 <= len(choice_id.encode()) <= id_limit_bytes or choice_id in seen:
            raise InvalidInput("a choice id is empty, doubled or too long", field="choice_ids")
        seen.add(choice_id)
    return pairs


def links(reply: Reply) -> list[tuple[str, str]]:
    """Give (title, address) of every choice that opens a web address."""
    return [(one_line(choice.title), choice.url) for choice in reply.choices if choice.url]


def as_text(title: str, url: str) -> MarkedText:
    """Give a web address as a line of text, for where no button can hold it."""
    if is_blank(title):
        return MarkedText(one_line(url))
    return MarkedText(sentences().say("gateway.link", title=title, url=one_line(url)))


def is_web_address(url: str) -> bool:
    """Say whether platforms accept the address on a button."""
    return len(url) <= 2000 and _WEB.fullmatch(url) is not None


def label(pairs: Sequence[tuple[str, Choice]], limit: int) -> tuple[list[Option], MarkedText]:
    """Give options whose labels fit ``limit`` units and differ from one another.

    When a title had to be cut (or two look the same) all are numbered, and the second value
    is the numbered list of full titles to put into the text; else that is empty.
    """
    titles = [one_line(choice.title) for _, choice in pairs]
    whole = all(units(title) <= limit and not is_blank(title) for title in titles) and len(
        {title.casefold() for title in titles}
    ) == len(titles)
    options, lines = [], []
    for number, ((choice_id, choice), title) in enumerate(zip(pairs, titles, strict=True), 1):
        shown = title if whole else shorten(f"{number}. {title}".strip(), limit)
        lines.append(f"{number}. {title}".strip())
        description = one_line(choice.description or "")
        options.append(
            Option(choice_id, shown, title, None if is_blank(description) else description)
        )
    return options, MarkedText() if whole or not options else MarkedText("\n".join(lines))


def body(reply: Reply, *, needs_text: bool) -> MarkedText:
    """Give the text of a reply; when it is blank but needed, an invitation to choose.

    Raises:
        InvalidInput: There is nothing at all to show.
    """
    text = MarkedText.parse(reply.text)
    if not is_blank(text.plain):
        return text
    if needs_text:
        return MarkedText(sentences().say("gateway.choose"))
    if not reply.media:
        raise InvalidInput("a reply that is not silent shows nothing", field="text")
    return MarkedText()


def check_media(item: ReplyMedia) -> ReplyMedia:
    """Give the media back if it can be sent.

    Raises:
        InvalidInput: A file without id, or a place outside the globe.
    """
    if item.kind == "location":
        if item.location is None:
            raise InvalidInput("a location needs coordinates", field="media")
        latitude, longitude = item.location
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise InvalidInput("a location lies outside the globe", field="media")
    elif not item.media_id:
        raise InvalidInput(f"a {item.kind} needs a media id", field="media")
    return item


def describe_media(item: ReplyMedia) -> dict[str, object]:
    """Give the media as the rendered message carries it to the sender."""
    return {
        "kind": item.kind,
        "media_id": item.media_id,
        "location": list(item.location) if item.location else None,
        "title": item.title,
    }
