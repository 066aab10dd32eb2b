from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tanya_language import EntityExtractor, Gazetteer, Lexicon, Normaliser
from tanya_language.pieces import read_digits

from tests.timing import quickest

from .conftest import DATA, SATURDAY


def values(extractor: EntityExtractor, text: str, entity: str) -> list[Any]:
    return [e.value for e in extractor.extract(text, SATURDAY) if e.entity == entity]


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("biayanya Rp 2.750.000,- ya", "uang", [2_750_000]),
        ("diminta 350rb sama petugas", "uang", [350_000]),
        ("bayar tujuh ratus lima puluh ribu rupiah", "uang", [750_000]),
        ("modal setengah miliar", "uang", [500_000_000]),
        ("omzet 2,5 jt sebulan", "uang", [2_500_000]),
        ("kena sejuta dua ratus ribu", "uang", [1_200_000]),
        ("dua juta setengah", "uang", [2_500_000]),
        ("sudah setor 1jt 250rb", "uang", [1_250_000]),
        ("dimintai gocap", "uang", [50_000]),
        ("dipalak goceng", "uang", [5_000]),
        ("sejak tahun dua ribu delapan belas", "uang", []),
        ("harga 1.500 perak", "uang", [1_500]),
        ("nilai proyek rp 1,2 m", "uang", [1_200_000_000]),
        ("luas bangunan 84,5 m2", "luas", [84.5]),
        ("tanahnya dua hektar", "luas", [20_000]),
        ("sawah 7 are", "luas", [700]),
        ("luasnya seratus lima puluh meter", "luas", [150]),
        ("kira kira 1.200 meter persegi", "luas", [1_200]),
        ("45m²", "luas", [45]),
        ("seperempat hektar", "luas", [2_500]),
        ("sehektar", "luas", [10_000]),
        ("reklame 3 x 6 meter", "ukuran", [[3, 6]]),
        ("spanduk 1,5x4", "ukuran", [[1.5, 4]]),
        ("rumah sembilan kali dua belas", "ukuran", [[9, 12]]),
        ("panjang 12 m lebar 5 m", "ukuran", [[5, 12]]),
        ("papan 60 x 120 cm", "ukuran", [[0.6, 1.2]]),
        ("gedung berlantai tiga lantai", "lantai", [3]),
        ("lantai 2", "lantai", [2]),
        ("rumah tingkat dua", "lantai", [2]),
        ("4 lt", "lantai", [4]),
        ("pasang 15 lembar spanduk", "jumlah", [15]),
        ("ayam dua ribu ekor", "jumlah", [2_000]),
        ("kos 12 kamar", "jumlah", [12]),
        ("kasih bintang lima", "nilai", [5]),
        ("nilai 8", "nilai", [8]),
        ("4", "nilai", [4]),
        ("kira-kira 3 minggu selesai", "lama", [{"n": 3, "unit": "minggu"}]),
        ("paling lama lima hari kerja", "lama", [{"n": 5, "unit": "hari_kerja"}]),
        ("berlaku setahun", "lama", [{"n": 1, "unit": "tahun"}]),
        ("setengah bulan", "lama", [{"n": 0.5, "unit": "bulan"}]),
        ("hubungi 0857 1234 5678", "telepon", ["+6285712345678"]),
        ("wa saya +62 813-9876-5432", "telepon", ["+6281398765432"]),
        ("nik 3326015208900001", "nik", ["3326015208900001"]),
        ("NIB saya: 9120 0012 3456 7", "nib", ["9120001234567"]),
    ],
)
def test_quantities_have_normal_values(
    extractor: EntityExtractor, text: str, entity: str, expected: list[Any]
) -> None:
    assert values(extractor, text, entity) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("besok", "2026-11-22"),
        ("lusa", "2026-11-23"),
        ("kemarin lusa", "2026-11-19"),
        ("wingi", "2026-11-20"),
        ("hari ini", "2026-11-21"),
        ("empat hari lagi", "2026-11-25"),
        ("seminggu yang lalu", "2026-11-14"),
        ("bulan lalu", "2026-10-21"),
        ("senin depan", "2026-11-23"),
        ("jumat kemarin", "2026-11-20"),
        ("hari minggu", "2026-11-22"),
        ("17 agustus 2025", "2025-08-17"),
        ("tgl 3 des 26", "2026-12-03"),
        ("3/2/2027", "2027-02-03"),
        ("29-02-28", "2028-02-29"),
        ("2026-12-01", "2026-12-01"),
        ("tanggal lima belas", None),
        ("sejak tanggal 28", "2026-10-28"),
        ("acaranya nanti 5 januari", "2027-01-05"),
        ("tanggal 10 bulan depan", "2026-12-10"),
    ],
)
def test_dates_count_from_the_office_day(
    extractor: EntityExtractor, text: str, expected: str | None
) -> None:
    assert values(extractor, text, "tanggal") == ([expected] if expected else [])


@pytest.mark.parametrize("text", ["31/2/2026", "tanggal 32", "99/99/99", "12/13/14/15", "1.2.3.4"])
def test_impossible_dates_are_no_dates(extractor: EntityExtractor, text: str) -> None:
    assert values(extractor, text, "tanggal") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("503/0123/PBG/2026", "503/0123/PBG/2026"),
        ("status 503 / 45 / slf / 2026 gimana", "503/0045/SLF/2026"),
        ("no 503-0123-pbg-26", "503/0123/PBG/2026"),
        ("5O3/0l23/PBG/2025", "503/0123/PBG/2025"),
        ("nomor 0123/PBG/2026", "503/0123/PBG/2026"),
        ("503/0123/PBG", "503/0123/PBG/2026"),
        ("503/0007/sip bidan/2026", "503/0007/SIP_BIDAN/2026"),
        ("503/0123/PGB/2026", "503/0123/PBG/2026"),
        ("PBG-332601-12032024-01", "PBG-332601-12032024-01"),
        ("slf 332601 12032024 2", "SLF-332601-12032024-02"),
        ("pbg332601-12032024", "PBG-332601-12032024-01"),
    ],
)
def test_application_numbers_are_mended(extractor: EntityExtractor, text: str, number: str) -> None:
    assert values(extractor, text, "nomor_permohonan") == [number]
    assert values(extractor, text, "izin") == []


