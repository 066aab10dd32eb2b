"""A small text index for answers: n-gram TF-IDF and cosine, in memory."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from .features import char_ngrams, model_words, skeleton
from .normaliser import Normaliser

Key = TypeVar("Key", bound=Hashable)
_CHAR_WEIGHT = 0.6
_LONGEST_TEXT_WORDS = 400


class TextIndex(Generic[Key]):
    """Searches a few hundred documents, each of several texts (questions, keywords, answer).

    A document scores as its best text. Words that most documents share count little.
    """

    def __init__(
        self, documents: Sequence[tuple[Key, Sequence[str]]], normaliser: Normaliser
    ) -> None:
        self._normaliser = normaliser
        self._keys: list[Key] = []
        owners: list[int] = []
        grams: list[dict[str, float]] = []
        for key, texts in documents:
            self._keys.append(key)
            for text in texts:
                counts = self._grams(text)
                if counts:
                    owners.append(len(self._keys) - 1)
                    grams.append(counts)
        self._owners = np.array(owners, dtype=np.int64)
        self._idf = _inverse_frequencies(grams)
        self._postings = self._invert(grams)

    def _invert(
        self, grams: Sequence[dict[str, float]]
    ) -> dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
        found: dict[str, tuple[list[int], list[float]]] = {}
        for text, counts in enumerate(grams):
            for gram, weight in self._weighted(counts).items():
                places, weights = found.setdefault(gram, ([], []))
                places.append(text)
                weights.append(weight)
        return {
            gram: (np.array(places, dtype=np.int64), np.array(weights, dtype=np.float64))
            for gram, (places, weights) in found.items()
        }

    def search(self, query: str, limit: int = 5) -> list[tuple[Key, float]]:
        """Return up to ``limit`` keys with scores above 0 and up to 1, best first.

        Equal scores keep the order of the documents. An empty query or index finds nothing.
        """
        scores = np.zeros(len(self._owners), dtype=np.float64)
        for gram, weight in self._weighted(self._grams(query)).items():
            posting = self._postings.get(gram)
            if posting is not None:
                scores[posting[0]] += weight * posting[1]
        best = np.zeros(len(self._keys), dtype=np.float64)
        np.maximum.at(best, self._owners, scores)
        order = np.argsort(-best, kind="stable")[: max(0, limit)]
        return [(self._keys[i], min(1.0, float(best[i]))) for i in order if best[i] > 0]

    def _grams(self, text: str) -> dict[str, float]:
        words = model_words(self._normaliser.normalise(text))[:_LONGEST_TEXT_WORDS]
        counts: dict[str, float] = {}
        for word in words:
            counts["w" + word] = counts.get("w" + word, 0.0) + 1.0
            bones = "s" + skeleton(word)
            counts[bones] = counts.get(bones, 0.0) + 0.5
            for gram in char_ngrams(word):
                if len(gram) >= 3:
                    counts[gram] = counts.get(gram, 0.0) + _CHAR_WEIGHT
        return counts

    def _weighted(self, counts: dict[str, float]) -> dict[str, float]:
        unseen = self._idf.get("", 1.0)
        weights = {g: n**0.5 * self._idf.get(g, unseen) for g, n in counts.items()}
        length = sum(weight * weight for weight in weights.values()) ** 0.5
        return {g: weight / length for g, weight in weights.items()} if length else {}


def _inverse_frequencies(grams: Sequence[dict[str, float]]) -> dict[str, float]:
    """Inverse frequency of each n-gram over the texts; "" holds that of an unseen one."""
    seen: dict[str, int] = {}
    for counts in grams:
        for gram in counts:
            seen[gram] = seen.get(gram, 0) + 1
    total = len(grams) + 1
    idf = {gram: float(np.log(total / (1 + count)) + 1) for gram, count in seen.items()}
    idf[""] = float(np.log(total) + 1)
    return idf
