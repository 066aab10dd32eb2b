"""Officers at work in the console, citizens on both platforms: the whole house together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from izin.accounts import Role
from tests.browsers import CHROMIUM, launched
from tests.journeys.console_people import (
    CITIZENS,
    DESKTOP,
    PHONE,
    AtDesk,
    PlatformCitizen,
    at_desk,
    nobody_at_desk,
)
from tests.journeys.stack import Stack
from tests.stored_chats import phone_of

pytestmark = [
    pytest.mark.needs_chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="run: apt-get install -y chromium"),
]

BOTH = pytest.mark.parametrize(
    ("channel", "size"),
    [("telegram", DESKTOP), ("whatsapp", PHONE)],
    ids=["telegram-desktop", "whatsapp-phone"],
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with launched() as browser:
        yield browser


@pytest.fixture
def citizen(stack: Stack, channel: str) -> PlatformCitizen:
    """A citizen who has asked for an officer."""
    stack.nobody_present()
    citizen: PlatformCitizen = CITIZENS[channel](stack)
    citizen.ask("mau bicara dengan petugas")
    citizen.ask("berkas slf saya sudah tiga minggu tidak ada kabar")
    return citizen


@BOTH
def test_a_citizen_is_served_from_the_inbox_to_the_way_back(
    stack: Stack, browser: Browser, citizen: PlatformCitizen, size: tuple[int, int]
) -> None:
    room = f"/percakapan/{citizen.conversation}"
    with (
        at_desk(stack, browser, Role.OFFICER, name="Ani Lestari", size=size) as ani,
        at_desk(stack, browser, Role.OFFICER, name="Budi Santoso") as budi,
    ):
        ani.open("/percakapan")
        row = ani.page.locator(f'a[href^="{room}"]').first
        expect(row).to_be_visible()
        row.click()
        ani.sees("Belum dipegang petugas")
        budi.open(room)
        ani.press("Ambil percakapan")
        ani.sees("Anda memegang percakapan ini")
        assert "Ani" not in citizen.hears("sudah bergabung")

        budi.sees("Dipegang Ani Lestari")
        _refused(budi, room)

        ani.write("Balasan", "Berkas Ibu sudah di meja Dinas PU.")
        ani.press("Kirim ke warga")
        assert "— Petugas" in citizen.hears("Berkas Ibu sudah di meja Dinas PU.")
        ani.sees("terkirim")
        budi.sees("Berkas Ibu sudah di meja Dinas PU.")

        before = len(citizen.heard())
        citizen.say("syarat pbg apa saja pak?")
        ani.sees("syarat pbg apa saja pak?")
        assert len(citizen.heard()) == before

        ani.unfold("Catatan untuk petugas")
        ani.write("Catatan", "Sudah ditelepon ke Dinas PU.")
        ani.press("Simpan catatan")
        ani.sees("Sudah ditelepon ke Dinas PU.")

        ani.unfold("Balasan siap pakai")
        ani.page.get_by_label("Cari balasan").fill("tunggu")
        ani.page.locator("[data-canned-list] a:visible", has_text="Mohon tunggu").click()
        ready = ani.page.get_by_label("Balasan", exact=True).input_value()
        assert len(ready) > 20 and "{" not in ready
        ani.press("Kirim ke warga")
        citizen.hears(ready.split(".")[0])

        ani.unfold("Kembalikan ke asisten")
        ani.write("Ringkasan untuk rekan (tidak dibaca warga)", "Menunggu kabar Dinas PU.")
        ani.press("Kembalikan")
        citizen.hears("menutup percakapan")
        budi.sees("Menunggu kabar Dinas PU.")
        assert "PBG" in citizen.ask("syarat pbg apa saja?")
        told = "\n".join(citizen.heard())
        assert "ditelepon" not in told and "Menunggu kabar" not in told


@BOTH
def test_a_phone_number_is_shown_for_a_reason_that_is_kept(
    stack: Stack, browser: Browser, citizen: PlatformCitizen, size: tuple[int, int]
) -> None:
    if citizen.channel == "telegram":
        stack.telegram.share_contact(int(citizen.chat), "+6281255501234")
        stack.until(lambda: _phone(stack, citizen) is not None)
    phone = str(_phone(stack, citizen))
    with at_desk(stack, browser, Role.OFFICER, name="Citra Dewi", size=size) as citra:
        citra.open(f"/percakapan/{citizen.conversation}")
        assert phone not in citra.page.content()
        assert phone[-4:] in citra.page.content(), "enough to ask the citizen for the rest"
        citra.unfold("Tampilkan data lengkap")
        citra.page.locator("#buka-alasan").select_option("hubungi_warga")
        citra.press("Tampilkan")
        citra.sees(phone)
        assert citra.account is not None
        kept = stack.rows(
            "select action, details::text as told from audit_log where actor = :actor",
            actor=citra.account.id,
        )
        assert [row for row in kept if "hubungi_warga" in row["told"]]
        assert not [row for row in kept if phone[-6:] in row["told"]]
        citra.open(f"/percakapan/{citizen.conversation}")
        assert phone not in citra.page.content(), "it is shown once"


@BOTH
def test_an_open_inbox_shows_who_asks_for_help_without_being_loaded_again(
    stack: Stack, browser: Browser, channel: str, size: tuple[int, int]
) -> None:
    citizen: PlatformCitizen = CITIZENS[channel](stack)
    with nobody_at_desk(stack, browser, size) as rina:
        rina.sign_in("petugas", "petugas-loket-contoh")
        rina.open("/percakapan")
        expect(rina.page.get_by_text("Tersambung")).to_be_attached()
        citizen.ask("mau bicara dengan petugas")
        citizen.ask("berkas slf saya sudah tiga minggu tidak ada kabar")
        row = rina.page.locator(f'a[href^="/percakapan/{citizen.conversation}"]').first
        expect(row).to_be_visible()
        assert rina.said == []


def _phone(stack: Stack, citizen: PlatformCitizen) -> str | None:
    return phone_of(stack.engine, citizen.conversation)


def _refused(desk: AtDesk, room: str) -> None:
    """Send from a colleague's session all the same: the server says no, nothing is sent."""
    answer = desk.page.request.post(
        f"{desk.url}{room}/balas",
        form={"csrf": desk.token(), "once": "f" * 32, "text": "Saya juga mau menjawab"},
    )
    assert answer.status in (409, 422)
    assert "Ani Lestari" in answer.text()
    assert "Saya juga mau menjawab" in answer.text(), "what was typed is kept"
