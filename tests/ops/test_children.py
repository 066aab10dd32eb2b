"""Who is given which secret and which address."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.children import Children
from ops.settings import OpsSettings

PEOPLE_S_TOKENS = {"TELEGRAM_TOKEN": "1:a", "WHATSAPP_TOKEN": "w", "PATH": "/bin"}


@pytest.fixture
def settings(tmp_path: Path) -> OpsSettings:
    return OpsSettings(tmp_path, tmp_path / "pg")


@pytest.fixture
def demo(tmp_path: Path) -> OpsSettings:
    return OpsSettings(tmp_path, tmp_path / "pg", demo=True)


def test_outside_the_demo_rasa_and_actions_get_secrets_of_this_start(
    settings: OpsSettings,
) -> None:
    first, second = Children(settings, "postgresql:///a", {}), Children(settings, "", {})
    environment = first.rasa(Path("m")).environment
    for name in ("TANYA_RASA_SECRET", "TANYA_ACTIONS_SECRET"):
        assert len(environment[name]) >= 32
        assert environment[name] == first.gateway().environment[name]
        assert environment[name] != second.gateway().environment[name]


def test_in_the_demo_rasa_can_be_tried_without_a_secret(demo: OpsSettings) -> None:
    environment = Children(demo, "", {}).rasa(Path("m")).environment
    assert "TANYA_RASA_SECRET" not in environment
    assert environment["TANYA_ACTIONS_SECRET"]
    assert environment["TANYA_SIMULATOR"] == environment["TANYA_DEMO"] == "1"


def test_the_simulator_is_off_outside_the_demo(settings: OpsSettings) -> None:
    assert "TANYA_SIMULATOR" not in Children(settings, "", {}).gateway().environment


def test_the_seal_key_is_drawn_once_and_reaches_gateway_and_actions_alone(
    settings: OpsSettings,
) -> None:
    first, second = Children(settings, "", {}), Children(settings, "", {})
    key = first.gateway().environment["TANYA_SEAL_KEY"]
    assert len(key) >= 32
    assert first.actions().environment["TANYA_SEAL_KEY"] == key
    assert second.gateway().environment["TANYA_SEAL_KEY"] == key
    assert "TANYA_SEAL_KEY" not in first.rasa(Path("m")).environment
    assert "TANYA_SEAL_KEY" not in first.prepare().environment
    file = settings.var / "secrets" / "seal-key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(item.name for item in file.parent.iterdir()) == [
        "audit-key", "console-key", "data-key", "seal-key",
    ]  # fmt: skip


def test_the_console_and_the_gateway_alone_hold_the_audit_key(settings: OpsSettings) -> None:
    children = Children(settings, "", {})
    key = children.console().environment["TANYA_AUDIT_KEY"]
    assert len(key) >= 32
    assert children.gateway().environment["TANYA_AUDIT_KEY"] == key
    for other in (children.actions(), children.rasa(Path("m")), children.prepare()):
        assert "TANYA_AUDIT_KEY" not in other.environment
    assert "TANYA_SEAL_KEY" not in children.console().environment


def test_all_who_open_our_data_hold_its_key_and_rasa_does_not(settings: OpsSettings) -> None:
    children = Children(settings, "", {})
    key = children.gateway().environment["TANYA_DATA_KEY"]
    assert len(key) >= 32
    for other in (children.actions(), children.console(), children.worker(), children.prepare()):
        assert other.environment["TANYA_DATA_KEY"] == key
    assert "TANYA_DATA_KEY" not in children.rasa(Path("m")).environment


def test_the_console_alone_holds_its_key(settings: OpsSettings) -> None:
    children = Children(settings, "", {})
    assert len(children.console().environment["TANYA_CONSOLE_KEY"]) >= 32
    others = (children.gateway(), children.actions(), children.rasa(Path("m")), children.prepare())
    for other in others:
        assert "TANYA_CONSOLE_KEY" not in other.environment


def test_a_seal_key_the_operator_set_is_taken_and_none_is_written(settings: OpsSettings) -> None:
    children = Children(
        settings,
        "",
        {"TANYA_SEAL_KEY": "m" * 32, "TANYA_AUDIT_KEY": "n" * 32, "TANYA_CONSOLE_KEY": "o" * 32,
         "TANYA_DATA_KEY": "p" * 32},
    )  # fmt: skip
    assert children.gateway().environment["TANYA_SEAL_KEY"] == "m" * 32
    assert not (settings.var / "secrets").exists()


def test_a_secret_the_operator_set_is_kept(settings: OpsSettings) -> None:
    children = Children(settings, "", {"TANYA_RASA_SECRET": "mine"})
    assert children.gateway().environment["TANYA_RASA_SECRET"] == "mine"


def test_tokens_of_the_platforms_stay_with_the_gateway(settings: OpsSettings) -> None:
    children = Children(settings, "", PEOPLE_S_TOKENS)
    assert children.gateway().environment["TELEGRAM_TOKEN"] == "1:a"
    for spec in (children.rasa(Path("m")), children.actions(), children.prepare()):
        assert not {"TELEGRAM_TOKEN", "WHATSAPP_TOKEN"} & set(spec.environment)
        assert spec.environment["PATH"] == "/bin"


def test_changed_ports_reach_every_process_that_must_know_them(tmp_path: Path) -> None:
    settings = OpsSettings(tmp_path, tmp_path / "pg", rasa_port=6005, actions_port=6055)
    children = Children(settings, "", {})
    assert children.gateway().environment["TANYA_RASA_URL"] == "http://127.0.0.1:6005"
    rasa = children.rasa(Path("m"))
    assert rasa.environment["TANYA_ACTIONS_URL"] == "http://127.0.0.1:6055/webhook"
    assert "6005" in rasa.argv
    assert children.actions().environment["TANYA_ACTIONS_PORT"] == "6055"


def test_a_process_is_given_its_own_database_role_and_nobody_elses(settings: OpsSettings) -> None:
    own = {"TANYA_RASA_DATABASE_URL": "postgresql://rasa@db/t",
           "TANYA_GATEWAY_DATABASE_URL": "postgresql://gateway@db/t"}  # fmt: skip
    children = Children(settings, "postgresql://owner@db/t", own)
    assert children.rasa(Path("m")).environment["DATABASE_URL"] == own["TANYA_RASA_DATABASE_URL"]
    for spec in (children.gateway(), children.worker()):
        assert spec.environment["DATABASE_URL"] == own["TANYA_GATEWAY_DATABASE_URL"]
    for spec in (children.actions(), children.console(), children.prepare()):
        assert spec.environment["DATABASE_URL"] == "postgresql://owner@db/t"
    specs = (children.rasa(Path("m")), children.gateway(), children.actions(), children.console())
    assert not any(name in spec.environment for spec in specs for name in own)
