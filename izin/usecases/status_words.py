"""What a citizen's words ask about an application: small phrase lists, not the classifier.

After a status has been shown, "kurangnya apa?" or "kok lama?" can only mean that application,
whatever the classifier takes such a short message for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from izin.applications import Status
from izin.wording import Wording
from izin.words import words_of

Phrases = tuple[frozenset[str], ...]

TOPICS = ("done", "missing", "why", "when", "holder", "pay", "permit", "reason", "next")
"""What can be asked about an application, in the order of an answer."""

_WEAKER = {"when": "permit", "why": "reason"}
"""A topic gives way to another that its words belong to ("berlaku sampai kapan")."""

_MOST_ORDINAL = 99
_PREFIX = "words_"


class StatusWords:
    """Reads the phrase lists of ``status.po`` in a text."""

    def __init__(self, wording: Wording, normalise: Callable[[str], str] = str.casefold) -> None:
        """Take the sentences, which hold the lists, and what gives standard words."""
        self._normalise = normalise
        self._lists = _lists(wording)

    def says(self, text: str, what: str) -> bool:
        """Say whether the text holds a phrase of the list ``what``."""
        return any(phrase <= self._words(text) for phrase in self._lists[what])

    def topics(self, text: str) -> tuple[str, ...]:
        """Give what the text asks about an application, in the order of an answer."""
        words = self._words(text)
        if any(phrase <= words for phrase in self._lists["unclear"]):
            return ()
        found = [topic for topic in TOPICS if any(phrase <= words for phrase in self._lists[topic])]
        kept = [topic for topic in found if _WEAKER.get(topic) not in found]
        return tuple(topic for topic in kept if topic != "next" or len(kept) == 1)

    def status(self, text: str) -> Status | None:
        """Give the one status the text names ("yang ditolak"), or None."""
        named = [
            status
            for status in Status
            if status.value in self._lists and self.says(text, status.value)
        ]
        return named[0] if len(named) == 1 else None

    def ordinal(self, text: str) -> int | None:
        """Give the place in a list the text names ("yang kedua", "nomor 2", "2"), from 1."""
        words = words_of(self._normalise(text).replace("-", " "))
        for place, phrases in enumerate(self._lists["ordinals"], start=1):
            if phrases & set(words):
                return place
        leading = frozenset().union(*self._lists["number"])
        for before, word in zip(["", *words], words, strict=False):
            plain = word.removeprefix("ke")
            counts = before in leading or len(words) == 1 or plain != word
            if plain.isdigit() and counts and 1 <= int(plain) <= _MOST_ORDINAL:
                return int(plain)
        return None

    def _words(self, text: str) -> frozenset[str]:
        words = set(words_of(text)) | set(words_of(self._normalise(text)))
        words |= {part for word in words for part in word.split("-")}
        return frozenset(words | {word.removesuffix("nya") for word in words})


@cache
def _lists(wording: Wording) -> dict[str, Phrases]:
    found = {}
    for key in wording.keys():  # noqa: SIM118  (a method of ours)
        area, _, name = key.partition(".")
        if area == "status" and name.startswith(_PREFIX):
            found[name.removeprefix(_PREFIX)] = _phrases(wording.say(key).split("|"))
    return found


def _phrases(texts: Iterable[str]) -> Phrases:
    return tuple(frozenset(words_of(text)) for text in texts if text.strip())
