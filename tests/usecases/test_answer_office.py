"""Hours, counters and periods, by the words of the question."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from izin.storage.memory.office import MemoryOfficeBook
from izin.usecases.answer_office import answer_office
from izin.usecases.dialogue import Entity
from izin.usecases.read_questions import Ask
from tests.usecases.house import MONDAY, office, wording
from tests.usecases.long_dialogues import office_book, turn

INTENT = "tanya_kontak_jam_lokasi"


def told(text: str, now: datetime = MONDAY, book: Any = None) -> str:
    book = book or MemoryOfficeBook(office())
    answer = answer_office(Ask(INTENT, text=text), turn(text, INTENT, now=now), book, wording())
    return "\n".join(section.text for section in answer.sections)


@pytest.mark.parametrize("text", ["loket buka jam berapa", "sekarang loketnya buka gak"])
def test_who_asks_when_the_counter_is_open_gets_our_hours(text: str) -> None:
    assert "Sekarang buka" in told(text)
    assert "Imigrasi" not in told(text)


def test_who_asks_for_the_counters_gets_them() -> None:
    assert "Imigrasi" in told("gerai apa saja di mpp")
    assert "Imigrasi: Rabu" in told("loket imigrasi buka hari apa")


def test_the_hours_of_ramadan_are_told_to_who_asks_for_them() -> None:
    text = told("pas puasa loket buka jam berapa", book=office_book())
    assert "Ramadan 1448 H" in text
    assert "12.30-14.00" in text
    assert "Ramadan" not in told("loket buka jam berapa", book=office_book())


def test_in_ramadan_the_counter_follows_the_hours_of_ramadan() -> None:
    noon = datetime.fromisoformat("2027-02-10T12:10:00+07:00")
    assert "12.30" in told("loket buka jam berapa", noon, office_book())


@pytest.mark.parametrize(
    "text",
    ["alamatnya di mana ya bu", "kantore ning ngendi", "kantor aya di palih mana",
     "dmn letak dinas perizinan", "mpp itu dimana pak", "minta lokasi loketnya"],
)  # fmt: skip
def test_who_asks_the_way_gets_the_address_with_the_hours(text: str) -> None:
    answer = told(text)
    assert "Alamat: Jalan Contoh 1" in answer
    assert "Senin-Kamis: 08.00-12.00" in answer
    assert answer.index("Alamat") < answer.index("Senin-Kamis")


def test_a_counter_s_place_is_told_with_its_days() -> None:
    answer = told("loket imigrasi tempatnya di mana")
    assert "Alamat: Jalan Contoh 1" in answer and "Imigrasi: Rabu" in answer


def test_who_asks_for_a_number_is_not_shown_the_counters() -> None:
    answer = told("minta nomor wa loket")
    assert "WhatsApp" in answer and "Imigrasi" not in answer


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("natal buka ga", "Natal[/b]: kantor tutup pada Kamis, 24 Desember 2026"),
        ("lebaran buka?", "Idulfitri[/b]: kantor tutup pada Selasa, 9 Maret 2027"),
        ("lebaran haji kantor buka ga", "Iduladha[/b]: kantor tutup pada Senin, 17 Mei 2027"),
        ("tahun baru islam buka", "Tahun Baru Islam[/b]: kantor tutup pada Minggu, 6 Juni 2027"),
        ("agustusan loket buka?", "Selasa, 17 Agustus 2027"),
        ("isra mi'raj tutup?", "Isra Mikraj[/b]: kantor tutup pada Selasa, 5 Januari 2027"),
    ],
)
def test_a_holiday_named_without_its_date_is_the_next_of_the_table(text: str, line: str) -> None:
    answer = told(text, book=office_book())
    assert line in answer
    assert answer.count("kantor tutup pada") == 1
    assert "Senin-Kamis" in answer


def test_the_joint_leave_of_a_holiday_is_told_with_when_it_opens_again() -> None:
    answer = told("lebaran kantor buka ga", book=office_book())
    first = answer.splitlines()[0]
    assert "10 Maret 2027" in first
    assert "15 Maret 2027. Buka lagi Selasa, 16 Maret 2027 pukul" in first
    both = told("natal dan tahun baru buka ga", book=office_book())
    assert both.count("kantor tutup pada") == 2


@pytest.mark.parametrize("text", ["galungan buka ga?", "pilkada loket buka?"])
def test_a_holiday_that_the_table_does_not_have_is_said_to_be_unknown(text: str) -> None:
    answer = told(text, book=office_book())
    assert "tidak ada di daftar hari libur" in answer
    assert "kantor tutup pada" not in answer


def test_a_day_without_its_year_that_has_passed_is_the_next_one() -> None:
    day = Entity("tanggal", "2026-08-17", "17 agustus", 0, 10)
    ask = Ask(INTENT, entities=(day,), text="17 agustus loket buka")
    asked = turn(ask.text, INTENT, now=MONDAY)
    answer = answer_office(ask, asked, office_book(), wording())
    assert answer.sections[0].text.startswith("[b]Selasa, 17 Agustus 2027[/b]: libur")
    with_year = replace(ask, entities=(replace(day, raw="17 agustus 2026"),))
    answer = answer_office(with_year, asked, office_book(), wording())
    assert "17 Agustus 2026" in answer.sections[0].text
