from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.nlu import subjects
from benchmarks.nlu.subjects import SubjectAbsent, digest, files_digest, our_subject, stock_subject

ROOT = Path(__file__).parents[2]


def test_without_python_310_stock_is_left_out_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("STOCK_FOLDER", raising=False)
    monkeypatch.setattr(subjects, "find_python310", lambda: None)

    with pytest.raises(SubjectAbsent, match=r"needs Python 3\.10, which is not here"):
        stock_subject(ROOT)


def test_a_folder_without_stock_rasa_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STOCK_FOLDER", str(tmp_path))

    with pytest.raises(SubjectAbsent, match="does not hold it"):
        stock_subject(ROOT)


def test_another_version_of_rasa_is_not_stock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho \'{"rasa": "3.5.0", "tensorflow": "2.11"}\'\n')
    python.chmod(0o755)
    monkeypatch.setenv("STOCK_FOLDER", str(tmp_path))

    with pytest.raises(SubjectAbsent, match=r"version 3\.5\.0"):
        stock_subject(ROOT)


def test_a_python_of_another_version_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "python3.10"
    wrong.write_text("#!/bin/sh\nexit 1\n")
    wrong.chmod(0o755)
    monkeypatch.setenv("TANYA_PYTHON310", str(wrong))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    assert subjects.find_python310() is None


def test_our_pipeline_needs_its_environment(tmp_path: Path) -> None:
    with pytest.raises(SubjectAbsent, match=r"nlu/\.venv is missing"):
        our_subject(tmp_path)


def test_stocks_configuration_is_the_default_of_its_makers() -> None:
    text = (ROOT / "benchmarks" / "stock" / "config.yml").read_text(encoding="utf-8")

    parts = [line.split("name: ")[1] for line in text.splitlines() if "name: " in line]
    assert parts == [
        "WhitespaceTokenizer",
        "RegexFeaturizer",
        "LexicalSyntacticFeaturizer",
        "CountVectorsFeaturizer",
        "CountVectorsFeaturizer",
        "DIETClassifier",
        "EntitySynonymMapper",
        "ResponseSelector",
        "FallbackClassifier",
    ]
    assert text.count("epochs: 100") == 2


def test_a_digest_changes_with_content_and_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    a, b = tmp_path / "a", tmp_path / "b"

    assert files_digest([a, b], tmp_path) == files_digest([b, a], tmp_path)
    assert files_digest([a], tmp_path) != files_digest([b], tmp_path)
    assert digest(["ab", "c"]) != digest(["a", "bc"])