@pytest.mark.parametrize("text", ["12/3/26", "24/7", "jam 8 sampai 12", "rt 03/rw 05", "1/2 ha"])
def test_other_slashes_are_no_application_numbers(extractor: EntityExtractor, text: str) -> None:
    assert values(extractor, text, "nomor_permohonan") == []


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("tiket ADU-7K3M-Q9", ["ADU-7K3M-Q9"]),
        ("cek tiket ADU-TUAA-LM", ["ADU-TUAA-LM"]),
        ("cek adu 7k3m q9 dong", ["ADU-7K3M-Q9"]),
        ("tiket saya 7K3M-Q9", ["ADU-7K3M-Q9"]),
        ("mau adu domba", []),
        ("saya ngadu kemarin jam 10", []),
    ],
)
def test_tickets_are_read_as_issued(
    extractor: EntityExtractor, text: str, ticket: list[str]
) -> None:
    assert values(extractor, text, "tiket") == ticket


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("luasnya 100 eh salah 120 m2", "luas", [120]),
        ("2 lantai, maksudnya 3 lantai", "lantai", [3]),
        ("pbg eh slf", "izin", ["SLF"]),
        ("bukan imb tapi slf", "izin", ["SLF"]),
        ("maksudku slf bukan imb", "izin", ["SLF"]),
        ("besok, bukan, lusa", "tanggal", ["2026-11-23"]),
        ("luas 100 m2 dan 50 m2", "luas", [100, 50]),
    ],
)
def test_after_a_correction_the_last_value_wins(
    extractor: EntityExtractor, text: str, entity: str, expected: list[Any]
) -> None:
    assert values(extractor, text, entity) == expected


def test_a_correction_leaves_other_entities_alone(extractor: EntityExtractor) -> None:
    found = extractor.extract("pbg 2 lantai luas 100 eh 120 m2", SATURDAY)

    assert [(e.entity, e.value) for e in found] == [("izin", "PBG"), ("lantai", 2), ("luas", 120)]


def test_places_of_the_office_are_found(extractor: EntityExtractor) -> None:
    assert values(extractor, "jalan rusak di kecamatan contoh utara", "tempat") == ["Contoh Utara"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.500.000", 1_500_000.0),
        ("1,500,000", 1_500_000.0),
        ("1.500", 1_500.0),
        ("1,5", 1.5),
        ("0,125", 0.125),
        ("1.500,75", 1_500.75),
        ("1,2,3", None),
        ("9" * 40, None),
    ],
)
def test_marks_in_figures_are_read_the_indonesian_way(text: str, value: float | None) -> None:
    assert read_digits(text) == value


HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("0123456789/-.,: x²rpmtadulsfbgnihekojc\n\u200b٣½😀"),
    ),
    max_size=200,
)
VOCABULARY = """
sip pbg slf imb 503 / - 0123 2026 rp juta ribu setengah dua puluh seratus m2 x lantai tgl maret
besok lusa minggu lalu lagi bukan eh salah tiket adu 7k3m-q9 081234567890 nik nib hari kerja bidan
3326015208900001 12/3/26 hektar luas 1,5 1.500.000 dan
"""
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=30).map(" ".join)


@settings(deadline=None, max_examples=300)
@given(st.one_of(HOSTILE, WORDS))
def test_any_text_gives_entities_inside_it(text: str) -> None:
    for entity in _shipped().extract(text, SATURDAY):
        assert 0 <= entity.start < entity.end <= len(text)
        assert entity.raw == text[entity.start : entity.end]
        assert 0 < entity.confidence <= 1
        assert (entity.value is None) == bool(entity.candidates)


@settings(deadline=None, max_examples=40)
@given(st.dates(min_value=date(2001, 1, 2), max_value=date(2090, 12, 30)))
def test_relative_days_hold_on_every_day(today: date) -> None:
    found = _shipped().extract("besok atau 3 hari yang lalu", today)

    expected = [today + timedelta(days=1), today - timedelta(days=3)]
    assert [e.value for e in found] == [day.isoformat() for day in expected]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(min_size=1, max_size=10), WORDS.filter(bool)))
def test_twenty_thousand_characters_of_anything_take_bounded_time(piece: str) -> None:
    text = (piece * (20_000 // len(piece) + 1))[:20_000]
    extractor = _shipped()

    assert quickest(lambda: extractor.extract(text, SATURDAY), 0.25) < 0.25


_CACHE: list[EntityExtractor] = []


def _shipped() -> EntityExtractor:
    """Property tests cannot take session fixtures without a health check; build one once."""
    if not _CACHE:
        names = {"permits": [{"code": c, "names": [c]} for c in ("PBG", "SLF", "NIB", "SIP_BIDAN")]}
        names["ambiguous"] = [{"term": "sip", "codes": ["SIP_BIDAN", "NIB"]}]
        normaliser = Normaliser(Lexicon.load(DATA / "lexicon"))
        _CACHE.append(EntityExtractor(normaliser, Gazetteer.from_dict(names)))
    return _CACHE[0]
