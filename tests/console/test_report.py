"""The monthly report: plain sentences that add up, and pages that can be printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from console.figure_wants import read_month
from izin.accounts import Role
from izin.errors import InvalidInput
from izin.figures import month as month_of
from izin.units import Unit
from ops import demo
from tests.console.conftest import DESKTOP, PHONE, RunningConsole
from tests.console.figure_world import NOW, a_month, at, complain
from tests.console.test_figures import looked_at


@pytest.fixture(scope="module")
def filled(console: RunningConsole, module_database_url: str) -> RunningConsole:
    """The console after a month of work, with a registry."""
    console.house.units.add(Unit("UJI_KESEHATAN", "Dinas Kesehatan"))
    a_month(console, console.account(Role.OFFICER).id)
    complain(console, at(20, month=10), 20, state="ditutup", closed_at=at(5))
    demo.load(module_database_url, date(2026, 11, 20))
    return console


@pytest.fixture
def month(filled: RunningConsole) -> Iterator[RunningConsole]:
    """The console at a Friday afternoon of that month."""
    filled.at(NOW)
    yield filled
    filled.at(None)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_what_came_and_went_adds_up(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        said = words(supervisor.get("/laporan?bulan=2026-11").text)
        before = words(supervisor.get("/laporan?bulan=2026-10").text)
    # 1 carried over, 4 filed, 2 ended: 3 are left.
    assert "Pada awal November 2026 ada 1 pengaduan yang belum selesai." in said
    assert "masuk 4 pengaduan dan selesai 2, sehingga pada akhirnya tersisa 3." in said
    assert "sehingga pada akhirnya tersisa 1." in before
    assert "Dinas Kesehatan: 1 pengaduan lewat tenggat dari 2 yang terbuka" in said
    assert "Tanggapan pertama diberikan tepat waktu pada 33,3% pengaduan (1 dari 3)." in said


def test_a_month_that_goes_on_is_marked_as_incomplete(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        running = supervisor.get("/laporan?bulan=2026-11").text
        usual = supervisor.get("/laporan").text
    assert "Belum lengkap: bulan ini masih berjalan" in running
    assert "angka sampai Jumat, 20 November 2026" in running
    assert "Belum lengkap" not in usual
    assert '<option value="2026-10" selected>' in usual


def test_the_letterhead_is_the_office_s_and_says_that_it_is_invented(
    month: RunningConsole,
) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        said = words(supervisor.get("/laporan?bulan=2026-11").text)
    office = month.house.office.office()
    assert office.agency in said
    assert "kantor dan daerah ini rekaan" in said
    assert f"Kepala {office.short_name}" in said


def test_an_empty_month_says_so_and_shows_no_zero_shares(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        said = words(supervisor.get("/laporan?bulan=2025-02").text)
    assert "Tidak ada percakapan pada bulan ini." in said
    assert "Tidak ada penilaian atau survei pada bulan ini." in said
    assert "tepat waktu pada 0%" not in said


@pytest.mark.parametrize("text", ["2026-13", "2026-0", "kemarin", "2026", "2026-12", "²⁰²⁶-1", "-"])
def test_what_is_no_month_or_has_not_begun_is_refused(month: RunningConsole, text: str) -> None:
    with pytest.raises(InvalidInput):
        read_month(text, date(2026, 11, 20))
    with month.client(Role.SUPERVISOR) as supervisor:
        assert supervisor.get("/laporan", params={"bulan": text}).status_code == 422


def test_the_last_complete_month_is_the_usual_one() -> None:
    assert read_month("", date(2026, 1, 31)) == month_of(2025, 12)
    assert read_month("", date(2026, 12, 1)) == month_of(2026, 11)
    assert read_month("2026-02", date(2026, 2, 1)) == month_of(2026, 2)


@pytest.mark.needs_chromium
def test_the_report_is_readable_on_a_desk_a_phone_and_paper(
    month: RunningConsole, browser: Browser, screenshots: Path
) -> None:
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        with month.page(browser, Role.SUPERVISOR, size=size) as page:
            page.goto(f"{month.url}/laporan?bulan=2026-11")
            assert page.get_by_role("button", name="Cetak").is_visible()
            assert looked_at(page) == []
            page.screenshot(path=screenshots / f"angka-laporan-{name}.png", full_page=True)
            if name == "desktop":
                page.emulate_media(media="print")
                assert not page.get_by_role("button", name="Cetak").is_visible()
                page.set_viewport_size({"width": 794, "height": 1123})
                page.screenshot(path=screenshots / "angka-laporan-cetak.png", full_page=True)
                paper = page.pdf(format="A4", prefer_css_page_size=True)
                assert paper.startswith(b"%PDF")
                (screenshots / "angka-laporan.pdf").write_bytes(paper)
