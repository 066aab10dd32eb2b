"""One process alone gets what `tanya up` would give it, and never a secret of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops import cli, run_cli
from ops.children import Children
from ops.errors import DatabaseNotRunning, PartMissing, SecretMissing
from ops.settings import OpsSettings

KEYS = {
    "TANYA_SEAL_KEY": "s" * 32,
    "TANYA_AUDIT_KEY": "a" * 32,
    "TANYA_CONSOLE_KEY": "c" * 32,
    "TANYA_ACTIONS_SECRET": "1" * 32,
    "TANYA_MODEL_SERVER_TOKEN": "2" * 32,
    "TANYA_RASA_SECRET": "3" * 32,
    "TELEGRAM_TOKEN": "1:a",
}


@pytest.fixture
def settings(tmp_path: Path) -> OpsSettings:
    python = tmp_path / "nlu" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    return OpsSettings(tmp_path, tmp_path / "pg", database_url="postgresql:///tanya")


@pytest.fixture(autouse=True)
def _no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.children.release_digest", lambda checkout: "release")


@pytest.mark.parametrize("part", ["gateway", "actions", "console"])
def test_a_part_alone_has_the_environment_of_the_part_in_the_house(
    part: str, settings: OpsSettings
) -> None:
    alone = run_cli.process(part, settings, KEYS)
    within = getattr(Children(settings, settings.database_url, KEYS), part)()
    assert alone == within


def test_the_worker_is_a_gateway_without_doors(settings: OpsSettings) -> None:
    spec = run_cli.process("worker", settings, KEYS)
    assert spec.environment["TANYA_GATEWAY_ROLE"] == "worker"
    assert spec.environment["TELEGRAM_TOKEN"] == "1:a"
    assert list(spec.argv)[-1] == "bot.main"


def test_rasa_without_a_model_of_its_own_asks_the_gateway(settings: OpsSettings) -> None:
    spec = run_cli.process("rasa", settings, KEYS)
    assert str(settings.models) in spec.argv
    assert spec.environment["TANYA_MODEL_SERVER_URL"].endswith("/internal/model/release")


def test_the_addresses_of_other_machines_are_the_operator_s(settings: OpsSettings) -> None:
    elsewhere = {
        "TANYA_RASA_URL": "http://10.0.0.5:5005,http://10.0.0.6:5005",
        "TANYA_ACTIONS_URL": "http://10.0.0.7:5055/webhook",
    }
    environment = run_cli.process("gateway", settings, {**KEYS, **elsewhere}).environment
    assert {name: environment[name] for name in elsewhere} == elsewhere


@pytest.mark.parametrize(
    "name", ["TANYA_ACTIONS_SECRET", "TANYA_MODEL_SERVER_TOKEN", "TANYA_RASA_SECRET"]
)
def test_a_secret_that_others_must_know_is_never_drawn(name: str, settings: OpsSettings) -> None:
    with pytest.raises(SecretMissing) as caught:
        run_cli.process("gateway", settings, {**KEYS, name: ""})
    assert caught.value.parameters["name"] == name


def test_a_database_that_does_not_come_up_is_named(
    settings: OpsSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run_cli, "running_dsn", lambda folder: None)
    waits: list[float] = []
    embedded = OpsSettings(tmp_path, tmp_path / "pg")
    with pytest.raises(DatabaseNotRunning):
        run_cli.process("gateway", embedded, KEYS, waits.append)
    assert 30 <= sum(waits) <= 120


def test_a_missing_rasa_environment_is_named(tmp_path: Path) -> None:
    bare = OpsSettings(tmp_path / "bare", tmp_path / "pg", database_url="postgresql:///tanya")
    with pytest.raises(PartMissing):
        run_cli.process("rasa", bare, KEYS)


def test_postgres_needs_no_secret(settings: OpsSettings) -> None:
    assert str(settings.data_root) in run_cli.process("postgres", settings, {}).argv


def test_an_unknown_part_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "semuanya"])
    assert caught.value.code == 2
    assert "--help" in capsys.readouterr().err
