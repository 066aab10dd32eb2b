"""What every page is looked at for: axe-core's findings."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def no_serious_findings(page: Page) -> None:
    """Fail when axe-core finds anything serious or critical on the page."""
    found = Axe().run(page).response["violations"]
    serious = [
        (item["id"], [node["html"][:160] for node in item["nodes"][:3]])
        for item in found
        if item["impact"] in ("serious", "critical")
    ]
    assert serious == []
