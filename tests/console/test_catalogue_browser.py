"""Permits and fees in real Chromium: edited on a phone, seen as citizens will, handed on."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from izin.accounts import Role
from izin.content import FEE_TABLE, PERMIT, ItemName, VersionState
from tests.console.conftest import DESKTOP, PHONE, RunningConsole

BASE = "/isi/katalog"
TRAYEK = ItemName(PERMIT, "TRAYEK")


def sound(page: Page, screenshots: Path, name: str) -> None:
    """See that axe finds nothing serious, and picture the page."""
    page.screenshot(path=screenshots / f"katalog-{name}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_a_name_and_a_requirement_are_changed_on_a_phone_and_published(
    console: RunningConsole, browser: Browser, screenshots: Path
) -> None:
    with console.page(browser, Role.EDITOR, size=PHONE) as page:
        page.goto(f"{console.url}{BASE}?cari=trayek")
        sound(page, screenshots, "list-phone")
        page.get_by_role("link", name="Izin trayek").click()
        names = page.get_by_label("Sebutan warga")
        names.fill(f"{names.input_value()}\nizin angkot")
        rows = page.locator('[data-rows="requirements.new"] [data-row]')
        before = rows.count()
        rows.first.get_by_label("Syarat", exact=True).fill("Surat tanda uji kendaraan terbaru")
        page.get_by_role("button", name="Tambah syarat izin baru").click()
        page.keyboard.type("Foto kendaraan")
        rows.last.get_by_role("button", name="Naik").click()
        expect(rows).to_have_count(before + 1)
        page.get_by_role("button", name="Lihat jawabannya dahulu").click()
        answers = page.locator("#pratinjau")
        expect(answers).to_contain_text("1. Surat tanda uji kendaraan terbaru")
        expect(answers).to_contain_text(f"{before}. Foto kendaraan")
        sound(page, screenshots, "permit-phone")
        page.locator(".catalogue-buttons").get_by_role("button", name="Simpan draf").click()
        expect(page.locator("[data-flash]")).to_contain_text("Draf tersimpan")
        draft = console.house.content.item(TRAYEK).open_version
        assert draft is not None and "izin angkot" in draft.document["synonyms"]
        page.get_by_role("link", name="Lihat perubahan dan ajukan").click()
        expect(page.locator("main")).to_contain_text("izin angkot")
        page.locator("#ajukan > summary").click()
        page.locator("#ajukan button").click()
        expect(page.locator("[data-flash]")).to_contain_text("Diajukan")
    waiting = console.house.content.item(TRAYEK).open_version
    assert waiting is not None and waiting.state is VersionState.REVIEW
    console.house.edit_content.approve(waiting.id, waiting.edits, console.account(Role.EDITOR))
    permit = console.house.catalogue.permit("TRAYEK")
    assert permit is not None and "izin angkot" in permit.synonyms
    needs = [item.text for item in permit.requirements_for("new")]
    assert needs[0] == "Surat tanda uji kendaraan terbaru" and needs[-2] == "Foto kendaraan"


def test_days_are_summed_while_they_are_typed_and_a_wrong_form_is_found(
    console: RunningConsole, browser: Browser, screenshots: Path
) -> None:
    with console.page(browser, Role.EDITOR, size=DESKTOP, refusals=True) as page:
        page.goto(f"{console.url}{BASE}/KLINIK")
        page.locator('[name="stages:0:working_days"]').fill("7")
        total = page.locator("[data-days-sum]").inner_text()
        page.locator('[data-rows="stages"] [data-row]').first.get_by_role(
            "button", name="Hapus"
        ).click()
        expect(page.locator("[data-days-sum]")).to_have_text(str(int(total) - 7))
        page.get_by_label("Sebutan warga").fill("apotek")
        page.get_by_label("Nama singkat").press("Enter")
        expect(page.locator("#salah")).to_be_focused()
        expect(page.get_by_label("Sebutan warga")).to_have_value("apotek")
        expect(page.locator("#synonyms-error")).to_contain_text("sudah milik izin")
        sound(page, screenshots, "permit-wrong-desktop")


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_a_fee_is_tried_with_figures_of_ones_own(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int], name: str
) -> None:
    with console.page(browser, Role.EDITOR, size=size) as page:
        page.goto(f"{console.url}{BASE}/biaya/pbg")
        page.locator('[name="p:example_parameters.SHST"]').fill("6.000.000")
        page.get_by_role("button", name="Hitung", exact=True).click()
        expect(page.locator("#hasil")).to_contain_text("Rp486.000")
        expect(page.locator(".error-list")).to_contain_text("seharusnya Rp445.500")
        sound(page, screenshots, f"fee-{name}")
    assert console.house.content.item(ItemName(FEE_TABLE, "pbg")).open_version is None
