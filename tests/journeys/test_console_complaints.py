"""Complaints from the citizen's story to the closing, through chat, console and clock."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from izin.accounts import Role
from tests.journeys.console_people import CITIZENS, DESKTOP, PHONE, PlatformCitizen, at_desk
from tests.journeys.stack import Stack
from tests.journeys.test_console import BOTH, browser, pytestmark

__all__ = ["browser", "pytestmark"]

TICKET = re.compile(r"ADU-[A-Z0-9]{4}-[A-Z0-9]{2}")
STORY = "saya mau lapor, berkas pbg saya sudah 2 bulan tidak selesai"


def file_one(citizen: PlatformCitizen, identity: str = "Biasa") -> str:
    """Let a citizen file a complaint in the chat; gives its ticket."""
    citizen.ask(STORY)
    citizen.ask("di loket kecamatan")
    citizen.choose("Lewati")
    citizen.choose(identity)
    found = TICKET.search(citizen.choose("Kirim"))
    assert found, citizen.heard()[-1]
    return found[0]


@BOTH
def test_a_complaint_is_worked_on_rated_and_opened_again_by_its_citizen(
    stack: Stack, browser: Browser, channel: str, size: tuple[int, int]
) -> None:
    citizen: PlatformCitizen = CITIZENS[channel](stack)
    ticket = file_one(citizen)
    with at_desk(stack, browser, Role.OFFICER, name="Dian Puspita", size=size) as dian:
        dian.open(f"/pengaduan/{ticket}")
        dian.act("verifikasi")
        dian.sees("Diverifikasi")
        dian.act("teruskan", unit="DPUPR", reason="Tahap teknis ada di sana.")
        dian.sees("Didisposisi")
        assert "Pekerjaan Umum" in citizen.hears(ticket)
        assert not any("Tahap teknis" in said for said in citizen.heard())
        dian.act("kerjakan")
        dian.sees("Ditindaklanjuti")
        dian.act("jawab", text="Berkas ditemukan di meja verifikasi loket kecamatan.")
        citizen.hears("di meja verifikasi loket kecamatan")

        dian.act("lengkapi", text="Mohon kirim nomor kuitansi dari loket.")
        dian.sees("Menunggu pelapor")
        citizen.hears("nomor kuitansi dari loket")
        citizen.choose("Tambah bukti")
        citizen.ask("nomor kuitansinya KW-0117")
        dian.open(f"/pengaduan/{ticket}")
        dian.sees("KW-0117")
        dian.sees("Ditindaklanjuti")

        dian.act(
            "selesai",
            text="Berkas diteruskan ke Dinas PU pada 20 November.",
            unit="Loket kecamatan",
        )
        assert ticket in citizen.hears("diteruskan ke Dinas PU pada 20 November")
        dian.act("tutup")
        dian.sees("Ditutup")
        citizen.choose("4 Baik")
        rating = "select rating from complaints where ticket = :ticket"
        stack.until(lambda: stack.one(rating, ticket=ticket) == 4)

        citizen.choose("Buka lagi")
        citizen.ask("berkasnya tetap belum jadi, tolong dicek lagi")
        state = "select state from complaints where ticket = :ticket"
        stack.until(lambda: stack.one(state, ticket=ticket) == "dibuka_kembali")
        dian.open(f"/pengaduan/{ticket}")
        dian.sees("Dibuka kembali")
        dian.sees("4 dari 5")


def test_a_confidential_complaint_is_on_no_page_of_an_officer(
    stack: Stack, browser: Browser
) -> None:
    citizen = CITIZENS["telegram"](stack)
    ticket = file_one(citizen, "Rahasia")
    with (
        at_desk(stack, browser, Role.SUPERVISOR, name="Eka Wijaya") as eka,
        at_desk(stack, browser, Role.SEALED_OFFICER, name="Fajar Nugroho", size=PHONE) as fajar,
    ):
        for path in ("/pengaduan", f"/pengaduan?cari={ticket}", f"/percakapan/cari?q={ticket}"):
            eka.open(path)
            assert eka.page.locator(f'a[href*="{ticket}"]').count() == 0
        for path in (f"/pengaduan/{ticket}", f"/pengaduan-tertutup/{ticket}"):
            assert eka.page.request.get(eka.url + path).status in (403, 404)
        fajar.open(f"/pengaduan-tertutup/{ticket}")
        fajar.sees("tidak selesai")


def test_a_breach_calls_the_supervisor_when_its_day_has_passed(
    stack: Stack, browser: Browser
) -> None:
    ticket = file_one(CITIZENS["telegram"](stack))
    later = datetime.now(UTC) + timedelta(days=90)
    assert (
        stack.http.post("/simulator/api/clock", json={"at": later.isoformat()}).status_code == 200
    )
    raised = "select count(*) from complaint_alarms where ticket = :ticket and percent = 100"
    assert stack.one(raised, ticket=ticket) >= 1
    with at_desk(stack, browser, Role.SUPERVISOR, name="Gita Larasati", size=PHONE) as gita:
        gita.open(f"/pengaduan/{ticket}")
        gita.sees("100% waktu tanggapan pertama sudah terpakai")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_supervisor_reads_figures_and_takes_them_along(
    stack: Stack, browser: Browser, size: tuple[int, int]
) -> None:
    with at_desk(stack, browser, Role.SUPERVISOR, name="Hana Kusuma", size=size) as hana:
        hana.open("/dasbor")
        expect(hana.page.get_by_role("heading", level=1)).to_have_text("Dasbor")
        assert hana.page.locator("main table").count() >= 5
        link = hana.page.locator('a[href$=".csv"], a[href*=".csv?"]').first.get_attribute("href")
        answer = hana.page.request.get(f"{hana.url}{link}")
        assert answer.status == 200
        assert len(list(csv.reader(io.StringIO(answer.text())))) >= 2
        whole = hana.page.request.get(f"{hana.url}/unduh/angka/semua.xlsx")
        assert whole.status == 200 and whole.body()[:2] == b"PK"
        hana.open("/laporan")
        assert hana.fits()
        assert hana.account is not None
        done = stack.rows(
            "select action from audit_log where actor = :actor", actor=hana.account.id
        )
        assert "angka.unduh" in {row["action"] for row in done}
