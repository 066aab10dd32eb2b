"""The room of questions and answers in a real browser: seen, typed in, without script too."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from izin.accounts import Role
from tests.console.conftest import DESKTOP, PHONE, RunningConsole

BASE = "/isi/tanya-jawab"


def nothing_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [item["id"] for item in found if item["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_the_pages_can_be_read_and_used_by_everybody(
    console: RunningConsole, browser: Browser, screenshots: Path, name: str,
    size: tuple[int, int],
) -> None:  # fmt: skip
    with console.page(browser, Role.EDITOR, size=size) as page:
        for way, path in [("list", BASE), ("edit", f"{BASE}/oss_lupa_sandi"),
                          ("new", f"{BASE}/baru")]:  # fmt: skip
            page.goto(f"{console.url}{path}")
            page.screenshot(path=screenshots / f"faq-{way}-{name}.png", full_page=True)
            nothing_serious(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_preview_follows_what_is_typed(console: RunningConsole, browser: Browser) -> None:
    with console.page(browser, Role.EDITOR) as page:
        page.goto(f"{console.url}{BASE}/oss_lupa_sandi")
        page.get_by_label("Jawaban", exact=True).fill("Buka menu Lupa Sandi dahulu.")
        shown = page.locator("#pratinjau-isi")
        expect(shown).to_contain_text("Buka menu Lupa Sandi dahulu.")
        expect(shown.locator(".faq-channel")).to_have_count(2)


def test_without_script_a_button_shows_it_and_nothing_typed_is_lost(
    console: RunningConsole, browser: Browser
) -> None:
    with console.page(browser, Role.EDITOR, script=False) as page:
        page.goto(f"{console.url}{BASE}/baru")
        page.get_by_label("Pertanyaan", exact=True).fill("Apakah ada kantin?")
        page.get_by_label("Jawaban", exact=True).fill("Ada, di belakang.")
        page.get_by_role("button", name="Lihat pratinjau").click()
        expect(page.locator(".faq-whatsapp")).to_contain_text("Ada, di belakang.")
        page.get_by_label("Topik", exact=True).fill("layanan loket")
        page.get_by_role("button", name="Simpan draf").click()
        expect(page.locator("[data-flash]")).to_contain_text("Draf disimpan")
        expect(page.get_by_label("Jawaban", exact=True)).to_have_value("Ada, di belakang.")
