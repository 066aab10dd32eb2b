"""Reads what a citizen tells of an activity, and finds the activities it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

MOST_ACTIVITIES = 3
"""More activities than this in one message make an answer nobody reads."""

_BORDER = re.compile(r"[,.;:?!\n]+(?!\d)|(?<!\d)[,.;:?!\n]+")


@dataclass(frozen=True, slots=True)
class ActivityStories:
    """Searches the activities by what a message tells, not by what it asks."""

    which: WhichPermit
    wording: Wording

    def told(self, text: str) -> str:
        """Give what a text tells of the activity, without the words that only ask."""
        asking = set(self.wording.say("answers.words_filler").split())
        asking |= set(self.wording.say("answers.words_asking").split())
        parts = (
            " ".join(word for word in words_of(part) if word not in asking)
            for part in _BORDER.split(text)
        )
        return ", ".join(part for part in parts if part)

    def several(self, text: str) -> list[ActivityHit]:
        """Give the activities that the parts of a message describe, each once, at most three."""
        joiners = self.wording.say("answers.words_joiner").split()
        found: dict[str, ActivityHit] = {}
        for part in parts_of(text, joiners):
            hits = self.which.search(part, 1)
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
