"""The command line speaks Indonesian, and every failure is a sentence and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops import cli


@pytest.fixture(autouse=True)
def _no_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "CHECKOUT", tmp_path)


def test_help_lists_the_commands_in_indonesian(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    said = capsys.readouterr().out
    for word in ("pemakaian:", "perintah:", "up", "doctor", "train", "explain", "seed", "demo"):
        assert word in said
    for english in ("usage", "positional", "optional", "show this help", "==SUPPRESS=="):
        assert english not in said
    assert "prepare" not in said


@pytest.mark.parametrize("arguments", [[], ["terbang"], ["explain"], ["demo"], ["up", "--nope"]])
def test_wrong_use_is_exit_code_2_and_points_to_the_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "--help" in said
    assert "invalid" not in said
    assert "required" not in said


def test_an_unusable_setting_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANYA_RASA_PORT", "banyak")
    assert cli.main(["migrate"]) == 1
    assert "TANYA_RASA_PORT" in capsys.readouterr().err


def test_a_database_that_is_away_is_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tanya:rahasia@127.0.0.1:1/tanya")
    assert cli.main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert "tanya doctor" in said
    assert "rahasia" not in said


def test_migrate_and_seed_fill_a_database_and_the_demo_moves(
    empty_database_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.delenv("PERMIT_DATABASE_URL", raising=False)
    assert cli.main(["seed", "--demo"]) == 0
    assert cli.main(["demo", "advance", "503/0123/PBG/2026"]) == 0
    assert "503/0123/PBG/2026 kini di tahap" in capsys.readouterr().out
    assert cli.main(["demo", "advance", "503/9999/XYZ/2026"]) == 1
    assert "Tidak ada permohonan contoh" in capsys.readouterr().err
    assert cli.main(["demo", "renew"]) == 0


def test_explain_without_a_model_says_how_to_get_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.house_model.running_dsn", lambda folder: None)
    monkeypatch.setattr("ops.house_model.newest_model", lambda settings: None)
    monkeypatch.setenv("DATABASE_URL", "")
    assert cli.main(["explain", "halo"]) == 1
    assert "make train" in capsys.readouterr().err
