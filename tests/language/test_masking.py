from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tanya_language import mask_personal_data
from tanya_language.masking import mask_people

from tests.timing import quickest


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("NIK saya 3326015208900001 ya", "3326015208900001"),
        ("nik:3326-0152-0890-0001", "0152"),
        ("hubungi 0812 3456 7890", "3456"),
        ("+62 812-3456-7890", "3456"),
        ("npwp 01.234.567.8-901.000", "234.567"),
        ("rek BCA 1234567890 a.n. saya", "1234567890"),
        ("email budi.contoh@example.com", "budi.contoh"),
        ("nomornya 9120001234567", "9120001234567"),
        ("no 3326019999999999", "3326019999999999"),
    ],
)
def test_personal_numbers_are_hidden(text: str, hidden: str) -> None:
    masked = mask_personal_data(text)

    assert hidden not in masked
    assert "[" in masked


@pytest.mark.parametrize(
    "text",
    [
        "status 503/0123/PBG/2026 gimana",
        "PBG-332601-12032024-01 sudah terbit",
        "tiket ADU-7K3M-Q9",
        "luas 120 m2 biaya Rp1.500.000 tanggal 12/3/2026",
        "syarat slf apa saja",
        "",
    ],
)
def test_what_staff_need_stays(text: str) -> None:
    assert mask_personal_data(text) == text


def test_the_number_beside_an_application_number_is_hidden() -> None:
    masked = mask_personal_data("503/0123/PBG/2026 nik 3326015208900001")

    assert masked == "503/0123/PBG/2026 nik [NIK]"


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    assert isinstance(mask_personal_data(text), str)


@pytest.mark.parametrize("piece", ["1 ", "a", "081 ", "pbg-", "503/", "😀", "x@"])
def test_long_texts_take_bounded_time(piece: str) -> None:
    text = (piece * 20_000)[:20_000]

    assert quickest(lambda: mask_personal_data(text), 0.5) < 0.5


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("nama saya Budi Santoso mau tanya syarat pbg", "Santoso"),
        ("nama saya siti aminah dari desa suka maju", "aminah"),
        ("atas nama sulastri wulandari, gimana ya", "wulandari"),
        ("sertifikat a.n. Joko Widodo bin Suparman hilang", "Suparman"),
        ("izin an. Ratna sudah?", "Ratna"),
        ("pak budi di loket 3 minta uang", "budi"),
        ("PAK HERI SUPRIYADI KOK LAMA", "HERI"),
        ("nama\u200b saya bu\u200bdi", "budi"),
        ("drg. Anita praktik dimana", "Anita"),
        ("perkenalkan saya Rina, mau tanya slf", "Rina"),
        ("rumah di jl. merdeka raya no 12 rt 03/05 mau renov", "merdeka"),
        ("jalan diponegoro nomor 8 itu zona apa", "diponegoro"),
        ("dusun krajan rt 2 rw 1", "krajan"),
        ("plat K 1234 AB bisa?", "1234"),
        ("motor b4321xyz", "4321"),
        ("ttl Pati, 12 Januari 1990", "1990"),
        ("tanggal lahir saya 12-01-1990 salah di oss", "1990"),
        ("di ktp 12/01/1990", "1990"),
        ("kode otp saya 482913 kok gagal", "482913"),
        ("password: rahasia123 ga bisa", "rahasia123"),
        ("cek @budi_santoso88", "budi"),
        ("https://wa.me/628123?x=budi", "budi"),
        ("status 503/0123/PBG/2026 gimana", "0123"),
        ("budi.contoh@example.com", "contoh"),
        ("NIK 3326015208900001", "0152"),
    ],
)
def test_nobody_can_be_known_by_a_text_for_strangers(text: str, hidden: str) -> None:
    masked = mask_people(text, {"praktik"})

    assert hidden not in masked
    assert "[" in masked
    assert mask_people(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "pak syarat pbg apa",
        "bu, mau tanya imb",
        "ibu rumah tangga boleh buka usaha?",
        "ada ruang laktasi buat ibu nyusuin kah",
        "usaha masih jalan terus, perlu izin?",
        "luas 5 x 10 m dan di 2026 ini berapa biaya",
        "izin reklame ukuran 4x6 m di tepi jalan raya",
        "nama usaha warung makan boleh apa aja",
        "syarat sip dr umum",
        "kak mau nanya nib untuk 2 orang",
        "",
    ],
)
def test_a_question_that_names_nobody_stays(text: str) -> None:
    assert mask_people(text, {"umum"}) == text


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300))
def test_any_text_can_be_masked_for_strangers(text: str) -> None:
    assert isinstance(mask_people(text), str)


@pytest.mark.parametrize(
    "piece",
    ["pak ", "nama saya ", "jl. a ", "rt 1 ", "b 1 ", "lahir ", "1/", "a.n. ", "pin ", "jalan a ",
     "tgl ", "otp 1", "Budi ", "saya,"],
)  # fmt: skip
def test_long_texts_are_masked_for_strangers_in_bounded_time(piece: str) -> None:
    text = (piece * 5_000)[:20_000]

    assert quickest(lambda: mask_people(text), 0.5) < 0.5


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("saya dari dusun krajan mau tanya", "krajan"), ("rumah saya gang mawar 5", "mawar")],
)
def test_a_hamlet_or_alley_by_its_name_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in mask_people(text)
    assert mask_people("bengkel di gang kami bising") == "bengkel di gang kami bising"
