"""What a complainant's words tell: place, day, done, skip, and corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from izin.complaints import ComplaintCategory
from izin.usecases.complaint_correction import read_correction
from izin.usecases.complaint_reading import (
    answers_another_question,
    began_on,
    day_of,
    guess_category,
    is_cancel,
    is_done,
    is_skip,
    names_future_day,
    spoken_place,
    story_of,
)
from izin.usecases.dialogue import Entity
from tests.usecases.long_dialogues import WORDING, catalogue, normaliser, turn

TODAY = date(2026, 11, 23)
CATEGORIES = catalogue().complaint_categories()


def category(text: str) -> str | None:
    found: ComplaintCategory | None = guess_category(
        text, CATEGORIES, lambda raw: normaliser().normalise(raw).text
    )
    return found.code if found else None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kemarin di loket 2 saya dibentak", "loket 2"),
        ("wingi neng kecamatan kesesi aku diusir", "kecamatan kesesi aku diusir"),
        ("petugas loket 3 galak", "loket 3"),
        ("nang loket siji nyentak2 aku", "loket siji"),
        ("di kantor dinas, sejak bulan lalu", "kantor dinas"),
        ("ngurus di dpmptsp dr agustus", "dpmptsp"),
        ("saya kecewa sekali", ""),
        ("disuruh bolak-balik", ""),
    ],
)
def test_a_place_is_read_from_running_words(text: str, place: str) -> None:
    found = spoken_place(text, WORDING)
    assert found == place or (place and place.startswith(found) and found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("udah 4 bulan ga kelar2", "KETERLAMBATAN"),
        ("wong loket njaluk duit, aku dijaluki duit 500ewu", "PUNGLI"),
        ("pegawai nyentak2 aku mau isuk", "SIKAP"),
        ("retribusi saya ditagih dua kali", "BIAYA"),
        ("izin apotekku ditolak", "PENOLAKAN"),
        ("ngaku dari dpmptsp minta transfer", "PENIPUAN"),
        ("jalan depan rumah rusak, jalan rusak parah", "LUAR_IZIN"),
        ("usul dong tambahin loket", "SARAN"),
        ("syarat ganti2 terus, skrg minta surat tanah", "PERSYARATAN"),
        ("ada yg nelpon ngaku orang oss minta transfer 750rb", "PENIPUAN"),
        ("suruh bayar ke rekening pribadi pak kabid", "PUNGLI"),
        ("kamar mandinya bau pesing", "SARANA"),
        ("petugas lapangan minta 300rb buat ttd", "PUNGLI"),
        ("ngaku petugas dinas minta 300rb", "PENIPUAN"),
        ("petugas ngelecehin saya waktu survei", "SIKAP"),
        ("saya bingung", None),
    ],
)
def test_the_category_is_told_by_how_citizens_name_it(text: str, code: str | None) -> None:
    assert category(text) == code


def test_the_first_past_day_counts_and_one_ahead_is_said_so() -> None:
    both = turn("tgl 3", entities={"tanggal": "2026-11-03"})
    assert day_of(both, TODAY, WORDING) == date(2026, 11, 3)
    ahead = turn("besok", entities={"tanggal": "2026-11-24"})
    assert day_of(ahead, TODAY, WORDING) is None
    assert names_future_day(ahead, TODAY)
    assert day_of(turn("tadi pagi"), TODAY, WORDING) == TODAY


def test_how_long_it_lasts_tells_about_when_it_began() -> None:
    lasting = turn("4 bulan", entities={"lama": {"n": 4, "unit": "bulan"}})
    assert began_on(lasting, TODAY, WORDING) == date(2026, 7, 24)
    assert began_on(turn("dari agustus"), TODAY, WORDING) == date(2026, 8, 1)
    assert began_on(turn("sejak desember"), TODAY, WORDING) == date(2025, 12, 1)
    assert began_on(turn("lama sekali"), TODAY, WORDING) is None


@pytest.mark.parametrize("text", ["sudah semua", "udah itu aja kak", "cukup", "wis", "segitu aja"])
def test_nothing_more_is_said_in_many_ways(text: str) -> None:
    assert is_done(turn(text), WORDING)


@pytest.mark.parametrize("text", ["sudah tiga bulan", "itu aja petugasnya marah", ""])
def test_other_messages_do_not_end_it(text: str) -> None:
    assert not is_done(turn(text), WORDING)


@pytest.mark.parametrize(
    "text", ["lewati", "ga ada kak", "ora ono", "teu aya", "lupa tanggalnya", "gatau"]
)
def test_an_answer_can_be_left_open_in_many_ways(text: str) -> None:
    assert is_skip(turn(text), WORDING)


def test_there_was_nobody_at_the_counter_leaves_nothing_open() -> None:
    assert not is_skip(turn("di loket tidak ada petugas sama sekali"), WORDING)


def test_a_short_cancel_drops_the_task_and_a_tale_of_cancelling_does_not() -> None:
    assert is_cancel(turn("ga jadi deh", "batal"))
    tale = "izin saya tiba-tiba dibatalkan sepihak oleh petugas tanpa surat"
    assert not is_cancel(turn(tale, "batal"))


@pytest.mark.parametrize(
    ("text", "is_story"),
    [
        ("Selamat siang, saya ingin menyampaikan pengaduan terkait pelayanan perizinan", False),
        ("toilet kotor", True),
        ("lapor pungli", False),
        ("mau lapor dong kak sekarang", False),
    ],
)
def test_a_wish_to_complain_is_no_story(text: str, is_story: bool) -> None:
    found = guess_category(text, CATEGORIES, lambda raw: normaliser().normalise(raw).text)
    assert (story_of(turn(text), found, WORDING) is not None) is is_story


def test_a_bare_number_answers_whatever_was_asked_and_a_request_interrupts() -> None:
    number = "503/0077/APOTEK/2026"
    named = (Entity("nomor_permohonan", number, number),)
    bare = replace(turn(number, "cek_status"), entities=named)
    assert not answers_another_question(bare, "when", WORDING)
    request = replace(turn(f"cek status {number}", "cek_status"), entities=named)
    assert answers_another_question(request, "when", WORDING)
    unsure = replace(request, confidence=0.4)
    assert answers_another_question(unsure, "number", WORDING)
    told = f"petugas bilang cek status {number} tapi sudah dua minggu diam saja"
    assert not answers_another_question(replace(unsure, text=told), "number", WORDING)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cek status dong", "cek_status"),
        ("status izin saya", "cek_status"),
        ("langganan notifikasi", "ubah_langganan"),
    ],
)
def test_a_plain_order_of_another_task_is_no_place(text: str, intent: str) -> None:
    ordered = replace(turn(text, intent), confidence=0.99)
    assert answers_another_question(ordered, "place", WORDING)
    assert answers_another_question(ordered, "where_when", WORDING)
    assert not answers_another_question(replace(ordered, confidence=0.9), "place", WORDING)
    assert not answers_another_question(ordered, "story", WORDING)


@pytest.mark.parametrize("text", ["di loket cek status", "kantor camat", "loket 2 bagian berkas"])
def test_a_place_stays_a_place_whatever_it_resembles(text: str) -> None:
    told = replace(turn(text, "cek_status"), confidence=0.99)
    assert not answers_another_question(told, "place", WORDING)


@pytest.mark.parametrize(
    ("text", "intent", "part", "delete", "value"),
    [
        ("tempatnya salah, di kecamatan", "tanya_kontak_jam_lokasi", "place", False, "kecamatan"),
        ("hapus nomornya", "privasi", "number", True, ""),
        ("nomornya ga usah", "tolak", "number", True, None),
        ("ganti tempat jadi loket 2", "koreksi", "place", False, "loket 2"),
        ("bukan di loket 2 tapi di loket 3", "koreksi", "place", False, None),
        ("tempat", "nlu_fallback", "place", False, ""),
        ("ceritanya salah", "koreksi", "story", False, ""),
        ("dari juli bukan agustus", "koreksi", "when", False, None),
    ],
)
def test_a_typed_correction_names_its_part(
    text: str, intent: str, part: str, delete: bool, value: str | None
) -> None:
    found = read_correction(turn(text, intent), WORDING, always=True)
    assert found is not None
    assert (found.part, found.delete) == (part, delete)
    assert value is None or found.value == value


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("tempatnya di mana ya?", "tanya_kontak_jam_lokasi"),
        ("kirim", "setuju"),
        ("petugasnya juga membentak saya di depan orang banyak", "lapor_pengaduan"),
    ],
)
def test_a_question_a_yes_and_more_of_the_story_are_no_corrections(text: str, intent: str) -> None:
    assert read_correction(turn(text, intent), WORDING, always=True) is None
