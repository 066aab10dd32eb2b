"""The keys are shown, changed and proven from the terminal, each step with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from izin.errors import DataLocked
from izin.storage.keyring import Keyring
from izin.storage.postgres import data_keys
from izin.storage.tables.encrypted import give_keys
from ops import cli
from ops.data_key import adopt, keep_newest, key_file, put_in_front
from tests.storage.sealed_intake import Intake, new_engine

CHAT = "628990001117755"
Tanya = Callable[..., int]


@pytest.fixture
def tanya(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tanya:
    """Run a command as in a new terminal: the environment holds no key."""
    monkeypatch.setattr(cli, "CHECKOUT", tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TANYA_VAR_FOLDER", str(tmp_path / "var"))
    monkeypatch.setenv("TANYA_MEDIA_FOLDER", str(tmp_path / "media"))

    def run(*arguments: str) -> int:
        monkeypatch.setenv("TANYA_DATA_KEY", "")
        return cli.main(arguments)

    return run


def test_a_key_is_drawn_changed_in_two_runs_and_forgotten(
    tanya: Tanya, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = new_engine(database_url)
    give_keys(engine, None)
    intake = Intake(engine, tmp_path / "media", chat=CHAT)
    turn_id = intake.says("halo")
    intake.evidence()
    assert tanya("keys", "encrypt") == 0
    file = key_file(tmp_path / "var")
    first = file.read_text()
    assert tanya("keys", "status") == 0
    assert "Semua data tersandi" in capsys.readouterr().out

    assert tanya("keys", "rotate") == 0
    assert "mulai ulang semua proses" in capsys.readouterr().out
    newest, kept = file.read_text().split(",")
    assert kept == first
    assert tanya("keys", "rotate") == 0
    said = capsys.readouterr().out
    assert "Kunci lama tidak dibutuhkan lagi" in said
    assert first not in said
    assert newest not in said
    assert keep_newest(file) == newest
    assert tanya("keys", "status") == 0

    give_keys(engine, Keyring(newest))
    assert intake.inbox.turn(turn_id).conversation.address.chat == CHAT
    engine.dispose()


@pytest.mark.parametrize("step", ["status", "encrypt", "rotate"])
def test_a_wrong_key_is_a_sentence_and_changes_nothing(
    tanya: Tanya, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    engine = new_engine(database_url)
    give_keys(engine, Keyring("r" * 40))
    data_keys.prove(engine)
    turn_id = Intake(engine, tmp_path / "media", chat=CHAT).says("halo")
    key_file(tmp_path / "var").parent.mkdir(parents=True)
    key_file(tmp_path / "var").write_text("w" * 40)
    assert tanya("keys", step) == 1
    said = capsys.readouterr().err
    assert "Kunci data tidak cocok" in said
    assert "w" * 40 not in said
    intake = Intake(engine, tmp_path / "media", chat=CHAT)
    assert intake.inbox.turn(turn_id).conversation.address.chat == CHAT
    engine.dispose()


def test_a_process_with_a_wrong_key_refuses_to_start_and_each_connection_is_looked_at(
    database_url: str,
) -> None:
    right, wrong = new_engine(database_url), new_engine(database_url)
    give_keys(right, Keyring("r" * 40))
    give_keys(wrong, Keyring("w" * 40))
    data_keys.require_fitting(right)
    with pytest.raises(DataLocked, match="TANYA_DATA_KEY"):
        data_keys.require_fitting(wrong)
    with pytest.raises(DataLocked):
        wrong.connect()
    for engine in (right, wrong):
        engine.dispose()


def test_a_kept_key_is_used_by_commands_unless_the_operator_set_one(tmp_path: Path) -> None:
    environment = {"TANYA_VAR_FOLDER": str(tmp_path)}
    adopt(environment)
    assert "TANYA_DATA_KEY" not in environment
    put_in_front(key_file(tmp_path), "n" * 40)
    adopt(environment)
    assert environment["TANYA_DATA_KEY"].startswith("n" * 40 + ",")
    assert key_file(tmp_path).stat().st_mode & 0o777 == 0o600
    environment["TANYA_DATA_KEY"] = "own"
    adopt(environment)
    assert environment["TANYA_DATA_KEY"] == "own"
