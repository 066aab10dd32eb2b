"""The units that `tanya systemd` writes."""

from __future__ import annotations

import configparser
import dataclasses
from pathlib import Path

import pytest

from izin.wording import Wording
from ops import cli, systemd_cli
from ops.run_cli import PARTS
from ops.systemd_units import Installation, split, whole

TEXTS = {part: f"Teks {part}" for part in systemd_cli._TEXTS}
PLACE = Installation(Path("/opt/tanya izin"), Path("/srv/tanya 100%"), "tanya")
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "CapabilityBoundingSet": "",
    "User": "tanya",
}


def read(unit: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit)
    return parser


def services(units: dict[str, str]) -> dict[str, configparser.ConfigParser]:
    return {name: read(text) for name, text in units.items() if name.endswith(".service")}


@pytest.mark.parametrize("make", [whole, split])
def test_every_service_is_hardened_and_writes_its_own_folder_alone(make: object) -> None:
    for name, unit in services(make(PLACE, TEXTS)).items():  # type: ignore[operator]
        service = unit["Service"]
        for key, value in HARDENING.items():
            assert service[key] == value, (name, key)
        assert service["ReadWritePaths"] == '"/srv/tanya 100%%"'
        assert service["ExecStart"].startswith('"/opt/tanya izin/.venv/bin/python" -m ops.cli ')
        assert int(service["TimeoutStopSec"]) >= 40
        if service["Type"] == "simple":
            assert service["Restart"] == "always"
            assert unit["Unit"]["StartLimitIntervalSec"] == "0"


def test_one_machine_has_one_service_and_a_nightly_backup() -> None:
    units = whole(PLACE, TEXTS)
    assert set(units) == {
        "tanya-izin.service", "tanya-izin-backup.service", "tanya-izin-backup.timer",
    }  # fmt: skip
    assert read(units["tanya-izin.service"])["Service"]["ExecStart"].endswith("ops.cli up")
    timer = read(units["tanya-izin-backup.timer"])["Timer"]
    assert timer["OnCalendar"] == "*-*-* 01:30:00"
    assert timer["Persistent"] == "true"
    assert read(units["tanya-izin-backup.service"])["Service"]["Type"] == "oneshot"


def test_split_runs_every_part_that_there_is_once_prepared() -> None:
    units = services(split(PLACE, TEXTS))
    started = {unit["Service"]["ExecStart"].split()[-1] for unit in units.values()}
    assert started == {*PARTS, "backup"}
    for part in ("gateway", "worker", "rasa", "actions", "console"):
        assert units[f"tanya-izin-{part}.service"]["Unit"]["Requires"] == (
            "tanya-izin-prepare.service"
        )
    ports = [units[f"tanya-izin-{part}.service"]["Service"]["Environment"]
             for part in ("gateway", "worker")]  # fmt: skip
    assert ports[0] != ports[1]


def test_with_a_database_of_the_office_no_other_is_run() -> None:
    units = split(Installation(Path("/opt/t"), Path("/srv/t"), "t", False), TEXTS)
    assert not any("postgres" in name or "postgres.service" in text for name, text in units.items())


def test_a_folder_for_backups_on_another_disk_may_be_written() -> None:
    place = dataclasses.replace(PLACE, outside=(Path("/mnt/cadangan kantor"),))
    for unit in services(whole(place, TEXTS)).values():
        assert '"-/mnt/cadangan kantor"' in unit["Service"]["ReadWritePaths"]


def test_an_installation_in_a_home_is_seen_there() -> None:
    unit = services(whole(Installation(Path("/home/a/t"), Path("/srv/t"), "a"), TEXTS))
    assert unit["tanya-izin.service"]["Service"]["ProtectHome"] == "read-only"


def test_root_is_told_that_services_need_an_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "tanya.env").write_text("")
    monkeypatch.setenv("TANYA_HOME", str(tmp_path))
    assert cli.main(["systemd", "--user", "root"]) == 1
    said = capsys.readouterr().err
    assert "adduser --system" in said and "root" in said
    assert not (tmp_path / "systemd").exists()


def test_outside_production_it_says_what_to_do_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANYA_HOME", "")
    assert cli.main(["systemd"]) == 1
    assert "tanya init" in capsys.readouterr().err
    assert Wording().has("ops.systemd.install")
