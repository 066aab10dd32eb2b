"""Every page of an office's first morning: nothing has come in yet, and that is said soundly."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.console.conftest import PHONE, RunningConsole
from tests.console.every_page import pages_and_others, stops, walk

pytestmark = pytest.mark.needs_chromium


def test_every_page_without_anything_in_it_is_sound(
    console: RunningConsole, browser: Browser, screenshots: Path
) -> None:
    pages, wrong = pages_and_others(console, stops(console, {}, {}))
    assert wrong == {}
    folder = screenshots / "kosong"
    folder.mkdir(exist_ok=True)
    with walk(console, browser, PHONE) as walking:
        for stop in pages:
            walking.look(stop, folder)
    assert walking.problems == []
