"""Holidays are read from lines as people paste them."""

from __future__ import annotations

from datetime import date

import pytest

from izin.holiday_lines import MOST_LINES, read_holidays
from izin.office import Holiday

NEW_YEAR = Holiday(date(2027, 1, 1), "Tahun Baru")


@pytest.mark.parametrize(
    "line",
    [
        "2027-01-01 Tahun Baru",
        "2027-1-1\tTahun  Baru",
        "1-1-2027: Tahun Baru",
        "01/01/2027; Tahun Baru",
        "1 Januari 2027 – Tahun Baru",
        "  2027-01-01, Tahun Baru  # SKB",
    ],
)
def test_a_line_is_a_day_and_a_name(line: str) -> None:
    assert read_holidays(line, "libur_nasional") == ([NEW_YEAR], [])


def test_joint_leave_tells_itself() -> None:
    found, bad = read_holidays("2027-01-04 Cuti Bersama Natal\n\n# catatan", "daerah")
    assert found == [Holiday(date(2027, 1, 4), "Cuti Bersama Natal", "cuti_bersama")]
    assert bad == []


def test_bad_lines_are_told_by_number_and_reason() -> None:
    text = (
        "besok libur\n2027-02-30 Tidak ada\n2027-01-01\n2027-01-01 A\n1/1/2027 B\n1999-01-01 Lama"
    )
    found, bad = read_holidays(text, "libur_nasional")
    assert [one.day for one in found] == [date(2027, 1, 1)]
    assert [(line.number, line.code) for line in bad] == [
        (1, "date"), (2, "date"), (3, "name"), (5, "twice"), (6, "year"),
    ]  # fmt: skip


def test_a_flood_of_lines_is_cut() -> None:
    days = [f"2027-{m:02}-{d:02} X" for m in range(1, 13) for d in range(1, 29)]
    years = "\n".join(line.replace("2027", str(year)) for year in (2027, 2028) for line in days)
    found, bad = read_holidays(years, "daerah")
    assert len(found) == MOST_LINES
    assert bad[-1].code == "many"
