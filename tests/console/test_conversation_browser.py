"""One conversation in real Chromium: claim, collision, note, canned reply, hand back, a phone."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from izin.accounts import Account, Role
from izin.replies import Reply
from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.conversation_world import World
from tests.stored_chats import chat_of

GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def world(console: RunningConsole) -> World:
    return World(console)


@pytest.fixture(scope="module")
def ani(console: RunningConsole) -> Account:
    return console.account(Role.OFFICER, name="Ani Lestari")


def is_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    grave = [item for item in found if item["impact"] in GRAVE]
    assert [
        (node["html"], node["failureSummary"]) for item in grave for node in item["nodes"]
    ] == []


def opened(page: Page, world: World, here: str) -> Page:
    page.goto(f"{world.console.url}/percakapan/{here}")
    return page


def picture() -> bytes:
    """Give a plan somebody drew."""
    out = BytesIO()
    image = Image.new("RGB", (320, 200), "#f4efe2")
    ImageDraw.Draw(image).rectangle((40, 30, 280, 170), outline="#26413c", width=4)
    image.save(out, "PNG")
    return out.getvalue()


def told(world: World, channel: str) -> str:
    """Give a conversation with everything in it that a page shows."""
    here = world.waits("Selamat pagi, syarat PBG rumah tinggal apa saja ya?", channel=channel,
                       phone="+620000004321")  # fmt: skip
    chat = chat_of(world.console.engine, here)
    photo = world.hears("", channel=channel, chat=chat, kind="photo")
    plan = {"kind": "photo", "mime_type": "image/png", "file_name": "denah.png"}
    world.inbox.set_media(photo.turn_id, [
        world.sends_file(here, picture(), **plan),
        world.sends_file(here, b"OggS....", kind="voice", mime_type="audio/ogg"),
        world.sends_file(here, b"%PDF-1.4 x", kind="document", mime_type="application/pdf",
                         file_name="gambar-rencana.pdf"),
    ])  # fmt: skip
    (sent,) = world.inbox.answer(
        photo.turn_id, [Reply("Terima kasih, berkasnya saya simpan.")], {},
        {"intent": "nlu_fallback", "confidence": 0.41},
    )  # fmt: skip
    world.outbox.failed(sent, "RetryLater", "500", datetime.now(UTC))
    return here


def test_an_officer_takes_answers_notes_and_gives_back(
    world: World, ani: Account, browser: Browser, screenshots: Path
) -> None:
    here = told(world, "telegram")
    with world.console.page(browser, account=ani, size=DESKTOP) as page:
        opened(page, world, here)
        page.screenshot(path=screenshots / "percakapan-bebas-desktop.png", full_page=True)
        page.get_by_role("button", name="Ambil percakapan").click()
        expect(page.get_by_text("Anda memegang percakapan ini.")).to_be_visible()
        page.get_by_text("Balasan siap pakai", exact=True).click()
        page.get_by_label("Cari balasan").fill("bukti")
        page.get_by_role("link", name="Minta bukti pendukung").click()
        field = page.get_by_label("Balasan", exact=True)
        assert "{nomor_tiket}" in field.input_value()
        selected = "el => el.value.slice(el.selectionStart, el.selectionEnd)"
        assert field.evaluate(selected) == "{nomor_tiket}"
        page.keyboard.insert_text("ADU-ABCD-EF")
        assert "pengaduan ADU-ABCD-EF," in field.input_value()
        is_accessible(page)
        field.press("Control+Enter")
        expect(page.locator(".bubble.officer")).to_contain_text("ADU-ABCD-EF")
        page.get_by_text("Catatan untuk petugas").click()
        page.get_by_label("Catatan", exact=True).fill("Sudah dicek ke <b>loket</b>")
        page.get_by_role("button", name="Simpan catatan").click()
        expect(page.locator(".note")).to_contain_text("<b>loket</b>")
        page.screenshot(path=screenshots / "percakapan-telegram-desktop.png", full_page=True)
        page.get_by_text("Kembalikan ke asisten", exact=True).click()
        page.get_by_label("Ringkasan untuk rekan").fill("Warga sudah dijelaskan.")
        page.get_by_role("button", name="Kembalikan", exact=True).click()
        expect(page.get_by_text("Belum dipegang petugas.")).to_be_visible()


def test_two_officers_see_one_another_and_only_one_sends(
    world: World, ani: Account, browser: Browser
) -> None:
    here, budi = world.waits(), world.console.account(Role.OFFICER, name="Budi Santoso")
    with (
        world.console.page(browser, account=ani, refusals=True) as mine,
        world.console.page(browser, account=budi) as his,
    ):
        opened(mine, world, here)
        mine.get_by_role("button", name="Ambil percakapan").click()
        mine.get_by_label("Balasan", exact=True).fill("Saya bantu, mohon tunggu")
        opened(his, world, here)
        expect(his.get_by_text("Dipegang Ani Lestari.", exact=True)).to_be_visible()
        expect(mine.get_by_text("Juga sedang melihat: Budi Santoso")).to_be_visible()
        world.console.house.officers.transfer(
            here, ani.id, budi.id, "Petugas", Reply("Ganti."), datetime.now(UTC)
        )
        expect(mine.get_by_text("Dipegang Budi Santoso.", exact=True)).to_be_visible()
        field = mine.get_by_label("Balasan", exact=True)
        expect(field).to_have_value("Saya bantu, mohon tunggu")
        with mine.expect_response(lambda answer: answer.url.endswith("/balas")) as refused:
            mine.get_by_role("button", name="Kirim ke warga").click()
        assert refused.value.status == 409
        expect(mine.get_by_role("alert")).to_contain_text("dipegang Budi Santoso")
        expect(field).to_have_value("Saya bantu, mohon tunggu")
        # Nothing was typed in his page, so it offers what he may do now by itself.
        expect(his.get_by_role("button", name="Kirim ke warga")).to_be_visible()
        his.get_by_text("Catatan untuk petugas").click()
        his.get_by_label("Catatan", exact=True).fill("Saya yang lanjutkan")
        his.get_by_role("button", name="Simpan catatan").click()
        expect(mine.locator(".note")).to_contain_text("Saya yang lanjutkan")
        before = his.locator(".bubble.officer").count()
        world.console.house.officers.reply(
            here, budi.id, Reply("Jawaban Budi"), "k", datetime.now(UTC)
        )
        expect(his.locator(".bubble.officer")).to_have_count(before + 1)


def test_who_takes_writes_on_at_once_with_the_talk_in_sight(
    world: World, ani: Account, browser: Browser
) -> None:
    here = told(world, "telegram")
    with world.console.page(browser, account=ani) as page:
        opened(page, world, here)
        page.get_by_role("button", name="Ambil percakapan").click()
        expect(page.get_by_label("Balasan", exact=True)).to_be_focused()
        for shown in (
            page.get_by_role("button", name="Kirim ke warga"),
            page.locator(".bubble").last,
        ):
            expect(shown).to_be_in_viewport(ratio=1)
        page.keyboard.type("Saya bantu")
        page.get_by_role("button", name="Kirim ke warga").click()
        expect(page.get_by_text("Balasan sedang dikirim.")).to_be_visible()
        page.reload()
        expect(page.locator(".bubble.officer")).to_contain_text("Saya bantu")
        expect(page.get_by_text("Balasan sedang dikirim.")).to_have_count(0)


def test_a_phone_shows_and_does_everything_without_script_too(
    world: World, ani: Account, browser: Browser, screenshots: Path
) -> None:
    here = told(world, "whatsapp")
    with world.console.page(browser, account=ani, size=PHONE) as page:
        opened(page, world, here)
        page.get_by_role("button", name="Ambil percakapan").click()
        expect(page.get_by_text("Anda memegang percakapan ini.")).to_be_visible()
        is_accessible(page)
        page.screenshot(path=screenshots / "percakapan-whatsapp-phone.png", full_page=True)
    with world.console.page(browser, account=ani, size=PHONE, script=False) as page:
        opened(page, world, here)
        page.get_by_label("Balasan", exact=True).fill("Halo dari ponsel")
        page.get_by_role("button", name="Kirim ke warga").click()
        expect(page.locator(".bubble.officer")).to_contain_text("Halo dari ponsel")


def test_replies_kept_ready_are_edited_on_a_phone(
    world: World, browser: Browser, screenshots: Path
) -> None:
    for size, name in ((DESKTOP, "desktop"), (PHONE, "phone")):
        with world.console.page(browser, Role.SUPERVISOR, size=size) as page:
            page.goto(f"{world.console.url}/balasan")
            page.screenshot(path=screenshots / f"balasan-{name}.png", full_page=True)
            is_accessible(page)
            page.get_by_role("link", name="Balasan baru").click()
            page.get_by_label("Judul").fill("Uji")
            page.get_by_label("Kelompok").fill("Umum")
            page.get_by_label("Isi balasan").fill("Halo {siapa}")
            page.screenshot(path=screenshots / f"balasan-baru-{name}.png", full_page=True)
            is_accessible(page)
