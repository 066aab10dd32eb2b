"""A trained linear intent classifier: scoring in numpy, files without pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .features import BLOCKS, block_ngrams, char_ngrams, model_words
from .lexicon import Lexicon
from .normaliser import NormalisedText, Normaliser

FORMAT = 2
_WEIGHTS = "weights.npz"
_MODEL = "model.json"
_EXACT_CONFIDENCE = 0.98
_MOST_CACHED = 50_000
_Array = npt.NDArray[Any]


class ModelError(ValueError):
    """The folder holds no model, or one this version cannot read."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What training found.

    Attributes:
        labels: Intent names; column order of ``weights``.
        vocabulary: For each block of features its n-grams; rows of ``weights`` in block order.
        idf: Inverse document frequency per row.
        weights: Rows are features, columns are labels.
        bias: One number per label.
        temperature: Margins are divided by it before they become confidences.
        exact: Normalised one- or two-word messages and their intent.
        block_weights: How much each block counts.
    """

    labels: tuple[str, ...]
    vocabulary: Mapping[str, Sequence[str]]
    idf: _Array
    weights: _Array
    bias: _Array
    temperature: float
    exact: Mapping[str, str]
    block_weights: Mapping[str, float]


class LinearModel:
    """Ranks intents of a message. Safe to share between threads."""

    def __init__(self, parameters: Parameters, normaliser: Normaliser) -> None:
        self.parameters = parameters
        self.normaliser = normaliser
        self._index = FeatureIndex(parameters.vocabulary, parameters.idf, parameters.block_weights)
        self._columns = {label: place for place, label in enumerate(parameters.labels)}

    @property
    def labels(self) -> tuple[str, ...]:
        """The intents this model tells apart."""
        return self.parameters.labels

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every intent with its confidence, best first; confidences sum to 1."""
        return self.rank_normalised(self.normaliser.normalise(text))

    def rank_normalised(self, message: NormalisedText) -> list[tuple[str, float]]:
        """Return what ``rank`` returns, for a message already normalised."""
        confidences = self._confidences(message)
        order = np.argsort(-confidences, kind="stable")
        labels = self.parameters.labels
        return [(labels[place], float(confidences[place])) for place in order]

    def explain(self, text: str, intent: str, n: int = 10) -> list[tuple[str, float]]:
        """Return the ``n`` n-grams of ``text`` that weighed most for or against ``intent``.

        A weight is the margin the n-gram adds to ``intent`` above its mean over all intents;
        negative ones speak against it. Words and pairs are given as they are, pieces of words
        in brackets, words without vowels after a tilde, distant pairs with a plus.

        Raises:
            KeyError: The model has no such intent.
        """
        column = self._columns[intent]
        rows, values = self._index.vector(model_words(self.normaliser.normalise(text)))
        if not len(rows):
            return []
        weights = self.parameters.weights[rows]
        shares = values * (weights[:, column] - weights.mean(axis=1))
        order = np.argsort(-np.abs(shares), kind="stable")[:n]
        return [(self._index.name(int(rows[place])), float(shares[place])) for place in order]

    def margins(self, message: NormalisedText) -> _Array:
        """Return the uncalibrated score of every label."""
        rows, values = self._index.vector(model_words(message))
        if not len(rows):
            return np.zeros(len(self.parameters.labels), dtype=np.float32)
        margins: _Array = values @ self.parameters.weights[rows] + self.parameters.bias
        return margins

    def _confidences(self, message: NormalisedText) -> _Array:
        confidences = softmax(self.margins(message) / self.parameters.temperature)
        label = self.parameters.exact.get(message.text)
        if label is not None:
            column = self._columns[label]
            if confidences[column] < _EXACT_CONFIDENCE:
                confidences *= (1 - _EXACT_CONFIDENCE) / max(1e-9, 1 - confidences[column])
                confidences[column] = _EXACT_CONFIDENCE
        result: _Array = confidences / confidences.sum()
        return result

    def save(self, folder: str | Path) -> None:
        """Write the model (numbers and JSON, lexicon included) into ``folder``."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        found = self.parameters
        np.savez_compressed(
            target / _WEIGHTS,
            weights=found.weights.astype(np.float16),
            idf=found.idf.astype(np.float32),
            bias=found.bias.astype(np.float32),
        )
        content = {
            "format": FORMAT,
            "labels": list(found.labels),
            "vocabulary": {block: list(found.vocabulary[block]) for block in BLOCKS},
            "temperature": found.temperature,
            "exact": dict(found.exact),
            "block_weights": dict(found.block_weights),
            "lexicon": self.normaliser.lexicon.to_dict(),
        }
        path = target / _MODEL
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> LinearModel:
        """Return the model that ``save`` wrote; it ranks as the saved one did.

        Raises:
            ModelError: A file is missing, damaged or of another format.
        """
        source = Path(folder)
        try:
            content = json.loads((source / _MODEL).read_text(encoding="utf-8"))
            with np.load(source / _WEIGHTS, allow_pickle=False) as arrays:
                weights, idf, bias = (arrays[name] for name in ("weights", "idf", "bias"))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"no readable model in {source}: {error}") from error
        if content.get("format") != FORMAT:
            raise ModelError(f"{source}: model format {content.get('format')!r}, expected {FORMAT}")
        rows = sum(len(content["vocabulary"][block]) for block in BLOCKS)
        if weights.shape != (rows, len(content["labels"])) or len(idf) != rows:
            raise ModelError(f"{source}: weights do not fit the vocabulary")
        parameters = Parameters(
            labels=tuple(content["labels"]),
            vocabulary=content["vocabulary"],
            idf=idf,
            weights=weights.astype(np.float32),
            bias=bias,
            temperature=float(content["temperature"]),
            exact=content["exact"],
            block_weights=content["block_weights"],
        )
        return cls(parameters, Normaliser(Lexicon.from_dict(content["lexicon"])))


class FeatureIndex:
    """Turns words into rows and values of a TF-IDF vector; each block has length its weight."""

    def __init__(
        self,
        vocabulary: Mapping[str, Sequence[str]],
        idf: _Array,
        block_weights: Mapping[str, float],
    ) -> None:
        self._idf = idf.astype(np.float32)
        self._weights = block_weights
        self._rows: dict[str, dict[str, int]] = {}
        self._vocabulary = vocabulary
        self._starts: dict[str, int] = {}
        start = 0
        for block in BLOCKS:
            self._starts[block] = start
            self._rows[block] = {g: start + i for i, g in enumerate(vocabulary[block])}
            start += len(vocabulary[block])
        self._char_cache: dict[str, tuple[int, ...]] = {}

    @property
    def size(self) -> int:
        """Rows of the model."""
        return len(self._idf)

    def vector(self, words: Sequence[str]) -> tuple[_Array, _Array]:
        """Return the rows and values of the known n-grams of ``words``."""
        rows: list[_Array] = []
        values: list[_Array] = []
        for block in BLOCKS:
            counts: dict[int, int] = {}
            for row in self._known(block, words):
                counts[row] = counts.get(row, 0) + 1
            if not counts:
                continue
            found = np.fromiter(counts, dtype=np.int32, count=len(counts))
            tf = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
            value = (1.0 + np.log(tf)) * self._idf[found]
            value *= self._weights[block] / float(np.sqrt(value @ value))
            rows.append(found)
            values.append(value)
        if not rows:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        return np.concatenate(rows), np.concatenate(values).astype(np.float32)

    def name(self, row: int) -> str:
        """Return the n-gram of a row as ``LinearModel.explain`` shows it."""
        for block in reversed(BLOCKS):
            if row >= self._starts[block]:
                gram = self._vocabulary[block][row - self._starts[block]]
                return {"char": f"[{gram}]", "skeleton": f"~{gram}"}.get(block, gram)
        raise IndexError(row)

    def _known(self, block: str, words: Sequence[str]) -> list[int]:
        known = self._rows[block]
        if block == "char":
            return [row for word in words for row in self._char_rows(word)]
        grams = block_ngrams(block, words)
        return [row for gram in grams if (row := known.get(gram)) is not None]

    def _char_rows(self, word: str) -> tuple[int, ...]:
        rows = self._char_cache.get(word)
        if rows is None:
            if len(self._char_cache) >= _MOST_CACHED:
                self._char_cache.clear()
            known = self._rows["char"]
            rows = tuple(r for g in char_ngrams(word) if (r := known.get(g)) is not None)
            self._char_cache[word] = rows
        return rows


def softmax(margins: _Array) -> _Array:
    """Return confidences that sum to 1 for one row of margins."""
    shifted = np.exp((margins - margins.max()).astype(np.float64))
    result: _Array = shifted / shifted.sum()
    return result
