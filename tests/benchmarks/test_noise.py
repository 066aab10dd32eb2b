from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.nlu.noise import ABBREVIATIONS, noised, noised_texts

TEXTS = ["syarat mengurus izin bangunan yang belum lengkap", "berapa biaya pbg 2026", "ya"]


def test_the_same_seed_damages_the_same_way_and_another_differs() -> None:
    assert noised_texts(TEXTS * 20, 1) == noised_texts(TEXTS * 20, 1)
    assert noised_texts(TEXTS * 20, 1) != noised_texts(TEXTS * 20, 2)


def test_a_message_is_damaged_alike_whatever_stands_after_it() -> None:
    assert noised_texts(TEXTS, 1) == noised_texts([*TEXTS, "satu lagi"], 1)[:3]


def test_about_three_words_in_ten_are_damaged() -> None:
    words = ["pengurusan"] * 5000

    changed = noised(" ".join(words), random.Random(5)).split(" ")

    share = sum(a != b for a, b in zip(words, changed, strict=True)) / len(words)
    assert 0.25 < share < 0.35


def test_every_way_of_damage_happens() -> None:
    rng = random.Random(1)
    seen = {noised("bangunan", rng, 1.0) for _ in range(400)}

    assert ABBREVIATIONS["bangunan"] in seen
    assert "bngnn" in seen
    assert "bangunannn" in seen
    assert any(sorted(word) == sorted("bangunan") and word != "bangunan" for word in seen)


def test_short_words_and_figures_are_only_abbreviated() -> None:
    assert noised("apa itu 2026 pbg a1b2c3", random.Random(1), 1.0) == "ap itu 2026 pbg a1b2c3"


@given(st.text(max_size=60), st.integers(0, 50))
def test_any_text_keeps_its_number_of_words(text: str, seed: int) -> None:
    assert len(noised(text, random.Random(seed), 1.0).split(" ")) == len(text.split(" "))
