"""What an activity needs, and how an answer is read."""

from __future__ import annotations

import pytest

from izin.activities import Activity, ActivityAnswer, ActivityQuestion, advise, read_answer

FLOORS = ActivityQuestion(
    "Berapa lantai?",
    (
        ActivityAnswer("satu", "1 lantai", ("selantai",), 1, drop=("KKPR",)),
        ActivityAnswer("dua", "2 lantai", ("tingkat", "tidak tingkat tinggi"), 2),
        ActivityAnswer("lebih", "Lebih", add=(("ANDALALIN", "besar"),), officer=True),
    ),
    "lantai",
)
AREA = ActivityQuestion(
    "Berapa luas?", (ActivityAnswer("kecil", "Kecil", up_to=72), ActivityAnswer("besar", "Besar")),
    "luas", ("satu", "dua"),
)  # fmt: skip
THIRD = ActivityQuestion("Di mana?", (ActivityAnswer("sini", "Sini"), ActivityAnswer("a", "A")))
HOUSE = Activity(
    "rumah", ("rumah",), (("KKPR", "tata ruang"), ("PBG", "bangun")), (FLOORS, AREA, THIRD)
)


def read(text: str, **figures: float) -> str | None:
    phrases = {
        phrase: phrase.casefold().split()
        for answer in FLOORS.answers
        for phrase in (answer.label, *answer.words)
    }
    found = read_answer(FLOORS, text.split(), figures, phrases)
    return found.key if found else None


def test_before_any_answer_the_list_is_whole_and_the_first_question_is_open() -> None:
    advice = advise(HOUSE, ())
    assert [code for code, _ in advice.permits] == ["KKPR", "PBG"]
    assert advice.question is FLOORS


def test_answers_drop_and_add_permits_and_may_leave_the_rest_to_an_officer() -> None:
    assert [code for code, _ in advise(HOUSE, ["satu"]).permits] == ["PBG"]
    more = advise(HOUSE, ["lebih"])
    assert [code for code, _ in more.permits] == ["KKPR", "PBG", "ANDALALIN"]
    assert more.officer


def test_a_question_comes_only_after_its_answer_and_never_a_third_one() -> None:
    assert advise(HOUSE, ["satu"]).question is AREA
    assert advise(HOUSE, ["lebih"]).question is THIRD
    assert advise(HOUSE, ["satu", "kecil"]).question is None


@pytest.mark.parametrize(
    ("text", "figures", "key"),
    [
        ("selantai saja", {}, "satu"),
        ("tingkat", {}, "dua"),
        ("tidak tingkat tinggi", {}, "dua"),
        ("", {"lantai": 2.0}, "dua"),
        ("", {"lantai": 1.0}, "satu"),
        ("", {"lantai": 7.0}, "lebih"),
        ("", {"luas": 7.0}, None),
        ("entah", {}, None),
    ],
)
def test_words_and_figures_mean_an_answer(
    text: str, figures: dict[str, float], key: str | None
) -> None:
    assert read(text, **figures) == key
