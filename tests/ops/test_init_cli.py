"""`tanya init` makes a folder once, checks what it is told, and never replaces anything."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from izin.settings import Settings
from izin.wording import Wording
from ops import cli, init_cli, production_home
from ops.backup_keys import openers
from ops.errors import ProductionFolderUnusable
from ops.office_answers import QUESTIONS, AnswerWrong, Question, read_answer
from ops.production_home import load_settings
from ops.settings import load_env_file
from tests.ops.office_samples import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {question.name: question for question in QUESTIONS}


@pytest.fixture(autouse=True)
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TANYA_HOME", raising=False)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return written(tmp_path, ANSWERS)


def written(folder: Path, answers: dict[str, Any]) -> Path:
    file = folder / "jawaban.yml"
    file.write_text(yaml.safe_dump(answers, allow_unicode=True))
    return file


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mode)
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_folder_is_made_whole_private_and_with_secrets_of_its_own(
    tmp_path: Path, answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = [tmp_path / "satu", tmp_path / "dua"]
    for home in homes:
        assert cli.main(["init", str(home), "--from", str(answers)]) == 0
    environments = []
    for home in homes:
        for file in home.rglob("*"):
            assert file.stat().st_mode & 0o077 == 0, file
        environment: dict[str, str] = {}
        load_env_file(home / "tanya.env", environment)
        environments.append(environment)
    drawn = [name for name, value in environments[0].items() if len(value) == 43]
    assert len(drawn) >= 8
    assert all(environments[0][name] != environments[1][name] for name in drawn)
    assert environments[0]["TANYA_BACKUP_KEY"].startswith("age1")
    settings = Settings.from_environment({"DATABASE_URL": "x", **environments[0]})
    assert settings.public_url == ANSWERS["public_url"]
    assert settings.console_proxies == 1
    assert not settings.demo and not settings.simulator
    said = capsys.readouterr().out
    assert not any(value in said for value in (environments[0][name] for name in drawn))


def test_a_second_time_changes_nothing_and_says_what_is_missing(
    tmp_path: Path, answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "kantor"
    assert cli.main(["init", str(home), "--from", str(answers)]) == 0
    before = contents(home)
    assert cli.main(["init", str(home), "--from", str(answers)]) == 0
    assert contents(home) == before
    said = capsys.readouterr().out
    assert "Tidak ada yang diubah" in said and "TELEGRAM_TOKEN" in said
    file = home / "tanya.env"
    file.write_text(re.sub(r"(?m)^TANYA_SEAL_KEY=.*$", "TANYA_SEAL_KEY=", file.read_text()))
    assert cli.main(["init", str(home)]) == 1
    assert "TANYA_SEAL_KEY" in capsys.readouterr().out


def test_a_making_that_was_killed_is_finished_with_the_key_that_was_drawn(
    tmp_path: Path, answers: Path
) -> None:
    home = tmp_path / "kantor"
    assert cli.main(["init", str(home), "--from", str(answers)]) == 0
    secret = (home / "kunci-cadangan.txt").read_text()
    (home / "tanya.env").rename(home / ".tanya.env.4711")
    assert cli.main(["init", str(home), "--from", str(answers)]) == 0
    assert (home / "kunci-cadangan.txt").read_text() == secret
    environment: dict[str, str] = {}
    load_env_file(home / "tanya.env", environment)
    [opener] = openers({}, home / "kunci-cadangan.txt")
    assert environment["TANYA_BACKUP_KEY"] == str(opener.to_public())
    assert not (home / ".tanya.env.4711").exists()


def test_a_kept_key_that_is_none_is_never_written_over(
    tmp_path: Path, answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "kantor"
    home.mkdir()
    (home / "kunci-cadangan.txt").write_text("")
    assert cli.main(["init", str(home), "--from", str(answers)]) == 1
    assert "kunci-cadangan.txt" in capsys.readouterr().err
    assert (home / "kunci-cadangan.txt").read_text() == ""
    assert not (home / "tanya.env").exists()


def test_a_folder_that_cannot_be_made_and_answers_that_are_not_there_are_one_sentence(
    tmp_path: Path, answers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", "/proc/kantor", "--from", str(answers)]) == 1
    assert "/proc/kantor tidak dapat dibuat atau ditulis" in capsys.readouterr().err
    missing = tmp_path / "tidak-ada.yml"
    assert cli.main(["init", str(tmp_path / "x"), "--from", str(missing)]) == 1
    assert f"{missing} tidak ada, atau tidak boleh dibaca" in capsys.readouterr().err


def test_every_wrong_answer_is_named_at_once_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {**ANSWERS, "email": "tanpa-et", "timezone": "Mars", "jam": "x", "phone": ""}
    assert cli.main(["init", str(tmp_path / "x"), "--from", str(written(tmp_path, wrong))]) == 1
    said = capsys.readouterr().err
    for name in ("email", "timezone", "jam", "phone"):
        assert name in said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("agency", "Dinas Kabupaten Contoh"),
        ("agency", "  "),
        ("agency", "D" * 400),
        ("agency", "Dinas\x07Izin"),
        ("phone", "telepon saja"),
        ("phone", "(0200) 000-000"),
        ("email", "a@b"),
        ("website", "dpmptsp.go.id"),
        ("public_url", "http://izin.go.id"),
        ("public_url", "https://izin.go.id/jalur"),
        ("hours", "senin 15.00-08.00"),
        ("hours", "senin 08.00-24.30"),
        ("hours", "senin 08.70-09.00"),
        ("hours", "jumat-senin 08.00-15.00"),
        ("hours", "senin-rabu 08.00-15.00; rabu 08.00-09.00"),
        ("hours", "kapan saja"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(name: str, given: str) -> None:
    with pytest.raises(AnswerWrong):
        read_answer(BY_NAME[name], given)


def test_hours_may_be_typed_in_one_line() -> None:
    read = read_answer(BY_NAME["hours"], "senin-selasa 8.00-12.00, 13.00-15.00; jumat 08:00-11:00")
    both = ["08:00-12:00", "13:00-15:00"]
    assert read == {"senin": both, "selasa": both, "jumat": ["08:00-11:00"]}


def test_at_a_terminal_it_asks_until_the_answer_can_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["besok", "", "(0285) 381992"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    question: Question = BY_NAME["phone"]
    assert init_cli._ask(question, init_cli.Wording()) == "(0285) 381992"
    assert capsys.readouterr().out.count("phone") == 2


def test_without_a_terminal_and_answers_it_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert cli.main(["init", str(tmp_path / "x")]) == 1
    assert "--example" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    assert cli.main(["init", "--example"]) == 0
    assert set(yaml.safe_load(capsys.readouterr().out)) <= set(BY_NAME)


def test_folders_that_hold_something_else_are_left_alone(tmp_path: Path, answers: Path) -> None:
    foreign = tmp_path / "foto"
    foreign.mkdir()
    (foreign / "a.jpg").touch()
    lost = tmp_path / "lama"
    (lost / "pg" / "data").mkdir(parents=True)
    for folder in (foreign, lost, ROOT / "var" / "x", answers):
        before = contents(folder) if folder.is_dir() else None
        with pytest.raises(ProductionFolderUnusable):
            init_cli._refuse(folder)
        assert before is None or contents(folder) == before


def test_every_setting_of_the_processes_is_explained_in_the_file() -> None:
    template = (ROOT / "locales" / "id" / "production" / "tanya.env").read_text()
    explained = {match[2] for match in init_cli._SETTING.finditer(template)}
    code = "".join((ROOT / file).read_text() for file in ("izin/settings.py", "ops/settings.py"))
    read = set(re.findall(r'"((?:TANYA|TELEGRAM|WHATSAPP)_[A-Z_]+[A-Z])"', code))
    # The demo's own, those of the service manager, and names put together in code.
    read -= {
        "TANYA_DEMO", "TANYA_DEMO_DESK", "TANYA_SIMULATOR", "TANYA_HOME", "TANYA_GATEWAY_ROLE",
    }  # fmt: skip
    assert sorted(read - explained) == []


def test_the_home_s_file_is_read_and_its_folders_are_the_defaults(
    tmp_path: Path, answers: Path
) -> None:
    home = tmp_path / "kantor"
    cli.main(["init", str(home), "--from", str(answers)])
    environment = {"TANYA_HOME": str(home), "TANYA_MEDIA_FOLDER": "/lain"}
    load_settings(tmp_path, environment)
    assert environment["TANYA_VAR_FOLDER"] == str(home / "var")
    assert environment["TANYA_MEDIA_FOLDER"] == "/lain"
    assert environment["TANYA_PUBLIC_URL"] == ANSWERS["public_url"]
    kept_from = {"TANYA_HOME": str(home), "TANYA_SETTINGS_READ": "1"}
    load_settings(tmp_path, kept_from)
    assert "TANYA_SEAL_KEY" not in kept_from


def test_root_is_sent_to_the_account_that_owns_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(production_home.os, "geteuid", lambda: 0)
    monkeypatch.setattr(production_home.Path, "owner", lambda home: "tanya")
    there = os.stat_result((0o40700, 0, 0, 1, 998, 998, 0, 0, 0, 0))
    monkeypatch.setattr(production_home.Path, "stat", lambda home, **_: there)
    with pytest.raises(ProductionFolderUnusable) as refused:
        load_settings(ROOT, {"TANYA_HOME": str(tmp_path)})
    said = Wording().say(refused.value.sentence, **refused.value.parameters)
    assert "runuser -u tanya -- tanya --home" in said


def test_a_home_that_is_none_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANYA_HOME", "")
    assert cli.main(["--home", str(tmp_path), "migrate"]) == 1
    assert "tanya init" in capsys.readouterr().err
