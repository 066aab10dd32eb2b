"""The simulator's page in a real browser: typed, tapped, by keyboard, and on a narrow phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import CHROMIUM, launched, window
from tests.journeys.stack import Stack

ANSWERED_MS = 20_000

pytestmark = [
    pytest.mark.needs_chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="run: apt-get install -y chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with launched() as browser:
        yield browser


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def page(stack: Stack, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page on a desktop and on a narrow phone; no complaint of the browser is allowed."""
    context = window(browser, request.param)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"{request.url} {request.failure}"))
    page.goto(f"{stack.trial.gateway_url}/simulator")
    yield page
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def with_settings(page: Page) -> None:
    """Open the settings, which a narrow phone begins without."""
    if not page.get_by_label("Tampilan kanal").is_visible():
        page.get_by_text("Simulator Tanya Izin").click()


def write(page: Page, text: str) -> None:
    page.get_by_label("Tulis pesan").fill(text)
    page.get_by_role("button", name="Kirim", exact=True).click()


def answered(page: Page, number: int) -> None:
    expect(page.locator(".bubble:not(.mine):not(.waiting)")).to_have_count(
        number, timeout=ANSWERED_MS
    )


def picture(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png")
    assert (folder / f"{name}.png").stat().st_size > 5_000


def test_a_typed_question_is_answered_and_a_choice_tapped(
    stack: Stack, page: Page, tmp_path: Path
) -> None:
    expect(page.get_by_role("button", name="Kirim", exact=True)).to_be_in_viewport()
    picture(page, tmp_path, "empty")
    write(page, "biaya slf")
    answered(page, 1)
    expect(page.get_by_role("log")).to_contain_text(stack.permit("SLF").official_name)
    expect(page.locator(".mine").last).to_be_in_viewport()
    picture(page, tmp_path, "answer")
    page.get_by_role("log").get_by_role("button", name="Syarat").click()
    answered(page, 2)
    requirement = stack.permit("SLF").requirements_for("new")[0].text
    expect(page.get_by_role("log")).to_contain_text(requirement)
    picture(page, tmp_path, "second-answer")


def test_whatsapp_s_list_opens_as_a_dialog(stack: Stack, page: Page, tmp_path: Path) -> None:
    with_settings(page)
    page.get_by_label("Tampilan kanal").select_option("whatsapp")
    write(page, "menu bantuan")
    answered(page, 1)
    picture(page, tmp_path, "list-closed")
    page.get_by_role("button", name="Lihat pilihan").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    picture(page, tmp_path, "list-open")
    dialog.get_by_role("button", name="Jam & alamat").click()
    expect(dialog).to_be_hidden()
    answered(page, 2)


def test_the_keyboard_is_enough(page: Page) -> None:
    expect(page.get_by_label("Tulis pesan")).to_be_focused()
    page.keyboard.type("biaya slf")
    page.keyboard.press("Enter")
    answered(page, 1)
    first = page.get_by_role("log").get_by_role("button").first
    for _ in range(20):
        if first.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    else:
        raise AssertionError("a choice cannot be reached by the keyboard")
    page.keyboard.press("Enter")
    answered(page, 2)
    page.keyboard.press("Escape")


def test_a_demo_citizen_with_a_proven_number_sees_the_full_status(
    stack: Stack, page: Page, tmp_path: Path
) -> None:
    with_settings(page)
    page.get_by_label("Sebagai siapa").select_option("+6280000000101")
    expect(page.locator("#about")).to_contain_text("503/0123/PBG/2026")
    write(page, "permohonan saya sampai mana")
    answered(page, 1)
    stage = stack.application("503/0123/PBG/2026").stage
    expect(page.get_by_role("log")).to_contain_text(stage)
    picture(page, tmp_path, "status")


def test_a_photo_and_a_place_can_be_sent(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "foto.png"
    page.locator("#phone").screenshot(path=photo)
    page.locator("#photo").set_input_files(photo)
    answered(page, 1)
    expect(page.get_by_alt_text("Foto yang dikirim")).to_be_visible()
    page.get_by_role("button", name="Kirim lokasi").click()
    answered(page, 2)
    picture(page, tmp_path, "photo")


def test_markup_typed_by_a_citizen_stays_text(page: Page) -> None:
    write(page, "<img src=x onerror=alert(1)><b>halo</b>")
    answered(page, 1)
    expect(page.locator(".mine")).to_have_text("<img src=x onerror=alert(1)><b>halo</b>")
    assert page.locator(".log img, .log b").count() == 0
