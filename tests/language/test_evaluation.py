"""What is measured of a model's understanding, and how."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tanya_language.evaluation import (
    EvaluationUnreadable,
    Sentence,
    Understood,
    figures,
    read_sentences,
)

FILE = """
utterances:
  - text: "syarat imb di sidomulyo"
    intent: tanya_syarat
    register: chat
    today: 2026-11-22
    entities:
      - {entity: izin, value: PBG}
      - {entity: tempat, value: Sidomulyo}
  - {text: "izin reklame?", intent: tanya_izin_apa, entities: [{entity: izin, value: null}]}
"""


def test_sentences_are_read_with_the_permits_they_name(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(FILE)

    assert read_sentences(tmp_path) == [
        Sentence("syarat imb di sidomulyo", "tanya_syarat", frozenset({"PBG"}), date(2026, 11, 22)),
        Sentence("izin reklame?", "tanya_izin_apa", frozenset({""})),
    ]


@pytest.mark.parametrize("content", ["utterances: [1]", "[]", "utterances: [{text: apa}]", ""])
def test_a_file_that_holds_no_sentences_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "rusak.yml").write_text(content)

    with pytest.raises(EvaluationUnreadable, match="rusak"):
        read_sentences(tmp_path)


def test_figures_are_shares_of_right_readings() -> None:
    sentences = [
        Sentence("a", "tanya_biaya", frozenset({"PBG"})),
        Sentence("b", "tanya_biaya", frozenset({"SLF"})),
        Sentence("c", "tanya_syarat"),
        Sentence("d", "sapa"),
    ]
    found = [
        Understood("tanya_biaya", 0.9, frozenset({"PBG"})),
        Understood("tanya_syarat", 0.5, frozenset()),
        Understood("tanya_syarat", 0.9, frozenset()),
        Understood("sapa", 0.9, frozenset()),
    ]

    measured = figures(sentences, found)

    assert measured.accuracy == 0.75
    assert measured.permit_f1 == pytest.approx(2 / 3)
    assert measured.f1 == pytest.approx({"tanya_biaya": 2 / 3, "tanya_syarat": 2 / 3, "sapa": 1.0})


def test_nothing_cannot_be_measured() -> None:
    with pytest.raises(ValueError, match="0 sentences"):
        figures([], [])
