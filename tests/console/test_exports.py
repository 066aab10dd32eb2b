"""Downloads of figures: the same rows as on the page, harmless, and noted."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from openpyxl import load_workbook

from console.sheet_files import csv_file, xlsx_file
from console.sheets import Column, Sheet, Shown, harmless
from izin.accounts import Role
from izin.units import Unit
from izin.wording import Wording
from tests.console.conftest import RunningConsole
from tests.console.figure_world import MONTH, ZONE, a_month, at, complain

FORMULA = '=HYPERLINK("https://jahat.example";"klik")'
SHEET = Sheet(
    "contoh",
    "Contoh: [a]/b",
    (
        Column("Unit", "text"), Column("Masuk"), Column("Median", "decimal"),
        Column("Tepat waktu", "percent"), Column("Tanggal", "day"), Column("Saat", "moment"),
    ),
    (
        (FORMULA, 3, 2.5, 87.5, date(2026, 11, 2), at(2, 9, 30)),
        ("Dinas", 0, None, None, None, None),
    ),
)  # fmt: skip
ABOUT = [("Kantor", "+62 kantor"), ("Rentang", "1 sampai 2")]


@pytest.fixture(scope="module")
def month(console: RunningConsole) -> Iterator[RunningConsole]:
    """The console after a month of work, with a unit that is named like a formula."""
    console.house.units.add(Unit("UJI_KESEHATAN", FORMULA))
    a_month(console, console.account(Role.OFFICER, name="-Petugas").id)
    complain(console, at(5), 10, unit="UJI_KESEHATAN", category="=1+1")
    yield console
    console.at(None)


def rows_of(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_a_text_that_looks_like_a_formula_is_made_harmless() -> None:
    for text in (FORMULA, "+1", "-1", "@x", " =1", "\t=1", "|x", "%0A"):
        assert harmless(text).startswith("'"), text
    assert harmless("Dinas A-B = C") == "Dinas A-B = C"
    assert harmless("a\r\nb") == "a  b"


def test_a_csv_holds_what_it_is_about_and_values_as_indonesian_spreadsheets_read_them() -> None:
    content = csv_file(SHEET, ABOUT, ZONE)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[:2] == [["Kantor", "'+62 kantor"], ["Rentang", "1 sampai 2"]]
    assert rows[2] == []
    assert rows[3] == ["Unit", "Masuk", "Median", "Tepat waktu", "Tanggal", "Saat"]
    assert rows[4] == [f"'{FORMULA}", "3", "2,5", "87,5", "2026-11-02", "2026-11-02 09:30"]
    assert rows[5] == ["Dinas", "0", "", "", "", ""]


def test_a_workbook_holds_numbers_and_dates_and_no_formula() -> None:
    book = load_workbook(io.BytesIO(xlsx_file([SHEET, SHEET], ABOUT, ZONE)))
    assert book.sheetnames == ["Contoh   a  b", "Contoh   a  b 2"]
    page = book["Contoh   a  b"]
    row = page[5]
    assert [cell.value for cell in row[:4]] == [f"'{FORMULA}", 3, 2.5, 87.5]
    assert [cell.value.isoformat() for cell in row[4:]] == [
        "2026-11-02T00:00:00", "2026-11-02T09:30:00",
    ]  # fmt: skip
    assert {cell.data_type for line in page.iter_rows() for cell in line} <= {"s", "n", "d"}
    assert row[3].number_format == '0.0"%"'
    assert page[6][2].value is None


def test_what_there_is_nothing_of_is_a_dash_on_pages() -> None:
    shown = Shown(Wording(), ZONE)
    assert shown(None, "percent") == "–"
    assert shown(0, "whole") == "0"
    assert shown(87.5, "percent") == "87,5%"
    assert shown(3.125, "exact") == "3,12"
    assert shown(date(2026, 11, 2), "day") == "2 November 2026"
    assert shown(at(2, 9, 5), "moment") == "2 November 2026 09.05"


def test_a_table_is_downloaded_with_range_and_source_and_noted(month: RunningConsole) -> None:
    account = month.account(Role.SUPERVISOR)
    with month.client(account=account) as supervisor:
        answer = supervisor.get(f"/unduh/angka/aduan_unit.csv?{MONTH}&kanal=whatsapp")
    rows = rows_of(answer)
    assert answer.headers["content-disposition"] == (
        'attachment; filename="angka-aduan_unit-2026-11-01-2026-11-30.csv"'
    )
    about = dict(row for row in rows[: rows.index([])] if len(row) == 2)
    assert about["Judul"] == "Pengaduan menurut unit"
    assert about["Rentang"] == "1 November 2026 sampai 30 November 2026"
    assert "basis data perizinan" in about["Sumber"]
    assert about["Saringan"] == "whatsapp"
    table = rows[rows.index([]) + 1 :]
    assert table[0][:3] == ["Unit", "Masuk", "Selesai"]
    assert table[1][:3] == [f"'{FORMULA}", "4", "1"]
    [noted] = month.rows(
        "select actor, subject_kind, subject, details from audit_log"
        " where action = 'angka.unduh' and actor = :id",
        id=account.id,
    )
    assert (noted.subject_kind, noted.subject) == ("angka", "aduan_unit")
    assert noted.details == {
        "format": "csv", "dari": "2026-11-01", "sampai": "2026-11-30", "kanal": "whatsapp",
    }  # fmt: skip


def test_every_table_of_the_page_can_be_downloaded(month: RunningConsole) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        page = supervisor.get(f"/dasbor?{MONTH}").text
        paths = {
            path.split('"')[0].replace("&amp;", "&")
            for path in page.split('href="')
            if path.startswith("/unduh/angka/")
        }
        assert len(paths) == 2 * 18 - 1  # without a registry; all tables in one only as XLSX
        for path in paths:
            assert supervisor.get(path).status_code == 200, path
        whole = supervisor.get(f"/unduh/angka/semua.xlsx?{MONTH}")
    book = load_workbook(io.BytesIO(whole.content), read_only=True)
    assert len(book.sheetnames) == 17


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("tidak_ada.csv", 404),
        ("semua.csv", 404),
        ("aduan_unit.pdf", 404),
        ("aduan_unit.csv?dari=x", 422),
        ("aduan_unit.csv?dari=2026-11-02&sampai=2026-11-01", 422),
    ],
)
def test_what_cannot_be_downloaded_is_refused(
    month: RunningConsole, path: str, status: int
) -> None:
    with month.client(Role.SUPERVISOR) as supervisor:
        assert supervisor.get(f"/unduh/angka/{path}").status_code == status


def test_officers_download_nothing(month: RunningConsole) -> None:
    with month.client(Role.OFFICER, Role.EDITOR, Role.ADMIN) as officer:
        assert officer.get("/unduh/angka/aduan_unit.csv").status_code == 403
        assert officer.get("/dasbor").status_code == 403
        assert officer.get("/laporan").status_code == 403


def test_a_console_that_nobody_downloads_from_never_loads_the_workbook_library() -> None:
    loaded = "import sys, console.main; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
