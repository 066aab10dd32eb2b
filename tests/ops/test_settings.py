"""What the command line reads from environment and `.env`."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import SettingInvalid
from ops.settings import CHECKOUT, OpsSettings, load_env_file


def test_without_any_variable_the_ports_are_those_of_the_architecture() -> None:
    settings = OpsSettings.from_environment({})
    assert settings.gateway_port == 8080
    assert (settings.rasa_port, settings.actions_port) == (5005, 5055)
    assert settings.gateway_host == "127.0.0.1"
    assert not settings.demo


@pytest.mark.parametrize("value", ["abc", "0", "70000", "-1", "80.5"])
def test_a_port_that_is_none_is_refused_by_name(value: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        OpsSettings.from_environment({"TANYA_GATEWAY_PORT": value})
    assert caught.value.parameters["name"] == "TANYA_GATEWAY_PORT"


def test_metrics_can_be_switched_off() -> None:
    assert OpsSettings.from_environment({"TANYA_METRICS_PORT": "0"}).metrics_port == 0


def test_files_of_citizens_lie_with_all_that_is_made_while_running(tmp_path: Path) -> None:
    apart = OpsSettings.from_environment({"TANYA_VAR_FOLDER": str(tmp_path)})
    assert apart.media == tmp_path / "media"
    assert OpsSettings.from_environment({}).media == CHECKOUT / "var" / "media"
    named = {"TANYA_VAR_FOLDER": str(tmp_path), "TANYA_MEDIA_FOLDER": "/srv/berkas"}
    assert OpsSettings.from_environment(named).media == Path("/srv/berkas")


def test_an_address_for_every_interface_is_shown_as_this_machine() -> None:
    settings = OpsSettings.from_environment({"TANYA_GATEWAY_HOST": "0.0.0.0"})  # noqa: S104
    assert settings.address("/simulator") == "http://127.0.0.1:8080/simulator"


def test_the_env_file_fills_what_the_environment_leaves_open(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "# channels\n\nTELEGRAM_TOKEN=12345:abc\nexport NAME = \"Dinas Contoh\"\nPORT='1'\n"
        "EMPTY=\nURL=postgresql://a@b/c?x=1#2\n"
    )
    environment = {"PORT": "2"}
    load_env_file(file, environment)
    assert environment == {
        "TELEGRAM_TOKEN": "12345:abc",
        "NAME": "Dinas Contoh",
        "PORT": "2",
        "EMPTY": "",
        "URL": "postgresql://a@b/c?x=1#2",
    }


def test_a_line_that_is_no_setting_is_named_without_its_text(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("GOOD=1\nTELEGRAM_TOKEN 12345:secret\n")
    with pytest.raises(SettingInvalid) as caught:
        load_env_file(file, {})
    assert "2" in str(caught.value.parameters["value"])
    assert "secret" not in str(caught.value) + str(caught.value.parameters)


def test_without_an_env_file_nothing_happens(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    load_env_file(tmp_path / ".env", environment)
    assert environment == {}
