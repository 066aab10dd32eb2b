from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tanya_language import LinearModel, ModelError, Normaliser
from tanya_language.noise import noised, noised_copies
from tanya_language.training import TrainingOptions, train_classifier

from .conftest import DATA

SMALL = [
    *((f"{a} {b}", "tanya_biaya") for a in ("berapa", "tarif") for b in ("biaya", "bayar", "imb")),
    *((f"{a} {b}", "tanya_syarat") for a in ("syarat", "berkas") for b in ("apa", "slf", "imb")),
    ("halo", "sapa"),
    ("selamat pagi", "sapa"),
]


@pytest.fixture(scope="module")
def small(normaliser: Normaliser) -> LinearModel:
    return train_classifier(SMALL, normaliser)


def test_every_intent_is_ranked_and_confidences_sum_to_one(small: LinearModel) -> None:
    ranked = small.rank("berapa biayanya")

    assert {intent for intent, _ in ranked} == {"tanya_biaya", "tanya_syarat", "sapa"}
    assert ranked[0][0] == "tanya_biaya"
    assert math.isclose(sum(confidence for _, confidence in ranked), 1.0, abs_tol=1e-6)
    confidences = [confidence for _, confidence in ranked]
    assert confidences == sorted(confidences, reverse=True)


def test_a_saved_model_ranks_as_before_without_scikit_learn(
    small: LinearModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.save(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)

    loaded = LinearModel.load(tmp_path)

    for text in ("berapa", "syarate opo wae", "😀", ""):
        assert [i for i, _ in loaded.rank(text)] == [i for i, _ in small.rank(text)]
        assert dict(loaded.rank(text)) == pytest.approx(dict(small.rank(text)))


def test_no_file_of_a_model_is_a_pickle(small: LinearModel, tmp_path: Path) -> None:
    small.save(tmp_path)

    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}
    assert json.loads((tmp_path / "model.json").read_text("utf-8"))["labels"]


@pytest.mark.parametrize("damage", ["missing", "format", "weights", "text"])
def test_an_unreadable_model_is_refused(small: LinearModel, tmp_path: Path, damage: str) -> None:
    small.save(tmp_path)
    path = tmp_path / "model.json"
    content = json.loads(path.read_text("utf-8"))
    if damage == "missing":
        (tmp_path / "weights.npz").unlink()
    elif damage == "format":
        path.write_text(json.dumps({**content, "format": 99}))
    elif damage == "weights":
        content["labels"].append("lain")
        path.write_text(json.dumps(content))
    else:
        path.write_text("bukan json")

    with pytest.raises(ModelError):
        LinearModel.load(tmp_path)


def test_training_twice_gives_the_same_model(normaliser: Normaliser) -> None:
    first, second = (train_classifier(SMALL, normaliser, seed=4) for _ in range(2))

    assert (first.parameters.weights == second.parameters.weights).all()
    assert first.parameters.temperature == second.parameters.temperature


def test_training_reports_its_progress(normaliser: Normaliser) -> None:
    steps: list[float] = []

    train_classifier(SMALL, normaliser, progress=lambda _, share: steps.append(share))

    assert steps == sorted(steps)
    assert steps[-1] == 1.0


def test_two_intents_are_enough(normaliser: Normaliser) -> None:
    model = train_classifier(
        [("ya", "setuju"), ("iya betul", "setuju"), ("jangan", "tolak"), ("jangan dong", "tolak")],
        normaliser,
    )

    assert model.rank("jangan")[0][0] == "tolak"
    assert model.rank("iya")[0][0] == "setuju"


@pytest.mark.parametrize(
    "examples", [[], [("ya", "setuju")], [("ya", "setuju"), ("  ", "tolak"), ("jangan", "tolak")]]
)
def test_unusable_examples_are_refused(
    normaliser: Normaliser, examples: list[tuple[str, str]]
) -> None:
    with pytest.raises(ValueError, match="example"):
        train_classifier(examples, normaliser)


def test_the_size_limit_keeps_the_ngrams_that_weigh_most(normaliser: Normaliser) -> None:
    model = train_classifier(SMALL, normaliser, options=TrainingOptions(most_features=60))

    assert len(model.parameters.weights) == 60
    assert model.rank("berapa biaya")[0][0] == "tanya_biaya"


def test_an_explanation_names_what_weighed(small: LinearModel) -> None:
    found = small.explain("berapa biaya", "tanya_biaya", 30)

    weights = dict(found)
    assert any("biaya" in gram and weight > 0 for gram, weight in weights.items())
    assert abs(found[0][1]) >= abs(found[-1][1])
    assert small.explain("", "sapa") == []
    with pytest.raises(KeyError):
        small.explain("halo", "tidak_ada")


def test_a_one_word_reply_of_the_examples_is_certain(small: LinearModel) -> None:
    intent, confidence = small.rank("Haloo")[0]

    assert intent == "sapa"
    assert confidence >= 0.97


def test_a_text_without_known_ngrams_is_uncertain(small: LinearModel) -> None:
    assert small.rank("жщ 漢字")[0][1] < 0.6


def test_noise_is_reproducible_and_leaves_short_words_and_figures() -> None:
    copies = noised_copies([("berapa biaya imb 2026", "tanya_biaya")], 5, seed=1, rate=1.0)

    assert copies == noised_copies([("berapa biaya imb 2026", "tanya_biaya")], 5, seed=1, rate=1.0)
    assert copies
    for text, intent in copies:
        assert intent == "tanya_biaya"
        assert text.endswith(" imb 2026")
        assert text != "berapa biaya imb 2026"


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80), st.integers(0, 10))
def test_any_text_can_be_noised(text: str, seed: int) -> None:
    import random

    assert len(noised(text, random.Random(seed), 1.0).split(" ")) == len(text.split(" "))


def test_the_shipped_examples_cover_the_assistants_intents(
    examples: list[tuple[str, str]],
) -> None:
    assert len({intent for _, intent in examples}) >= 29
    assert DATA.is_dir()
