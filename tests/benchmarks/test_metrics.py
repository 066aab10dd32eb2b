from __future__ import annotations

import pytest

from benchmarks.nlu.datasets import Utterance
from benchmarks.nlu.metrics import (
    canonical,
    confusions,
    entity_scores,
    intent_scores,
    reliability,
)
from benchmarks.nlu.runs import Prediction


def said(intent: str, register: str = "", **entities: object) -> Utterance:
    return Utterance("apa saja", intent, register, tuple(entities.items()))


def found(*ranking: tuple[str, float], **entities: object) -> Prediction:
    return Prediction(ranking, tuple(entities.items()), 1.0)


TEST = [said("a", "baku"), said("a", "jawa"), said("b", "jawa"), said("luar")]
FOUND = [
    found(("a", 0.9), ("luar", 0.1)),
    found(("b", 0.6), ("a", 0.3), ("luar", 0.1)),
    found(("b", 0.7), ("luar", 0.3)),
    found(("luar", 0.8), ("a", 0.2)),
]


def test_accuracy_and_f1_are_counted_over_the_whole_and_by_register() -> None:
    scores = intent_scores(TEST, FOUND, "luar")

    assert scores.accuracy == 0.75
    assert scores.f1 == pytest.approx({"a": 2 / 3, "b": 2 / 3, "luar": 1.0})
    assert scores.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert scores.registers == {"baku": 1.0, "jawa": 0.5}


def test_out_of_scope_is_judged_by_the_confidence_in_it() -> None:
    scores = intent_scores(TEST, FOUND, "luar")

    assert scores.scope_auroc == 1.0
    assert scores.scope_f1 == 1.0
    without = intent_scores(TEST[:3], FOUND[:3], "luar")
    assert without.scope_auroc is None
    assert without.scope_f1 is None


def test_an_honest_pipeline_has_no_calibration_error() -> None:
    test = [said("a")] * 4
    honest = [found(("a", 0.75), ("b", 0.25))] * 3 + [found(("b", 0.75), ("a", 0.25))]
    boastful = [found(("b", 1.0))] * 4

    assert intent_scores(test, honest).calibration_error == pytest.approx(0.0)
    assert intent_scores(test, boastful).calibration_error == pytest.approx(1.0)


def test_confidences_are_sorted_into_bins_of_equal_width() -> None:
    bins = reliability([0.01, 0.02, 0.5, 1.0], [False, True, True, True])

    assert [one.count for one in bins] == [2, 1, 1]
    assert bins[0].confidence == pytest.approx(0.015)
    assert [one.accuracy for one in bins] == [0.5, 1.0, 1.0]


def test_a_prediction_without_ranking_is_wrong_and_unsure() -> None:
    scores = intent_scores([said("a")], [Prediction((), (), 1.0)])

    assert scores.accuracy == 0.0


@pytest.mark.parametrize("predictions", [[], FOUND[:2]])
def test_predictions_must_match_the_test_set(predictions: list[Prediction]) -> None:
    with pytest.raises(ValueError, match="predictions"):
        intent_scores(TEST, predictions)


def test_an_entity_counts_only_with_its_value() -> None:
    test = [said("a", izin="PBG", luas=600), said("a", izin=None)]
    answers = [found(("a", 1.0), izin="pbg", luas=600.0), found(("a", 1.0), izin="SLF")]

    everything = entity_scores(test, answers)
    permits = entity_scores(test, answers, "izin")

    assert everything.f1 == pytest.approx(2 / 3)
    assert (permits.precision, permits.recall, permits.f1) == (0.5, 0.5, 0.5)


def test_messages_without_entities_have_no_f1_to_boast_of() -> None:
    assert entity_scores([said("a")], [found(("a", 1.0))]).f1 == 0.0


@pytest.mark.parametrize(
    ("left", "right"),
    [(600, 600.0), ("PBG", "pbg"), ([6, 12], (6.0, 12.0)), ({"n": 3, "unit": "hari"},) * 2],
)
def test_equal_values_have_one_canonical_form(left: object, right: object) -> None:
    assert canonical(left) == canonical(right)
    assert canonical(left) != canonical("lain")


def test_confusions_name_the_most_frequent_first() -> None:
    test = [*TEST, said("a")]
    answers = [*FOUND, found(("b", 1.0))]

    assert confusions(test, answers) == [("a", "b", 2)]
