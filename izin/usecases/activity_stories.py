"""Reads what a citizen tells of an activity, and finds the activities it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from izin.usecases.which_permit import ActivityHit, WhichPermit
from izin.wording import Wording
from izin.words import parts_of, words_of

OFFER = 0.3
"""An activity this near (0 to 1) is offered as a button; of described ones nine in ten are."""

TAKE = 0.42
"""An activity this near is taken for the one that was described."""

GENERAL_PERMITS = frozenset({"NIB"})
"""Needed by nearly every business, so naming one tells little about the activity."""

TOLD = 0.15
"""What a message tells of an activity must be this near to it, without the words of all.

Measured on the training examples: of those taken rightly nearly all reach 0.3; of those that
share a word by chance ("jual miras eceran": fuel is sold "eceran") nearly all stay below 0.1.
"""

MOST_ACTIVITIES = 3
"""More activities than this in one message make an answer nobody reads."""

_BORDER = re.compile(r"[,.;:?!\n]+(?!\d)|(?<!\d)[,.;:?!\n]+")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class ActivityStories:
    """Searches the activities by what a message tells, not by what it asks."""

    which: WhichPermit
    wording: Wording
    normalise: Callable[[str], str] = str.casefold

    def told(self, text: str) -> str:
        """Give what a text tells of the activity, without the words that only ask."""
        asking = set(self.wording.say("answers.words_filler").split())
        asking |= set(self.wording.say("answers.words_asking").split())
        parts = (
            " ".join(word for word in words_of(part) if word not in asking)
            for part in _BORDER.split(text)
        )
        return ", ".join(part for part in parts if part)

    def search(self, text: str, limit: int = 3) -> tuple[ActivityHit, ...]:
        """Give the nearest activities, best first; none if it shares only "buka" or "jual".

        A text that tells nothing else ("mau buka usaha") is as near as its words are.
        """
        hits = self.which.search(text, limit)
        telling = self.telling(text)
        if not hits or not telling:
            return hits
        near = self.which.nearness(telling)
        told = tuple(hit for hit in hits if near.get(hit.activity.key, 0.0) >= TOLD)
        return told if told[:1] == hits[:1] else ()

    def offers(self, text: str) -> list[ActivityHit]:
        """Give the activities that a text may mean, at most three, each once."""
        hits = [*self.search(text), *self.which.search(self.telling(text))]
        near = {hit.activity.key: hit for hit in hits if hit.score >= OFFER}
        return list(near.values())[:MOST_ACTIVITIES]

    def telling(self, text: str) -> str:
        """Give the words of a text, in standard form, that tell one activity from others."""
        common: set[str] = set()
        for key in ("any_activity", "everyday", "filler", "asking"):
            common |= set(self.wording.say(f"answers.words_{key}").split())
        words = words_of(self.normalise(text))
        return " ".join(word for word in words if word not in common and not _FIGURE.search(word))

    def several(self, text: str) -> list[ActivityHit]:
        """Give the activities that the parts of a message describe, each once, at most three."""
        joiners = self.wording.say("answers.words_joiner").split()
        found: dict[str, ActivityHit] = {}
        for part in parts_of(text, joiners):
            hits = self.search(part, 1)
            if hits and hits[0].score >= TAKE:
                found.setdefault(hits[0].activity.key, hits[0])
        return list(found.values())[:MOST_ACTIVITIES]


def nearest(hits: Sequence[ActivityHit], named: set[str]) -> ActivityHit | None:
    """Give the nearest activity; one that needs a permit named in the message comes first."""
    telling = named - GENERAL_PERMITS or named
    for hit in hits:
        codes = {permit.code for permit, _ in hit.permits}
        if telling and telling <= codes and hit.score >= OFFER:
            return hit
    return hits[0] if hits and hits[0].score >= TAKE and not named else None
