"""The office's content in real Chromium: looks right, works by keyboard and without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from izin import content
from izin.accounts import Role
from izin.content import ItemName
from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.looks import no_serious_findings

pytestmark = pytest.mark.needs_chromium

PAGES = {
    "index": "/isi/kantor",
    "list": "/isi/kantor/activity",
    "office": "/isi/kantor/office/office",
    "activity": "/isi/kantor/activity/kandang_ayam",
    "category": "/isi/kantor/complaint_category/BIAYA",
    "term": "/isi/kantor/ambiguous_term/sip",
    "holidays": "/isi/kantor/holiday?tahun=2026",
    "paste": "/isi/kantor/libur/tempel?tahun=2028",
    "agencies": "/isi/kantor/instansi-lain",
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_looks_right(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int]
) -> None:
    name = "phone" if size == PHONE else "desktop"
    with console.page(browser, Role.EDITOR, size=size) as page:
        for path_name, path in PAGES.items():
            page.goto(f"{console.url}{path}")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            if size == PHONE:
                no_serious_findings(page)
            page.screenshot(path=screenshots / f"kantor-{path_name}-{name}.png", full_page=True)


def test_a_question_is_added_by_keyboard_and_saved(
    console: RunningConsole, browser: Browser, screenshots: Path
) -> None:
    with console.page(browser, Role.EDITOR, size=PHONE) as page:
        page.goto(f"{console.url}/isi/kantor/activity/warung_sembako")
        page.get_by_role("button", name="Tambah pertanyaan").press("Enter")
        page.locator("#questions\\.0").wait_for()
        assert page.evaluate("document.activeElement.name") == "questions.0.ask"
        page.keyboard.type("Di rumah sendiri?")
        for label in ("Ya, di rumah", "Menyewa"):
            page.get_by_role("button", name="Tambah jawaban").press("Enter")
            page.locator("input:focus").wait_for()
            page.keyboard.type(label)
            page.keyboard.press("Tab")
            page.keyboard.type(label.split()[-1].lower())
        page.screenshot(path=screenshots / "kantor-question-phone.png", full_page=True)
        page.locator("[id='questions.0.answers.1.key']").press("Enter")
        page.get_by_text("Draf tersimpan").wait_for()
        no_serious_findings(page)
    version = console.house.content.item(ItemName(content.ACTIVITY, "warung_sembako")).open_version
    assert version is not None
    (question,) = version.document["questions"]
    assert [answer["key"] for answer in question["answers"]] == ["rumah", "menyewa"]
