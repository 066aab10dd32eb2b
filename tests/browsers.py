"""Chromium for every test that looks at pages, and its windows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
"""How long a page is given to show what is expected of it, on a machine with much else to do."""

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def launched() -> Iterator[Browser]:
    """Give Debian's Chromium without a window; an event loop runs as long as it is open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def window(browser: Browser, size: tuple[int, int], **more: Any) -> BrowserContext:
    """Give a new window of a person who writes Indonesian and wants no motion.

    A colour that is on its way from one to another has the contrast of neither.
    """
    width, height = size
    return browser.new_context(
        viewport={"width": width, "height": height}, locale="id-ID", reduced_motion="reduce", **more
    )
