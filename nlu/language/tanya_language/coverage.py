"""How much of a question a document answers, word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import log

from .features import char_ngrams, skeleton

_ENCLITICS = ("nya", "kah", "lah", "pun", "ku", "mu")
_SHORTEST_STEM = 4
_ALIKE = 0.45
"""Words less alike than this (cosine of their pieces) are different words."""

_SHORT_TO_MISSPELL = 3
"""A word this short is a different word with any other letter ("sim", "slf")."""

_MOST_WORDS = 24
"""Telling words of a longer message are no question any more."""


def content_words(words: Sequence[str], everyday: Collection[str]) -> tuple[str, ...]:
    """Return the words that tell of a topic, each once, without "-nya" and the like."""
    found: dict[str, None] = {}
    for word in words:
        bare = without_enclitic(word)
        if len(bare) > 1 and word not in everyday and bare not in everyday:
            found[bare] = None
    return tuple(found)[:_MOST_WORDS]


def without_enclitic(word: str) -> str:
    """Return ``word`` without a particle or possessive at its end."""
    for ending in _ENCLITICS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


class Coverage:
    """Compares telling words of questions with those of documents.

    Args:
        documents: The telling words of each text of each document.
    """

    def __init__(self, documents: Sequence[Sequence[tuple[str, ...]]]) -> None:
        self._documents = documents
        self._known = Counter(
            word for texts in documents for word in {word for text in texts for word in text}
        )

    def of(self, telling: Sequence[str], numbers: Sequence[int]) -> list[float]:
        """Return for each of some documents the smaller of two shares, from 0 to 1.

        The share of the question's words that the document knows, and the share of the words of
        the document's best text that are in the question; words count by how few documents know
        them.
        """
        known = {
            number: {word for text in self._documents[number] for word in text}
            for number in numbers
        }
        alike = {
            word: {other: near for other in telling if (near := likeness(word, other))}
            for word in set().union(*known.values())
        }
        if len(telling) == 1 and self._known.get(telling[0], 0) > 1:
            return [0.0 for _ in numbers]  # a lone word that several know points to none of them
        nearest = {word: max(near.values()) for word, near in alike.items() if near}
        return [
            min(
                self._share(telling, _best(alike, known[number])),
                max((self._share(text, nearest) for text in self._documents[number]), default=0.0),
            )
            for number in numbers
        ]

    def _share(self, words: Sequence[str], near: Mapping[str, float]) -> float:
        weights = {word: self._weight(word) for word in words}
        total = sum(weights.values())
        got = sum(weight * near.get(word, 0.0) for word, weight in weights.items())
        return got / total if total > 0 else 0.0

    def _weight(self, word: str) -> float:
        return log((len(self._documents) + 1) / (self._known.get(word, 0) + 0.5))


def _best(alike: Mapping[str, Mapping[str, float]], known: Collection[str]) -> dict[str, float]:
    best: dict[str, float] = {}
    for word in known:
        for other, near in alike[word].items():
            best[other] = max(near, best.get(other, 0.0))
    return best


@lru_cache(maxsize=100_000)
def likeness(word: str, other: str) -> float:
    """Return how alike two words are, from 0 to 1; 0 for different ones."""
    if word == other:
        return 1.0
    if min(len(word), len(other)) <= _SHORT_TO_MISSPELL:
        return 0.0
    (one, size), (two, other_size) = _pieces(word), _pieces(other)
    if one.keys().isdisjoint(two.keys()):
        return 0.0
    shared = sum(count * two[piece] for piece, count in one.items() if piece in two)
    alike = shared / (size * other_size)
    return alike if alike >= _ALIKE else 0.0


@lru_cache(maxsize=50_000)
def _pieces(word: str) -> tuple[dict[str, int], float]:
    pieces = dict(Counter(char_ngrams(word)))
    pieces[f"skeleton {skeleton(word)}"] = 2
    return pieces, sum(count * count for count in pieces.values()) ** 0.5
