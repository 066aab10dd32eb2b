"""Words and parts of a message."""

from __future__ import annotations

from izin.words import fold, parts_of, words_of


def test_words_are_small_and_without_symbols() -> None:
    assert words_of("Syarat, PBG?! (rumah)") == ["syarat", "pbg", "rumah"]
    assert fold("  Ruko  3-lantai ") == "ruko 3-lantai"


def test_a_text_falls_apart_at_commas_and_joining_words() -> None:
    parts = parts_of("buka warkop trs pasang spanduk, sama neon box", {"trs", "sama"})
    assert parts == ["buka warkop", "pasang spanduk", "neon box"]


def test_nothing_falls_apart_into_nothing() -> None:
    assert parts_of("dan, ; sama", {"dan", "sama"}) == []


def test_a_number_with_points_is_not_torn_apart() -> None:
    assert parts_of("ayam 5.000 ekor, lele 2,5 hektar. selesai", ()) == [
        "ayam 5 000 ekor",
        "lele 2 5 hektar",
        "selesai",
    ]
