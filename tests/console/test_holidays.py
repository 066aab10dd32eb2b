"""The calendar: a whole year pasted, approved at once by somebody else, and told when missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from izin import content
from izin.accounts import Role
from izin.content import ItemName
from tests.console.conftest import RunningConsole, csrf_of

PASTE = "/isi/kantor/libur/tempel"
YEAR = "2028-01-01 Tahun Baru Masehi\n26 Januari 2028 Tahun Baru Imlek\n2028-03-24 Cuti bersama X"


def test_a_pasted_year_is_in_force_when_a_second_person_approves(console: RunningConsole) -> None:
    console.at(datetime(2027, 11, 2, 3, tzinfo=UTC))
    author = console.account(Role.EDITOR)
    with console.client(account=author) as http:
        assert "Hari libur 2028 belum ada" in http.get("/isi/kantor/holiday").text
        fields = {"csrf": csrf_of(http.get(PASTE).text), "kind": "libur_nasional", "text": YEAR}
        for _ in range(2):
            done = http.post(PASTE, data=fields)
            assert done.status_code == 303
        assert done.headers["location"].startswith("/isi/kantor/holiday?tahun=2028")
        own = http.get("/isi/kantor/holiday?tahun=2028").text
        assert "3 di antaranya Anda tulis sendiri" in own
        assert "/isi/kantor/libur/setujui" not in own
        http.post("/isi/kantor/libur/setujui", data={**fields, "tahun": "2028"})
        assert 2028 not in console.house.office.calendar().loaded_years
    with console.client(Role.SUPERVISOR) as http:
        page = http.get("/isi/kantor/holiday?tahun=2028").text
        assert "Setujui 3 hari libur 2028" in page
        given = {"csrf": csrf_of(page), "tahun": "2028"}
        assert http.post("/isi/kantor/libur/setujui", data=given).status_code == 303
        assert "belum ada" not in http.get("/isi/kantor/holiday").text
    calendar = console.house.office.calendar()
    assert {day: getattr(calendar.holiday(day), "kind", None) for day in (
        date(2028, 1, 1), date(2028, 1, 26), date(2028, 3, 24), date(2028, 3, 25),
    )} == {
        date(2028, 1, 1): "libur_nasional", date(2028, 1, 26): "libur_nasional",
        date(2028, 3, 24): "cuti_bersama", date(2028, 3, 25): None,
    }  # fmt: skip
    actions = console.rows("select action from audit_log where subject = '2028-01-26' order by id")
    assert [row.action for row in actions] == ["isi.ubah", "isi.ajukan", "isi.terbitkan"]
    console.at(None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2029-01-01 A\nbesok libur", "Baris 2:"),
        ("", "masih kosong"),
        ("2029-01-01 A\n1-1-2029 B", "sudah ada di baris sebelumnya"),
        ("2029-01-01 " + "x" * 121, "lebih dari 120"),
        ("<script>alert(1)</script>", "Tanggalnya tidak terbaca"),
    ],
)
def test_a_bad_line_keeps_everything_out(console: RunningConsole, text: str, told: str) -> None:
    with console.client(Role.EDITOR) as http:
        token = csrf_of(http.get(PASTE).text)
        answer = http.post(PASTE, data={"csrf": token, "kind": "libur_nasional", "text": text})
    assert answer.status_code == 422
    assert told in answer.text
    assert "<script>alert" not in answer.text
    days = {item.item.key for item in console.house.content.items(content.HOLIDAY)}
    assert not any(day.startswith("2029") for day in days)


def test_a_day_somebody_works_on_is_not_pasted_over(console: RunningConsole) -> None:
    name = ItemName(content.HOLIDAY, "2027-12-25")
    item = console.house.content.item(name)
    editor = console.account(Role.EDITOR)
    changed = {**item.document, "name": "Natal bersama"}
    console.house.edit_content.begin(name, changed, True, editor)
    with console.client(Role.SUPERVISOR) as http:
        token = csrf_of(http.get(PASTE).text)
        text = "2027-12-25 Hari Natal"
        answer = http.post(PASTE, data={"csrf": token, "kind": "libur_nasional", "text": text})
    assert answer.status_code == 422
    assert "sedang diubah orang" in answer.text
