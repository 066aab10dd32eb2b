"""Conversations that an editor tried and keeps as a test: what is said, and what must come back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from izin.errors import InvalidInput

LONGEST_NAME = 120
LONGEST_PHRASE = 200
MOST_PHRASES = 8
MOST_STEPS = 60
_PROPOSED = 2
_FEWEST_LETTERS = 8
_LONGEST_PROPOSED = 60

_NUMBER = re.compile(r"^\d+\. ")
_MARKS = re.compile(r"</?[a-z]+>|[*_~`]")
_LEAD = re.compile(r"^\W+|\W+$")
_CHANGES = re.compile(
    r"ADU-|\b(januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november"
    r"|desember|senin|selasa|rabu|kamis|jumat|sabtu|minggu|pagi|siang|sore|malam)\b|\b\d\d\.\d\d\b",
    re.IGNORECASE,
)
"""Dates, hours and tickets are others tomorrow."""

_FACT = re.compile(r"\bRp\s?\d|\d+ hari|\d")


@dataclass(frozen=True, slots=True)
class SavedJourney:
    """One kept conversation.

    Attributes:
        text: YAML of the form of ``data/journeys``, with this one journey.
        active: Played before a language model is published.
        added_by: Account id of the editor.
        ran_at: When it was last played; None before.
        passed: How that went.
        why: What did not hold then.
    """

    id: str
    name: str
    text: str
    active: bool
    added_by: str
    added_at: datetime
    ran_at: datetime | None = None
    passed: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class KeptStep:
    """One message of the conversation, and what its answer must hold.

    Attributes:
        said: What was written, or the title of the choice that was tapped.
        tapped: It was a choice.
        phrases: What the answer must hold, whatever its case and spaces.
    """

    said: str
    tapped: bool
    phrases: tuple[str, ...]


def journey_of(
    name: str, channel: str | None, steps: Sequence[KeptStep], *, while_closed: bool = False
) -> Mapping[str, Any]:
    """Give the journey as ``data/journeys`` writes one.

    Args:
        name: What it shows.
        channel: Where it is played; None is on every channel.
        steps: What is said, and expected.
        while_closed: It is played outside office hours.

    Raises:
        InvalidInput: ``field`` is ``name``, ``steps``, or ``phrases.<number from 0>``.
    """
    title = " ".join(name.split())
    if not title or len(title) > LONGEST_NAME:
        raise InvalidInput(f"a name has 1 to {LONGEST_NAME} characters", field="name")
    if not steps or len(steps) > MOST_STEPS or not any(step.phrases for step in steps):
        raise InvalidInput("something must be said, and something expected", field="steps")
    for number, step in enumerate(steps):
        if len(step.phrases) > MOST_PHRASES or any(len(p) > LONGEST_PHRASE for p in step.phrases):
            raise InvalidInput("too much is expected", field=f"phrases.{number}")
    head: dict[str, Any] = {"nama": title, **({"kanal": [channel]} if channel else {})}
    if while_closed:
        head["waktu"] = "jam_tutup"
    return {**head, "langkah": [_step(step) for step in steps]}


def _step(step: KeptStep) -> Mapping[str, Any]:
    expected = {"memuat": list(step.phrases)} if step.phrases else {}
    if step.tapped:
        # Channels number choices and shorten them differently.
        return {"ketuk": _NUMBER.sub("", step.said).rstrip("… "), **expected}
    return {"warga": step.said.replace("${", "$ {"), **expected}


def phrases_of(text: str) -> tuple[str, ...]:
    """Give the phrases that somebody wrote, one a line, each once."""
    lines = (" ".join(line.split()).replace("${", "$ {") for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def proposed_phrases(answer: str) -> tuple[str, ...]:
    """Give phrases of an answer that are likely to be what matters, and the same tomorrow.

    Amounts and numbers of days come first; dates, hours and tickets are left out.
    """
    parts = [
        _shortened(_LEAD.sub("", _MARKS.sub("", part)))
        for line in answer.splitlines()
        for part in re.split(r"(?<=[.?!])\s+|: ", line)
    ]
    fit = [
        part
        for part in dict.fromkeys(parts)
        if len(part) >= _FEWEST_LETTERS and not _CHANGES.search(part)
    ]
    facts = [part for part in fit if _FACT.search(part)]
    return tuple([*facts, *(part for part in fit if part not in facts)][:_PROPOSED])


def _shortened(part: str) -> str:
    if len(part) <= _LONGEST_PROPOSED:
        return part
    return part[:_LONGEST_PROPOSED].rsplit(" ", 1)[0]
