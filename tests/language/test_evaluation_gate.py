"""The gate: understanding may not fall below what was once reached."""

from __future__ import annotations

import pytest
from tanya_language import EntityExtractor, LinearModel
from tanya_language.evaluation import read_sentences

from benchmarks.nlu.gate import BASELINE, EVALUATION, Baseline, falls, measured_figures


@pytest.mark.timeout(900)  # trains the whole model where no other test has
def test_understanding_has_not_fallen_below_its_baseline(
    model: LinearModel, extractor: EntityExtractor
) -> None:
    baseline = Baseline.read(BASELINE)

    measured = measured_figures(model, extractor, EVALUATION)

    assert set(measured.f1) <= set(model.labels)
    assert falls(baseline, measured) == [], (
        "fell below the baseline; if the loss is meant: python -m benchmarks.nlu.gate --write"
    )


def test_every_intent_of_the_evaluation_set_is_watched() -> None:
    watched = Baseline.read(BASELINE).figures.f1

    assert set(watched) == {one.intent for one in read_sentences(EVALUATION)}
