"""Trains the linear intent classifier; needs scikit-learn (the extra ``training``)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .features import BLOCKS, block_ngrams, model_words
from .model import FeatureIndex, LinearModel, Parameters
from .noise import noised_copies
from .normaliser import Normaliser

_Array = npt.NDArray[Any]
Progress = Callable[[str, float], None]
_FEWEST_FOR_CALIBRATION = 50
_EXACT_WORDS = 2
_LEAST_LOG = float(np.log(1e-9))
# Six hundred times the library's: answers stay the same, training takes a third of the time.
_TOLERANCE = 6e-2


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How to train; the defaults were chosen by cross-validation on training data.

    Attributes:
        noise_copies: Noised versions added for each example.
        noise_rate: Share of words damaged in them.
        noise_weight: How much a noised version counts beside its example.
        regularisation: C of the linear support vector machine; higher fits closer.
        fewest_documents: An n-gram must occur in as many texts to count.
        most_features: Size limit; the n-grams with the smallest weights go.
        held_out: Share of examples the temperature is fitted on.
        kinship_weights: How much counts what intents of the same first word, and of the same
            further words, have in common against all others. It goes into the same weights, so
            that ranking costs nothing more.
        block_weights: How much pieces of words, words, vowel-less words and distant pairs count.
    """

    noise_copies: int = 3
    noise_rate: float = 0.4
    noise_weight: float = 0.4
    regularisation: float = 1.0
    fewest_documents: int = 2
    most_features: int = 150_000
    held_out: float = 0.2
    kinship_weights: tuple[float, float] = (0.4, 0.15)
    block_weights: tuple[float, float, float, float] = (1.0, 0.5, 0.3, 0.4)


def train_classifier(
    examples: Sequence[tuple[str, str]],
    normaliser: Normaliser,
    *,
    seed: int = 13,
    options: TrainingOptions | None = None,
    progress: Progress | None = None,
) -> LinearModel:
    """Return a model trained on ``(text, intent)`` pairs; the same input gives the same model.

    Args:
        progress: Called with a step's name and the share done, 0 to 1.

    Raises:
        ValueError: Fewer than two intents, or an empty text or intent among the examples.
        ImportError: scikit-learn is not installed.
    """
    chosen = options or TrainingOptions()
    _check(examples)
    report = progress or _silent
    report("calibration", 0.0)
    temperature = _temperature(examples, normaliser, seed, chosen)
    report("classifier", 0.45)
    parameters = _fit(examples, normaliser, seed, chosen)
    report("exact replies", 0.95)
    exact = _exact_table(examples, normaliser)
    model = LinearModel(replace(parameters, temperature=temperature, exact=exact), normaliser)
    report("done", 1.0)
    return model


def _silent(step: str, share: float) -> None:
    del step, share


def _check(examples: Sequence[tuple[str, str]]) -> None:
    if len({intent for _, intent in examples}) < 2:
        raise ValueError("training needs examples of at least two intents")
    for text, intent in examples:
        if not text.strip() or not intent.strip():
            raise ValueError(f"empty text or intent in the training examples: {(text, intent)!r}")


def _fit(
    examples: Sequence[tuple[str, str]],
    normaliser: Normaliser,
    seed: int,
    options: TrainingOptions,
) -> Parameters:
    from sklearn.svm import LinearSVC

    copies = noised_copies(examples, options.noise_copies, seed, options.noise_rate)
    texts = [*examples, *copies]
    documents = [model_words(normaliser.normalise(text)) for text, _ in texts]
    vocabulary, idf = _vocabulary(documents, options.fewest_documents)
    weights = dict(zip(BLOCKS, options.block_weights, strict=True))
    index = FeatureIndex(vocabulary, idf, weights)
    matrix = _matrix(documents, index)
    labels = tuple(sorted({intent for _, intent in texts}))
    places = {label: place for place, label in enumerate(labels)}
    answers = np.array([places[intent] for _, intent in texts])
    worth = np.repeat([1.0, options.noise_weight], [len(examples), len(copies)])

    def planes(wanted: _Array) -> tuple[_Array, _Array]:
        """Rows of weights and biases, one for each class of ``wanted``."""
        machine = LinearSVC(
            C=options.regularisation, random_state=seed, dual=True, max_iter=3000, tol=_TOLERANCE
        )
        machine.fit(matrix, wanted, sample_weight=worth)
        rows, bias = machine.coef_, machine.intercept_
        return (
            (np.vstack([-rows, rows]), np.append(-bias, bias)) if len(rows) == 1 else (rows, bias)
        )

    rows, offsets = planes(answers)
    rows = rows.astype(np.float32)
    coefficients, bias = rows.copy(), offsets.copy()
    for weight, kinship in zip(options.kinship_weights, (_subject, _rest), strict=True):
        kin = [kinship(label) for label in labels]
        coefficients += weight * rows
        bias += weight * offsets
        for family in sorted({name for name in kin if 1 < kin.count(name) < len(kin)}):
            members = [place for place, name in enumerate(kin) if name == family]
            sides, levels = planes(np.isin(answers, members).astype(np.int64))
            coefficients[members] += weight * (sides[1].astype(np.float32) - rows[members])
            bias[members] += weight * (levels[1] - offsets[members])
    parameters = Parameters(
        labels=labels,
        vocabulary=vocabulary,
        idf=idf,
        weights=coefficients.T.astype(np.float32),
        bias=bias.astype(np.float32),
        temperature=1.0,
        exact={},
        block_weights=weights,
    )
    return _pruned(parameters, options.most_features)


