from __future__ import annotations

import json
from pathlib import Path

import pytest
from tanya_language import EntityExtractor, LinearModel
from tanya_language.explain import explained, main

from .conftest import DATA, SATURDAY


def test_an_explanation_shows_tokens_entities_intents_and_ngrams(
    model: LinearModel, extractor: EntityExtractor
) -> None:
    result = explained("syarate ijin bangunan opo wae", extractor, model, SATURDAY)

    assert result["normalised"] == "syaratnya izin bangunan apa saja"
    assert [e["value"] for e in result["entities"]] == ["PBG"]
    assert result["intents"][0]["intent"] == "tanya_syarat"
    grams = result["intents"][0]["ngrams"]
    assert grams[0][1] > 0
    assert any(gram.strip("[]") in " syaratnya " for gram, _ in grams)
    assert result["questions"][0]["entities"] == [["izin", "PBG"]]
    assert json.dumps(result)


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"permits": [{"code": "SLF", "names": ["slf"]}]}))

    code = main(
        [
            "biaya slf 2 lt besok",
            "--lexicon",
            str(DATA / "lexicon"),
            "--gazetteer",
            str(names),
            "--today",
            "2026-11-21",
        ]
    )

    printed = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [e["value"] for e in printed["entities"]] == ["SLF", 2, "2026-11-22"]
    assert "intents" not in printed
