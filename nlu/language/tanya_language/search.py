"""A text index for answers, in memory: n-gram TF-IDF and cosine, and how much was asked."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from math import log
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from .coverage import Coverage, content_words
from .features import char_ngrams, model_words, skeleton
from .normaliser import Normaliser

Key = TypeVar("Key", bound=Hashable)
_CHAR_WEIGHT = 0.6
_LONGEST_TEXT_WORDS = 400
_CANDIDATES = 12
"""Documents whose words are compared one by one, nearest first."""


class TextIndex(Generic[Key]):
    """Searches up to some ten thousand documents, each of several texts (ways to ask).

    Args:
        documents: Keys with their texts; a document scores as its best text.
        normaliser: Writes both texts and queries in standard words.
        everyday: Words that say nothing about a topic ("ada", "bisa", "kak").
    """

    def __init__(
        self,
        documents: Sequence[tuple[Key, Sequence[str]]],
        normaliser: Normaliser,
        everyday: Collection[str] = (),
    ) -> None:
        self._normaliser = normaliser
        self._everyday = frozenset(everyday)
        self._keys = [key for key, _ in documents]
        self._grams: dict[str, int] = {}
        owners: list[int] = []
        read: list[list[str]] = []
        for number, (_, texts) in enumerate(documents):
            for text in texts:
                if words := self._words(text):
                    owners.append(number)
                    read.append(words)
        self._owners = np.array(owners, dtype=np.int64)
        self._index(read)
        self._coverage = self._cover(read)

    def search(self, query: str, limit: int = 5) -> list[tuple[Key, float]]:
        """Return up to ``limit`` keys with scores above 0 and up to 1, best first.

        Equal scores keep the order of the documents. An empty query or index finds nothing.
        Words that most documents share count little.
        """
        found = self._nearest(self._words(query), limit)
        return [(self._keys[number], score) for number, score in found]

    def asked(self, query: str, limit: int = 5) -> list[tuple[Key, float]]:
        """Return up to ``limit`` keys by how much of a query is theirs, and of them the query's.

        1: every telling word of the query is one of the document's, and every telling word of
        one of its texts is in the query. The politeness, dialect and length of a message change
        little, as everyday words are left out and the others count by how few documents know
        them; misspelt and inflected words count by their likeness. Best first.
        """
        telling = content_words(self._words(query), self._everyday)
        near = self._nearest(list(telling), _CANDIDATES)
        numbers = [number for number, _ in near]
        scores = self._coverage.of(telling, numbers)
        scored = sorted(zip(scores, numbers, strict=True), key=lambda item: -item[0])
        return [(self._keys[number], score) for score, number in scored[: max(0, limit)] if score]

    def _words(self, text: str) -> list[str]:
        return list(model_words(self._normaliser.normalise(text))[:_LONGEST_TEXT_WORDS])

    def _cover(self, read: Sequence[Sequence[str]]) -> Coverage:
        texts: list[list[tuple[str, ...]]] = [[] for _ in self._keys]
        for owner, words in zip(self._owners, read, strict=True):
            texts[owner].append(content_words(words, self._everyday))
        return Coverage(texts)

    def _index(self, read: Sequence[Sequence[str]]) -> None:
        """Lay out every gram's texts and weights one after another, grams in order."""
        vocabulary: dict[str, int] = {}
        tokens = [vocabulary.setdefault(word, len(vocabulary)) for words in read for word in words]
        pieces = [self._pieces(word) for word in vocabulary]
        sizes = np.array([len(ids) for ids, _ in pieces], dtype=np.int64)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if pieces else sizes
        ids = np.array([one for found, _ in pieces for one in found], dtype=np.int64)
        counts = np.array([one for _, found in pieces for one in found], dtype=np.float32)

        word = np.array(tokens, dtype=np.int64)
        text = np.repeat(np.arange(len(read)), [len(words) for words in read])
        spread = sizes[word]
        ends = np.cumsum(spread)
        place = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - spread, spread)
        place += np.repeat(starts[word], spread)
        width = max(1, len(read))
        pairs = ids[place] * width + np.repeat(text, spread)
        order = np.argsort(pairs, kind="stable")
        pairs = pairs[order]
        first = np.flatnonzero(np.diff(pairs, prepend=-1))
        summed = np.add.reduceat(counts[place][order], first) if len(first) else counts[:0]
        gram, self._texts = np.divmod(pairs[first], width)

        known = np.bincount(gram, minlength=len(self._grams))
        self._bounds = np.concatenate(([0], np.cumsum(known)))
        self._idf = np.log((len(read) + 1) / (1 + known)) + 1
        self._unseen = log(len(read) + 1) + 1
        weights = np.sqrt(summed) * self._idf[gram]
        lengths = np.sqrt(np.bincount(self._texts, weights * weights, minlength=len(read)))
        self._weights = (weights / lengths[self._texts]).astype(np.float32)

    def _pieces(self, word: str) -> tuple[list[int], list[float]]:
        found = _counts([word])
        return [self._grams.setdefault(gram, len(self._grams)) for gram in found], [*found.values()]

    def _nearest(self, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
        counts = _counts(words)
        places = [self._grams.get(gram, -1) for gram in counts]
        weights = np.array(
            [
                n**0.5 * (self._unseen if place < 0 else self._idf[place])
                for place, n in zip(places, counts.values(), strict=True)
            ]
        )
        length = float(np.sqrt((weights * weights).sum()))
        scores: npt.NDArray[np.float64] = np.zeros(len(self._owners), dtype=np.float64)
        for place, weight in zip(places, weights, strict=True):
            if place >= 0:
                here = slice(self._bounds[place], self._bounds[place + 1])
                scores[self._texts[here]] += weight / length * self._weights[here]
        best = np.zeros(len(self._keys), dtype=np.float64)
        np.maximum.at(best, self._owners, scores)
        order = np.argsort(-best, kind="stable")[: max(0, limit)]
        return [(int(i), min(1.0, float(best[i]))) for i in order if best[i] > 0]


def _counts(words: Sequence[str]) -> dict[str, float]:
    """Return how much of each n-gram words hold: whole, without vowels, and in pieces."""
    counts: dict[str, float] = {}
    for word in words:
        counts["w" + word] = counts.get("w" + word, 0.0) + 1.0
        bones = "s" + skeleton(word)
        counts[bones] = counts.get(bones, 0.0) + 0.5
        for gram in char_ngrams(word):
            if len(gram) >= 3:
                counts[gram] = counts.get(gram, 0.0) + _CHAR_WEIGHT
    return counts