def _subject(label: str) -> str:
    """The first word of an intent's name ("tanya" of tanya_biaya)."""
    return label.split("_", 1)[0]


def _rest(label: str) -> str:
    """An intent's name without its first word ("biaya" of tanya_biaya, hitung_biaya)."""
    return label.split("_", 1)[-1]


def _matrix(documents: Sequence[Sequence[str]], index: FeatureIndex) -> Any:
    from scipy.sparse import csr_matrix

    vectors = [index.vector(words) for words in documents]
    starts = np.cumsum([0, *(len(rows) for rows, _ in vectors)])
    return csr_matrix(
        (
            np.concatenate([values for _, values in vectors]),
            np.concatenate([rows for rows, _ in vectors]),
            starts,
        ),
        shape=(len(documents), index.size),
    )


def _vocabulary(
    documents: Sequence[Sequence[str]], fewest: int
) -> tuple[dict[str, list[str]], _Array]:
    vocabulary: dict[str, list[str]] = {}
    idf: list[_Array] = []
    for block in BLOCKS:
        counts: Counter[str] = Counter()
        for words in documents:
            counts.update(set(block_ngrams(block, words)))
        known = sorted(gram for gram, count in counts.items() if count >= fewest)
        frequency = np.array([counts[gram] for gram in known], dtype=np.float64)
        vocabulary[block] = known
        idf.append(np.log((1 + len(documents)) / (1 + frequency)) + 1)
    return vocabulary, np.concatenate(idf).astype(np.float32)


def _pruned(parameters: Parameters, most: int) -> Parameters:
    """The model without the n-grams that weigh least, and with weights as the file rounds them."""
    size = len(parameters.idf)
    keep = np.arange(size)
    if size > most:
        strength = np.linalg.norm(parameters.weights, axis=1)
        keep = np.sort(np.argsort(-strength, kind="stable")[:most])
    kept = set(keep.tolist())
    vocabulary: dict[str, list[str]] = {}
    start = 0
    for block in BLOCKS:
        grams = parameters.vocabulary[block]
        vocabulary[block] = [gram for place, gram in enumerate(grams) if start + place in kept]
        start += len(grams)
    return replace(
        parameters,
        vocabulary=vocabulary,
        idf=parameters.idf[keep],
        weights=parameters.weights[keep].astype(np.float16).astype(np.float32),
    )


def _temperature(
    examples: Sequence[tuple[str, str]],
    normaliser: Normaliser,
    seed: int,
    options: TrainingOptions,
) -> float:
    """The temperature under which held-out examples were likeliest (Guo et al. 2017)."""
    if len(examples) < _FEWEST_FOR_CALIBRATION:
        return 0.5
    shown, hidden = _split(examples, options.held_out, seed)
    if len({intent for _, intent in shown}) < 2 or not hidden:
        return 0.5
    # Fewer copies move the temperature by a hundredth or two and save a third of the training.
    fewer = replace(options, noise_copies=min(1, options.noise_copies))
    model = LinearModel(_fit(shown, normaliser, seed, fewer), normaliser)
    places = {label: place for place, label in enumerate(model.labels)}
    known = [(text, places[intent]) for text, intent in hidden if intent in places]
    margins = np.array([model.margins(normaliser.normalise(text)) for text, _ in known])
    answers = np.array([place for _, place in known])
    temperatures = np.geomspace(0.03, 2.0, 120)
    losses = [_loss(margins / temperature, answers) for temperature in temperatures]
    return float(temperatures[int(np.argmin(losses))])


def _split(
    examples: Sequence[tuple[str, str]], share: float, seed: int
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    by_intent: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for example in examples:
        by_intent[example[1]].append(example)
    rng = random.Random(seed)  # noqa: S311
    shown, hidden = [], []
    for intent in sorted(by_intent):
        group = list(by_intent[intent])
        rng.shuffle(group)
        cut = round(len(group) * share)
        hidden.extend(group[:cut])
        shown.extend(group[cut:])
    return shown, hidden


def _loss(margins: _Array, answers: _Array) -> float:
    shifted = margins - margins.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(answers)), answers] - np.log(np.exp(shifted).sum(axis=1))
    return float(-np.maximum(chosen, _LEAST_LOG).mean())


def _exact_table(examples: Sequence[tuple[str, str]], normaliser: Normaliser) -> dict[str, str]:
    """Short messages whose examples all have one intent."""
    intents: dict[str, set[str]] = defaultdict(set)
    for text, intent in examples:
        message = normaliser.normalise(text)
        if 1 <= len(message.tokens) <= _EXACT_WORDS:
            intents[message.text].add(intent)
    return {text: found.pop() for text, found in sorted(intents.items()) if len(found) == 1}
