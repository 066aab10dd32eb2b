"""Complaints as files for SP4N-LAPOR! officers."""

from __future__ import annotations

import csv
import io
import uuid

from openpyxl import load_workbook

from izin.accounts import Role
from izin.complaints import Confidentiality
from tests.console.conftest import RunningConsole
from tests.console.filed import RESULT, filed, step


def test_a_csv_holds_the_columns_and_nobody_s_identity(console: RunningConsole) -> None:
    one = filed(console, story='=HYPERLINK("http://jahat";"x") hubungi 081234567890', ago=1)
    sealed = filed(console, confidentiality=Confidentiality.CONFIDENTIAL)
    with console.client(Role.OFFICER, Role.SUPERVISOR) as who:
        closing = {"text": RESULT, "unit": "Bidang Pelayanan", "closing_reason": "selesai",
                   "done_on": console.house.clock().date().isoformat()}  # fmt: skip
        assert step(who, f"/pengaduan/{one.ticket}", "selesai", **closing).status_code == 303
        answer = who.get("/unduh/pengaduan.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Nomor tiket", "Tanggal laporan", "Judul laporan"]
    mine = next(dict(zip(rows[0], row, strict=True)) for row in rows if row[0] == one.ticket)
    assert mine["Isi laporan"].startswith("'=HYPERLINK")
    assert "081234567890" not in answer.text
    assert mine["Isi tindak lanjut"] == RESULT
    assert (mine["Status"], mine["Kanal"]) == ("Selesai", "Telegram")
    assert sealed.ticket not in answer.text
    found = console.rows("select details from audit_log where action = 'pengaduan.unduh'")
    assert found[-1].details["format"] == "csv"


def test_a_workbook_holds_no_formulas_and_a_span_leaves_out_the_rest(
    console: RunningConsole,
) -> None:
    old, new = filed(console, ago=60), filed(console, place="@SUM(A1)")
    today = console.house.clock().date().isoformat()
    with console.client(Role.SUPERVISOR) as who:
        answer = who.get("/unduh/pengaduan.xlsx", params={"dari": today})
        assert who.get("/unduh/pengaduan.csv", params={"dari": "kemarin"}).status_code == 422
        assert who.get("/unduh/pengaduan.exe").status_code == 404
    page = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell for row in page.iter_rows() for cell in row]
    values = [cell.value for cell in cells]
    assert new.ticket in values
    assert old.ticket not in values
    assert "'@SUM(A1)" in values
    assert not any(cell.data_type == "f" for cell in cells)


def test_a_unit_downloads_its_own_complaints_only(console: RunningConsole) -> None:
    other = filed(console)
    account = console.account(Role.SUPERVISOR, unit=f"U{uuid.uuid4().hex[:6].upper()}")
    with console.client(account=account) as who:
        assert other.ticket not in who.get("/unduh/pengaduan.csv").text
