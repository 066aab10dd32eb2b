"""The gate: understanding may not fall below what was once reached."""

from __future__ import annotations

from tanya_language import EntityExtractor, LinearModel

from benchmarks.nlu.datasets import read_evaluation
from benchmarks.nlu.gate import BASELINE, EVALUATION, Baseline, falls, figures


def test_understanding_has_not_fallen_below_its_baseline(
    model: LinearModel, extractor: EntityExtractor
) -> None:
    utterances = read_evaluation(EVALUATION)
    baseline = Baseline.read(BASELINE)

    measured = figures(model, extractor, utterances)

    assert {one.intent for one in utterances} <= set(model.labels)
    assert falls(baseline, measured) == [], (
        "fell below the baseline; if the loss is meant: python -m benchmarks.nlu.gate --write"
    )


def test_every_intent_of_the_evaluation_set_is_watched() -> None:
    watched = Baseline.read(BASELINE).figures.f1

    assert set(watched) == {one.intent for one in read_evaluation(EVALUATION)}
