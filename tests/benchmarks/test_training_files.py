from __future__ import annotations

from pathlib import Path

import yaml

from benchmarks.nlu.training_files import NameAnnotator, rasa_file

ROOT = Path(__file__).parents[2]


def test_examples_come_back_from_the_file_as_they_went_in() -> None:
    examples = [("halo", "sapa"), ("biaya: berapa?", "tanya_biaya"), ("hai # kak", "sapa")]

    blocks = yaml.safe_load(rasa_file(examples))["nlu"]

    assert {one["intent"]: one["examples"].splitlines() for one in blocks} == {
        "sapa": ["- halo", "- hai # kak"],
        "tanya_biaya": ["- biaya: berapa?"],
    }


def test_text_that_looks_like_markup_or_spans_lines_is_made_plain() -> None:
    content = rasa_file([("syarat [imb](izin)\nrumah", "tanya_syarat")])

    assert "- syarat  imb (izin) rumah" in content


def test_names_are_marked_with_their_codes() -> None:
    annotate = NameAnnotator(ROOT)

    marked = annotate("syarat slf apa saja")

    assert marked == 'syarat [slf]{"entity": "izin", "value": "SLF"} apa saja'
    assert annotate("halo kak") == "halo kak"


def test_an_ambiguous_name_is_marked_without_a_code() -> None:
    assert '[izin usaha]{"entity": "izin"}' in NameAnnotator(ROOT)("syarat izin usaha apa")
