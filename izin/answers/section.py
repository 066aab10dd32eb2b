"""A piece of an answer, and the honesty marks that facts carry."""

from __future__ import annotations

from dataclasses import dataclass

from izin.permits import Permit
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class Section:
    """One question answered about one subject.

    Attributes:
        text: Ready to read, with ``[b]`` marks.
        unknown: The data does not hold what was asked; an officer should be offered.
        inferred: At least one fact in it has no public source.
    """

    text: str
    unknown: bool = False
    inferred: bool = False


def mark(text: str, inferred: bool, wording: Wording) -> str:
    """Give ``text``, marked as an unconfirmed example when ``inferred``."""
    return wording.say("answers.inferred_mark", text=text) if inferred else text


def sentence(text: str) -> str:
    """Give ``text`` closed by a full stop, as notes of the catalogue often are not."""
    stripped = text.strip()
    return stripped if stripped.endswith((".", "!", "?", ":")) else f"{stripped}."


def full_name(permit: Permit) -> str:
    """Give the short name with the official one behind it, or one of them if they agree."""
    if permit.short_name.casefold() in permit.official_name.casefold():
        return permit.official_name
    return f"{permit.short_name} ({permit.official_name})"


def unknown(permit: Permit, topic_key: str, wording: Wording) -> Section:
    """Give the honest answer for a fact the catalogue does not hold."""
    return Section(
        wording.say("answers.unknown", topic=wording.say(topic_key), permit=permit.short_name),
        unknown=True,
    )
