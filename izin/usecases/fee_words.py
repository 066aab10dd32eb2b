"""Finds the words of a fee in a message: what is built, put up or paid, also mistyped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from izin.wording import Wording
from izin.words import words_of

ALIKE = 0.86
"""Likeness from which a mistyped word counts ("spandk", "rumh"); unlike words stay below."""

SHORTEST_FUZZY = 5
"""Letters a word must have to be found mistyped: short words resemble too many others."""

Normalise = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class FeeWords:
    """The small word lists of ``locales``, each a sentence of phrases between commas."""

    wording: Wording
    normalise: Normalise = str.casefold

    def phrases(self, key: str) -> list[list[str]]:
        """Give the phrases of one list as words, the longest first."""
        listed = [words_of(phrase) for phrase in self.wording.say(key).split(",")]
        return sorted((phrase for phrase in listed if phrase), key=len, reverse=True)

    def has(self, text: str, key: str) -> bool:
        """Say whether a text holds a phrase of a list, exactly or in standard words."""
        return any(
            _places(words, phrase, exact=True)
            for words in self._readings(text)
            for phrase in self.phrases(key)
        )

    def first(self, text: str, keys: Sequence[tuple[str, str]]) -> str | None:
        """Give the name of the first (name, list) the text means, or None.

        What stands behind "bukan" is not meant. The words as typed come before their standard
        form, exact words before mistyped ones.
        """
        readings = self._readings(text)
        for exact in (True, False):
            for words in readings:
                for name, key in keys:
                    if self._means(words, key, exact):
                        return name
        return None

    def start(self, text: str, key: str) -> int | None:
        """Give the character at which the first phrase of the list begins, or None."""
        found = [
            match.start()
            for phrase in self.phrases(key)
            if (match := re.search(_pattern(phrase), text.casefold()))
        ]
        return min(found, default=None)

    def rest(self, text: str, keys: Sequence[str]) -> list[str]:
        """Give the words of a text, in standard form, that stand in none of the lists."""
        words = words_of(self.normalise(text))
        for key in keys:
            for phrase in self.phrases(key):
                for place in _places(words, phrase, exact=True):
                    words[place : place + len(phrase)] = [""] * len(phrase)
        return [word for word in words if word and not any(letter.isdigit() for letter in word)]

    def _readings(self, text: str) -> list[list[str]]:
        typed, standard = words_of(text), words_of(self.normalise(text))
        stems = [word.removesuffix("nya") for word in standard]  # "gudangnya"
        readings: list[list[str]] = []
        for words in (typed, standard, stems):
            if words not in readings:
                readings.append(words)
        return readings

    def _means(self, words: list[str], key: str, exact: bool) -> bool:
        nots = set(words_of(self.wording.say("fees.words_not")))
        return any(
            not nots & set(words[max(place - 1, 0) : place])
            for phrase in self.phrases(key)
            for place in _places(words, phrase, exact)
        )


def _pattern(phrase: Sequence[str]) -> str:
    return r"\b" + r"\W+".join(map(re.escape, phrase)) + r"\b"


def _places(words: list[str], phrase: list[str], exact: bool) -> list[int]:
    """Give where a phrase begins among the words."""
    size = len(phrase)
    if exact:
        return [
            place for place in range(len(words) - size + 1) if words[place : place + size] == phrase
        ]
    if size > 1 or len(phrase[0]) < SHORTEST_FUZZY:
        return []
    return [place for place, word in enumerate(words) if _alike(word, phrase[0])]


def _alike(word: str, wanted: str) -> bool:
    if word[:1] != wanted[:1] or abs(len(word) - len(wanted)) > 2:
        return False
    return SequenceMatcher(None, word, wanted).ratio() >= ALIKE
