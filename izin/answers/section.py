"""A piece of an answer, and the honesty marks that facts carry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from izin.permits import Permit
from izin.wording import Wording

_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")


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
    """Give ``text`` as a sentence: a capital and a full stop, as notes often have neither."""
    stripped = text.strip()
    opened = stripped[:1].upper() + stripped[1:]
    return opened if opened.endswith((".", "!", "?", ":")) else f"{opened}."


def full_name(permit: Permit) -> str:
    """Give the short name with the official one behind it, or one of them if they agree."""
    official = _IN_BRACKETS.sub("", permit.official_name).strip()
    if permit.short_name.casefold() in official.casefold():
        return official
    return f"{permit.short_name} ({official})"


def unknown(permit: Permit, topic_key: str, wording: Wording) -> Section:
    """Give the honest answer for a fact the catalogue does not hold."""
    return Section(
        wording.say("answers.unknown", topic=wording.say(topic_key), permit=permit.short_name),
        unknown=True,
    )
