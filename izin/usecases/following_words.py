"""Reads from a message whether notices are wanted, unwanted or asked about."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from izin.wording import Wording
from izin.words import words_of

LONGEST_LIST_QUESTION = 9


class Wish(Enum):
    """What a message about notices wants."""

    FOLLOW = "follow"
    STOP = "stop"
    LIST = "list"


class FollowingWords:
    """Knows the words of ``locales/`` for stopping and listing, in standard Indonesian."""

    def __init__(self, wording: Wording, normalise: Callable[[str], str]) -> None:
        """Take the sentences and what turns slang and regional words into standard ones."""
        self._normalise = normalise
        self._stop = frozenset(wording.say("following.words_stop").split())
        self._end = frozenset(wording.say("following.words_end").split())
        self._still = wording.say("following.words_still").split("|")
        self._when = frozenset(wording.say("following.words_when").split())
        self._not = wording.say("following.words_not").split("|")
        self._list = wording.say("following.words_list").split("|")
        self._about = frozenset(wording.say("following.words_following").split())
        self._fillers = frozenset(wording.say("following.words_filler").split())

    def wish(self, text: str) -> Wish:
        """Give what a message that is about notices wants."""
        plain = " ".join(words_of(self._normalise(text)))
        for phrase in self._still:
            plain = plain.replace(phrase, " ")
        words = words_of(plain)
        # "tell me when it stops": only what stands before the condition is the wish.
        head = words[: next((i for i, word in enumerate(words) if word in self._when), None)]
        head = head or words
        if (self._stop | self._end) & set(head) or self._has(" ".join(head), self._not):
            return Wish.STOP
        return Wish.LIST if self._has(plain, self._list) else Wish.FOLLOW

    def alone(self, text: str) -> Wish | None:
        """Give STOP for nothing but a word for stopping, LIST for "what do I follow?".

        None for all else: a message of which nothing else says that it is about notices.
        """
        plain = self._normalise(text)
        words = words_of(plain)
        left = [word for word in words if word not in self._fillers]
        if left and set(left) <= self._stop:
            return Wish.STOP
        asks = self._has(plain, self._list) and self._about & set(words)
        return Wish.LIST if asks and len(words) <= LONGEST_LIST_QUESTION else None

    def _has(self, plain: str, phrases: list[str]) -> bool:
        padded = f" {' '.join(words_of(plain))} "
        return any(f" {phrase} " in padded for phrase in phrases)
