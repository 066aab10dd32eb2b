"""Every page of the console with years of work in it: sound, narrow enough, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.console.world import Size, fill
from console.static_files import version
from izin.accounts import Role
from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.every_page import Stop, missing_samples, pages_and_others, stops, walk

pytestmark = pytest.mark.needs_chromium

AUDIT_KEY = "a" * 32

VARIANTS: Mapping[str, tuple[str, ...]] = {}
"""Further addresses of a route, by their query."""


@pytest.fixture(scope="module")
def samples(console: RunningConsole) -> Mapping[str, Mapping[str, str]]:
    """Fill the office, and give what stands for each route's parameters."""
    officers = [console.account(Role.OFFICER).id for _ in range(3)]
    fill(console.engine, Size(160), datetime.now(UTC), officers, AUDIT_KEY)

    def one(statement: str) -> str:
        return str(console.rows(statement)[0][0])

    return {
        "/static/{version}/{name}": {"version": version(), "name": "console.css"},
        "/permintaan-data/{ticket}": {
            "ticket": one("select ticket from privacy_requests where state = 'terbuka' limit 1")
        },
    }


@pytest.fixture(scope="module")
def pages(console: RunningConsole, samples: Mapping[str, Mapping[str, str]]) -> list[Stop]:
    """Every whole page; all else at least answers."""
    found, wrong = pages_and_others(console, stops(console, samples, VARIANTS))
    assert wrong == {}
    return found


def test_every_route_with_parameters_has_a_sample(
    console: RunningConsole, samples: Mapping[str, Mapping[str, str]]
) -> None:
    assert missing_samples(console, samples) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_sound(
    console: RunningConsole,
    browser: Browser,
    pages: list[Stop],
    screenshots: Path,
    size: tuple[int, int],
) -> None:
    with walk(console, browser, size) as walking:
        for stop in pages:
            walking.look(stop, screenshots)
    assert walking.problems == []


def test_every_page_is_there_without_script(
    console: RunningConsole, browser: Browser, pages: list[Stop]
) -> None:
    with walk(console, browser, PHONE, script=False) as walking:
        for stop in pages:
            walking.look(stop)
    assert walking.problems == []
