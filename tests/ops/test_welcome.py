"""What the operator reads when everything is ready."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from izin.wording import Wording
from ops.settings import CHECKOUT, OpsSettings
from ops.welcome import welcome

WORDING = Wording()


@pytest.fixture
def settings(tmp_path: Path) -> OpsSettings:
    return OpsSettings(CHECKOUT, tmp_path / "pg", gateway_port=8099, demo=True)


def test_addresses_citizens_and_next_steps_are_named(settings: OpsSettings) -> None:
    text = welcome(settings, WORDING, 8.25, {})
    assert "8,2 detik" in text
    assert "http://127.0.0.1:8099/simulator" in text
    assert "http://127.0.0.1:5005/model/parse" in text
    assert "var/log/" in text
    assert "+6280000000101" in text
    assert "503/0123/PBG/2026" in text
    assert "TELEGRAM_TOKEN=" in text


def test_outside_the_demo_neither_simulator_nor_citizens_are_named(settings: OpsSettings) -> None:
    text = welcome(dataclasses.replace(settings, demo=False), WORDING, 1.0, {})
    assert "/simulator" not in text
    assert "+6280000000101" not in text


def test_with_the_office_s_own_registry_no_demo_citizen_is_named(settings: OpsSettings) -> None:
    own = dataclasses.replace(settings, permit_database_url="mysql://db/izin")
    assert "+6280000000101" not in welcome(own, WORDING, 1.0, {})


def test_a_channel_that_is_on_is_not_advertised(settings: OpsSettings) -> None:
    text = welcome(settings, WORDING, 1.0, {"TELEGRAM_TOKEN": "1:a", "WHATSAPP_TOKEN": "w"})
    assert "TELEGRAM_TOKEN=" not in text
    assert "1:a" not in text
    assert "WHATSAPP_" not in text
