"""How good a list of predictions is. Pure; the gate in ``make test`` uses the same figures."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from .datasets import Utterance
from .runs import Prediction

#: Bins of equal width that confidences are compared in (Guo et al. 2017 use 15 as well).
BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of like confidence: how many, how sure on average, and how often right."""

    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class IntentScores:
    """Intent figures of one pipeline on one test set; shares from 0 to 1.

    Attributes:
        count: Messages measured.
        accuracy: Share with the right best intent.
        macro_f1: Mean F1 of the intents that occur in the test set.
        f1: F1 of each of them.
        registers: Accuracy of each register named in the test set.
        calibration_error: Expected calibration error of the best intent's confidence.
        bins: What it is computed from, bins without predictions left out.
        scope_auroc: Area under the ROC curve of the out-of-scope intent's confidence; None
            where there is no such intent.
        scope_f1: F1 of that intent; None likewise.
    """

    count: int
    accuracy: float
    macro_f1: float
    f1: dict[str, float]
    registers: dict[str, float]
    calibration_error: float
    bins: tuple[Bin, ...]
    scope_auroc: float | None
    scope_f1: float | None


@dataclass(frozen=True, slots=True)
class EntityScores:
    """Precision, recall and F1 over (entity, value) pairs of all messages, 0 to 1."""

    precision: float
    recall: float
    f1: float


def intent_scores(
    test: Sequence[Utterance], found: Sequence[Prediction], out_of_scope: str = ""
) -> IntentScores:
    """Return the intent figures of predictions in the order of ``test``.

    Raises:
        ValueError: The two differ in length, or there are none.
    """
    if not test or len(test) != len(found):
        raise ValueError(f"{len(found)} predictions for {len(test)} utterances")
    truth = [one.intent for one in test]
    best = [one.intent for one in found]
    right = np.array([a == b for a, b in zip(truth, best, strict=True)])
    labels = sorted(set(truth))
    each = f1_score(truth, best, labels=labels, average=None, zero_division=0.0)
    bins = reliability([one.confidence for one in found], right)
    registers: dict[str, list[bool]] = defaultdict(list)
    for one, hit in zip(test, right, strict=True):
        if one.register:
            registers[one.register].append(bool(hit))
    f1 = {label: float(value) for label, value in zip(labels, each, strict=True)}
    return IntentScores(
        count=len(test),
        accuracy=float(right.mean()),
        macro_f1=float(np.mean(each)),
        f1=f1,
        registers={name: float(np.mean(registers[name])) for name in sorted(registers)},
        calibration_error=sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / len(test),
        bins=bins,
        scope_auroc=_scope_auroc(truth, found, out_of_scope),
        scope_f1=f1.get(out_of_scope) if out_of_scope else None,
    )


def _scope_auroc(
    truth: Sequence[str], found: Sequence[Prediction], out_of_scope: str
) -> float | None:
    outside = [intent == out_of_scope for intent in truth]
    if not any(outside) or all(outside):
        return None
    return float(
        roc_auc_score(outside, [dict(one.ranking).get(out_of_scope, 0.0) for one in found])
    )


def reliability(confidences: Sequence[float], right: Sequence[bool] | Any) -> tuple[Bin, ...]:
    """Return the filled bins of equal width, least confident first."""
    sure = np.clip(np.asarray(confidences, dtype=float), 0.0, 1.0)
    hits = np.asarray(right, dtype=bool)
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(int(chosen.sum()), float(sure[chosen].mean()), float(hits[chosen].mean()))
        for chosen in (places == place for place in range(BINS))
        if chosen.any()
    )


def entity_scores(
    test: Sequence[Utterance], found: Sequence[Prediction], kind: str | None = None
) -> EntityScores:
    """Return how well entities were found: of one kind, or of all.

    A pair counts once a message, and only when its value is right; the value of an ambiguous name
    is None.
    """
    right = named = wanted = 0
    for one, prediction in zip(test, found, strict=True):
        expected = {(e, canonical(v)) for e, v in one.entities if kind in (None, e)}
        got = {(e, canonical(v)) for e, v in prediction.entities if kind in (None, e)}
        right += len(expected & got)
        named += len(got)
        wanted += len(expected)
    return EntityScores(
        precision=right / named if named else 0.0,
        recall=right / wanted if wanted else 0.0,
        f1=2 * right / (named + wanted) if named + wanted else 0.0,
    )


def canonical(value: Any) -> str:
    """Return a value as text that equal values share: 600 and 600.0, "PBG" and "pbg"."""
    if isinstance(value, list | tuple):
        return json.dumps([canonical(one) for one in value])
    if isinstance(value, dict):
        return json.dumps({key: canonical(value[key]) for key in sorted(value)})
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).casefold()


def confusions(
    test: Sequence[Utterance], found: Sequence[Prediction]
) -> list[tuple[str, str, int]]:
    """Return (expected, found, how often) of the wrong predictions, most frequent first."""
    counts = Counter(
        (one.intent, prediction.intent)
        for one, prediction in zip(test, found, strict=True)
        if one.intent != prediction.intent
    )
    return [(*pair, n) for pair, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
