"""How much of a question a document answers, however the question is put."""

from __future__ import annotations

import pytest
from tanya_language import Normaliser, TextIndex
from tanya_language.coverage import content_words, likeness

DOCUMENTS = [
    ("laktasi", ["Apakah tersedia ruang laktasi di kantor?", "ruang menyusui"]),
    ("parkir", ["Apakah ada parkir khusus difabel?", "parkir kursi roda"]),
    ("rapat", ["Bagaimana meminjam ruang rapat?", "sewa ruang pertemuan"]),
]
EVERYDAY = [
    "apakah",
    "ada",
    "di",
    "kantor",
    "bagaimana",
    "tidak",
    "admin",
    "mana",
    "bisa",
    "tersedia",
]


@pytest.fixture(scope="module")
def index(normaliser: Normaliser) -> TextIndex[str]:
    return TextIndex(DOCUMENTS, normaliser, EVERYDAY)


@pytest.mark.parametrize(
    ("text", "key"),
    [("ruang laktsi ada?", "laktasi"), ("parkirnya difable ada", "parkir"),
     ("bisa pinjam ruang rapat", "rapat")],
)  # fmt: skip
def test_misspelt_and_inflected_words_count(index: TextIndex[str], text: str, key: str) -> None:
    found = index.asked(text, 1)
    assert found[0][0] == key and found[0][1] > 0.4


@pytest.mark.parametrize("text", ["", "ada di mana", "bisa tidak", "ruang", "harga cabai naik"])
def test_what_tells_nothing_of_any_is_nobodys(index: TextIndex[str], text: str) -> None:
    assert [score for _, score in index.asked(text, 1) if score > 0.3] == []


def test_a_question_about_much_else_is_less_theirs(index: TextIndex[str]) -> None:
    alone = index.asked("ruang laktasi", 1)[0][1]
    other = index.asked("ruang laktasi seperti klinik bersalin swasta", 1)[0][1]
    assert other < alone


def test_short_words_have_no_misspellings() -> None:
    assert likeness("sim", "sip") == 0.0 and likeness("sim", "sim") == 1.0
    assert likeness("laktasi", "laktsi") > 0.45 > likeness("laktasi", "parkir")


def test_everyday_words_and_endings_are_left_out() -> None:
    assert content_words(["ruangannya", "ada", "di", "ruangan"], EVERYDAY) == ("ruangan",)
