"""Editors teach what messages mean with a keyboard, and on a phone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from izin.accounts import Role
from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.looks import no_serious_findings
from tests.console.test_learning import heard, listening, taught

__all__ = ["listening"]

SAID = ("retribusinya dibalikin gak kl batal", "mesin antrian rusak terus", "resep rendang padang",
        "nama saya Budi Santoso, boleh bawa kucing?")  # fmt: skip


def pictured(page: Page, folder: Path, name: str) -> None:
    size = page.viewport_size
    assert size is not None
    kind = "phone" if size["width"] < 600 else "desktop"
    page.screenshot(path=folder / f"belajar-{name}-{kind}.png", full_page=True)


def test_a_cluster_becomes_examples_and_cases_by_keyboard(
    console: RunningConsole, browser: Browser, listening, screenshots: Path
) -> None:
    for words in SAID:
        heard(console, words)
    with console.page(browser, Role.EDITOR) as page:
        page.goto(f"{console.url}/isi/belajar")
        items = page.locator(".learn-item")
        expect(items).to_have_count(4)
        expect(items.first).to_have_attribute("aria-current", "true")
        page.keyboard.press("?")
        expect(page.locator("#bantuan li").first).to_be_visible()
        no_serious_findings(page)
        pictured(page, screenshots, "daftar")
        page.keyboard.press("j")
        expect(items.nth(1)).to_have_attribute("aria-current", "true")
        page.keyboard.press("k")
        first = items.first.locator("h2").inner_text()
        page.keyboard.press("1")
        expect(items).to_have_count(3)
        (example,), (case,) = taught(console)
        assert example.text == case.text == first and example.intent == case.intent
        page.keyboard.press("u")
        expect(items).to_have_count(4)
        page.keyboard.press("x")
        expect(items).to_have_count(3)
        page.keyboard.press("o")
        expect(items).to_have_count(2)
        assert [item.intent for item in taught(console)[0]] == ["di_luar_topik"]
        page.keyboard.press("/")
        page.keyboard.type("jam alamat")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Hasil pencarian: jam alamat")).to_be_visible()
        no_serious_findings(page)
        pictured(page, screenshots, "kelompok")
        page.keyboard.press("1")
        expect(items).to_have_count(1)
        assert taught(console)[0][-1].intent == "tanya_kontak_jam_lokasi"


def test_a_form_that_came_back_keeps_its_text_and_says_why(
    console: RunningConsole, browser: Browser, listening, screenshots: Path
) -> None:
    heard(console, SAID[3])
    with console.page(browser, Role.EDITOR, refusals=True) as page:
        page.goto(f"{console.url}/isi/belajar")
        page.keyboard.press("o")
        expect(page.get_by_role("alert")).to_contain_text("penanda")
        page.get_by_label("Kalimat yang dipelajari").fill("otp gak masuk masuk")
        page.get_by_role("button", name="Simpan pilihan tadi").click()
        expect(page.get_by_role("alert")).to_contain_text("sudah punya maksud lain")
        no_serious_findings(page)
        pictured(page, screenshots, "kembar")
        page.get_by_label("Tetap simpan").check()
        page.get_by_role("button", name="Simpan pilihan tadi").click()
        expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()


def test_every_page_fits_a_phone_and_works_without_script(
    console: RunningConsole, browser: Browser, listening, screenshots: Path
) -> None:
    for words in SAID[:2]:
        heard(console, words)
    (cluster, _) = listening.clusters()
    with console.page(browser, Role.EDITOR, size=PHONE, script=False) as page:
        page.goto(f"{console.url}/isi/belajar")
        page.locator(".learn-item").nth(1).locator(".learn-choice").first.click()
        expect(page.locator(".learn-item")).to_have_count(1)
    for size in (PHONE, DESKTOP):
        with console.page(browser, Role.EDITOR, size=size) as page:
            for name, path in (
                ("daftar", ""), ("kelompok", f"/kelompok/{cluster.id}"), ("contoh", "/contoh"),
                ("kasus", "/kasus"),
            ):  # fmt: skip
                page.goto(f"{console.url}/isi/belajar{path}")
                page.evaluate("document.querySelectorAll('.learn-add').forEach(d => d.open = true)")
                no_serious_findings(page)
                pictured(page, screenshots, name)
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
