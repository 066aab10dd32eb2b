from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from izin.answers.office_hours import contact, counters, opening
from izin.office import Calendar, Holiday
from tests.usecases.house import MONDAY, office, wording

CALENDAR = Calendar((Holiday(date(2026, 12, 25), "Natal"),))


def opened(now, day=None, **changes):
    return opening(office(**changes), CALENDAR, now, day, wording()).text


def test_open_now_says_until_when():
    assert "Sekarang buka[/b], loket melayani sampai pukul 12.00" in opened(MONDAY)


def test_in_the_break_the_next_opening_is_today():
    noon = datetime.fromisoformat("2026-11-23T12:30:00+07:00")
    assert "Sekarang tutup.[/b] Buka lagi hari ini pukul 13.00" in opened(noon)


def test_on_a_holiday_its_name_is_said():
    christmas = datetime.fromisoformat("2026-12-25T10:00:00+07:00")
    text = opened(christmas)
    assert "libur[/b] (Natal)" in text and "Senin, 28 Desember 2026" in text


def test_another_zone_of_the_asker_does_not_matter():
    same = datetime.fromisoformat("2026-11-23T03:00:00+00:00")
    assert opened(same) == opened(MONDAY)


def test_a_day_asked_for_is_answered():
    assert "Jumat, 25 Desember 2026[/b]: libur (Natal)" in opened(MONDAY, date(2026, 12, 25))
    assert "Jumat, 27 November 2026[/b]: buka pukul 08.00-11.00" in opened(
        MONDAY, date(2026, 11, 27)
    )
    assert "tutup" in opened(MONDAY, date(2026, 11, 28))


def test_a_day_in_a_year_without_holidays_is_provisional():
    assert "sementara" in opened(MONDAY, date(2031, 5, 5))


def test_days_with_the_same_hours_share_a_line_and_the_break_shows():
    text = opened(MONDAY)
    assert "Senin-Kamis: 08.00-12.00 dan 13.00-15.00" in text
    assert "Sabtu-Minggu: tutup" in text


def test_inferred_hours_are_marked():
    assert "contoh, belum dipastikan" in opened(MONDAY, hours_inferred=True)
    assert "contoh" not in opened(MONDAY).replace("Contoh", "")


def test_an_office_without_hours_is_unknown():
    section = opening(office(opening_hours={}), CALENDAR, MONDAY, None, wording())
    assert section.unknown and "belum ada datanya" in section.text


def test_contacts_that_are_not_filled_in_are_said_to_be_missing():
    text = contact(office(), wording()).text
    assert "Jalan Contoh 1" in text
    assert "Belum ada datanya: telepon, WhatsApp, surel, situs" in text
    assert "None" not in text


def test_a_named_counter_is_answered_alone():
    section = counters(office(), {"imigrasi"}, wording(), named_only=True)
    assert section and "Imigrasi: Rabu" in section.text and "Perizinan" not in section.text


def test_a_counter_is_found_by_what_it_serves():
    section = counters(office(), {"paspor"}, wording(), named_only=True)
    assert section and "Imigrasi" in section.text


def test_no_counter_named_shows_all_or_none():
    assert counters(office(), {"apa"}, wording(), named_only=True) is None
    everything = counters(office(), {"apa"}, wording(), named_only=False)
    assert everything and "Senin-Jumat" in everything.text


def test_an_unknown_mall_gives_nothing():
    empty = replace(office(), details={})
    assert counters(empty, {"imigrasi"}, wording(), named_only=False) is None


RAMADAN = {
    "name": "Ramadan 1448 H",
    "first": "2027-02-08",
    "last": "2027-03-09",
    "opening_hours": {"senin": ["08:00-12:00", "12:30-14:00"], "jumat": ["08:00-10:30"]},
    "words": ["ramadan", "puasa"],
    "note": "menunggu surat edaran bupati",
    "inferred": True,
}


def in_period(now, day=None, words=()):
    place = replace(office(), details={"special_hours": [RAMADAN]})
    return opening(place, CALENDAR, now, day, wording(), words).text


def test_ramadan_hours_are_told_with_their_period_when_they_are_near():
    text = in_period(datetime.fromisoformat("2027-02-01T09:00:00+07:00"))
    assert "Jam loket selama Ramadan 1448 H[/b] (8 Februari 2027 sampai 9 Maret 2027)" in text
    assert "Senin: 08.00-12.00 dan 12.30-14.00" in text
    assert "contoh, belum dipastikan" in text and "Menunggu surat edaran bupati." in text


def test_ramadan_hours_are_told_whenever_they_are_asked_for():
    assert "Ramadan" not in in_period(MONDAY)
    assert "Ramadan 1448 H" in in_period(MONDAY, words={"puasa", "buka"})


def test_a_day_in_ramadan_has_the_hours_of_ramadan():
    text = in_period(MONDAY, date(2027, 2, 12))
    assert "12 Februari 2027[/b]: buka pukul 08.00-10.30" in text
    assert "Ramadan" not in in_period(datetime.fromisoformat("2027-03-16T09:00:00+07:00"))
