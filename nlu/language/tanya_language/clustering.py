"""Groups messages that say alike, one after the other, without ever looking at all again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from .features import char_ngrams, model_words, skeleton
from .normaliser import Normaliser

NEAR = 0.5
"""Cosine from which two messages say alike. Measured on the 1,267 questions and variants of 247
FAQ entries: 83 % then stand in a group of mostly their own entry; lower joins other questions
on one subject, higher leaves most messages alone."""

_MOST_GRAMS = 32
_REPRESENTATIVES = 4
_DIFFERENT = 0.8
_MOST_COMPARED = 150
_CHAR_WEIGHT = 0.5
_SHORTEST_GRAM = 3

_MOST_WORDS_KNOWN = 50_000

Grams = dict[str, float]
Words = tuple[str, ...]


class TextClusters:
    """Groups that grow; the same texts in the same order always give the same groups.

    A text joins the group that holds the text nearest to it, or begins one of its own. A group
    is known by a few of its texts that differ from one another. 20,000 texts take seconds.

    Args:
        normaliser: Makes standard words of the texts.
        background: Ordinary messages; the words that many of them share tell little.
        near: Cosine from which two texts say alike.
    """

    def __init__(
        self, normaliser: Normaliser, background: Iterable[str] = (), near: float = NEAR
    ) -> None:
        self._normaliser = normaliser
        self._near = near
        self._known: dict[str, tuple[tuple[str, float], ...]] = {}
        self._postings: dict[str, _Posting] = {}
        self._owners = _Numbers()
        self._sizes: list[int] = []
        self._equal: dict[Words, int] = {}
        self._idf = _inverse_frequencies(self._counts(self._words(text)) for text in background)

    def __len__(self) -> int:
        """Give the number of groups."""
        return len(self._sizes)

    def start(self, text: str) -> int:
        """Begin a group with a text, whatever it is like; gives the group's number."""
        words = self._words(text)
        return self._begin(words, self._vector(words))

    def add(self, text: str) -> int:
        """Put a text into its group, or into a new one; gives the group's number.

        Numbers count from 0 in the order the groups began.
        """
        words = self._words(text)
        known = self._equal.get(words)
        if known is not None:
            return known
        vector = self._vector(words)
        number, score = self._nearest(vector)
        if score < self._near:
            return self._begin(words, vector)
        if score < _DIFFERENT and self._sizes[number] < _REPRESENTATIVES:
            self._represent(number, words, vector)
        else:
            self._equal[words] = number
        return number

    def centralities(self, texts: Sequence[str]) -> list[float]:
        """Give how much each text is like the others, 0 to 1; one alone is 1.

        Of very many, each is compared with the first 150.
        """
        vectors = [self._vector(self._words(text)) for text in texts]
        middle: Grams = {}
        compared = vectors[:_MOST_COMPARED]
        for vector in compared:
            for gram, weight in vector.items():
                middle[gram] = middle.get(gram, 0.0) + weight / len(compared)
        return [
            min(1.0, sum(weight * middle.get(gram, 0.0) for gram, weight in vector.items()))
            for vector in vectors
        ]

    def _begin(self, words: Words, vector: Grams) -> int:
        self._sizes.append(0)
        self._represent(len(self._sizes) - 1, words, vector)
        return len(self._sizes) - 1

    def _represent(self, number: int, words: Words, vector: Grams) -> None:
        place = self._owners.add(number)
        for gram, weight in vector.items():
            posting = self._postings.get(gram)
            if posting is None:
                posting = self._postings[gram] = _Posting()
            posting.add(place, weight)
        self._sizes[number] += 1
        self._equal[words] = number

    def _nearest(self, vector: Grams) -> tuple[int, float]:
        owners = self._owners.values
        if not len(owners):
            return -1, 0.0
        scores = np.zeros(len(owners), dtype=np.float64)
        for gram, weight in vector.items():
            posting = self._postings.get(gram)
            if posting is not None:
                size = posting.size
                scores[posting.places[:size]] += weight * posting.weights[:size]
        best = int(np.argmax(scores))
        return int(owners[best]), float(scores[best])

    def _words(self, text: str) -> Words:
        return model_words(self._normaliser.normalise(text))

    def _counts(self, words: Words) -> Grams:
        counts: Grams = {}
        for word in words:
            for gram, count in self._grams_of(word):
                counts[gram] = counts.get(gram, 0.0) + count
        return counts

    def _grams_of(self, word: str) -> tuple[tuple[str, float], ...]:
        grams = self._known.get(word)
        if grams is None:
            pieces = (gram for gram in char_ngrams(word) if len(gram) >= _SHORTEST_GRAM)
            grams = (
                ("w" + word, 1.0), ("s" + skeleton(word), 0.5),
                *((gram, _CHAR_WEIGHT) for gram in pieces),
            )  # fmt: skip
            if len(self._known) < _MOST_WORDS_KNOWN:
                self._known[word] = grams
        return grams

    def _vector(self, words: Words) -> Grams:
        idf = self._idf
        unseen = idf.get("", 1.0)
        weighted = [
            (count**0.5 * idf.get(gram, unseen), gram)
            for gram, count in self._counts(words).items()
        ]
        weighted.sort(reverse=True)
        kept = weighted[:_MOST_GRAMS]
        length = sum(weight * weight for weight, _ in kept) ** 0.5
        return {gram: weight / length for weight, gram in kept} if length else {}


class _Numbers:
    """Whole numbers in an array that grows."""

    def __init__(self) -> None:
        self._kept: npt.NDArray[np.int64] = np.zeros(64, dtype=np.int64)
        self._size = 0

    def add(self, number: int) -> int:
        if self._size == len(self._kept):
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
        self._kept[self._size] = number
        self._size += 1
        return self._size - 1

    @property
    def values(self) -> npt.NDArray[np.int64]:
        return self._kept[: self._size]


class _Posting:
    """Where an n-gram stands, and how heavy; the first ``size`` of each count."""

    __slots__ = ("places", "size", "weights")

    def __init__(self) -> None:
        self.places: npt.NDArray[np.int64] = np.zeros(2, dtype=np.int64)
        self.weights: npt.NDArray[np.float64] = np.zeros(2, dtype=np.float64)
        self.size = 0

    def add(self, place: int, weight: float) -> None:
        if self.size == len(self.places):
            self.places = np.concatenate([self.places, self.places])
            self.weights = np.concatenate([self.weights, self.weights])
        self.places[self.size] = place
        self.weights[self.size] = weight
        self.size += 1


def _inverse_frequencies(texts: Iterable[Grams]) -> Grams:
    """Inverse frequency of each n-gram over the texts; "" holds that of an unseen one."""
    seen: dict[str, int] = {}
    total = 1
    for counts in texts:
        total += 1
        for gram in counts:
            seen[gram] = seen.get(gram, 0) + 1
    idf = {gram: float(np.log(total / (1 + count)) + 1) for gram, count in seen.items()}
    idf[""] = float(np.log(total) + 1)
    return idf
