from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tanya_language import mask_personal_data

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
