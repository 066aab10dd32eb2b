"""Every page of the console with years of work in it: sound, narrow enough, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.every_page import Stop, missing_samples, pages_and_others, stops, walk
from tests.console.full_office import Samples, fill_office, samples_of

pytestmark = pytest.mark.needs_chromium

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "/percakapan": ("antrean=tanpa_petugas", "antrean=lewat", "antrean=selesai"),
    "/percakapan/cari": ("q=berkas", "q=zzyzx"),
    "/pengaduan": ("cari=berkas",),
}
"""Further addresses of a route, by their query."""


@pytest.fixture(scope="module")
def samples(console: RunningConsole) -> Samples:
    """Fill the office, and give what stands for each route's parameters."""
    fill_office(console)
    return samples_of(console)


@pytest.fixture(scope="module")
def pages(console: RunningConsole, samples: Samples) -> list[Stop]:
    """Every whole page; all else at least answers."""
    found, wrong = pages_and_others(console, stops(console, samples, VARIANTS))
    assert wrong == {}
    return found


def test_every_route_with_parameters_has_a_sample(
    console: RunningConsole, samples: Samples
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
    # axe-core once a page, where the layout is the narrowest: the structure is the same at both.
    with walk(console, browser, size, axe=size == PHONE) as walking:
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
