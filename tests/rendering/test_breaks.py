"""Long texts are cut where a reader would."""

from __future__ import annotations

import pytest

from izin.rendering.breaks import Level, cuts
from izin.rendering.marked_text import MarkedText


def size(text: MarkedText) -> int:
    return len(text.plain)


def split(text: str, limit: int) -> list[str]:
    return [part.plain for part in MarkedText.parse(text).split(limit, size)]


def split_tail(text: str, limit: int) -> tuple[str, str]:
    before, tail = MarkedText.parse(text).split_tail(limit, size)
    return before.plain, tail.plain


LIST = "\n".join(f"{number}. Dokumen nomor {number}" for number in range(1, 9))


def test_a_short_text_stays_one() -> None:
    assert split("Satu kalimat.", 50) == ["Satu kalimat."]


def test_paragraphs_are_the_first_choice() -> None:
    text = f"{'a ' * 20}selesai.\n\n{'b ' * 20}selesai. Lagi."
    assert split(text, 60) == [f"{'a ' * 20}selesai.", f"{'b ' * 20}selesai. Lagi."]


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    text = "Kalimat pertama agak panjang. Kalimat kedua juga panjang. Kalimat ketiga pendek."
    assert split(text, 60) == [
        "Kalimat pertama agak panjang. Kalimat kedua juga panjang.",
        "Kalimat ketiga pendek.",
    ]


@pytest.mark.parametrize("text", ["Berlaku s.d. tahun depan saja", "Lihat pasal 5. ayat dua nanti"])
def test_a_full_stop_inside_a_sentence_is_no_end_of_it(text: str) -> None:
    assert all(cut.level == Level.WORD for cut in cuts(text))


def test_a_list_stays_whole_with_its_heading_where_it_fits() -> None:
    text = f"{'Pembuka panjang. ' * 6}\n\nSyaratnya:\n{LIST}\n\nDaftar di SIMBG."
    parts = split(text, len(LIST) + 40)
    assert [part for part in parts if part.startswith("Syaratnya:") and LIST in part]


def test_a_list_too_long_for_one_message_is_cut_between_items() -> None:
    parts = split(f"Syaratnya:\n{LIST}", 80)
    assert len(parts) > 2
    for part in parts[1:]:
        assert part[0].isdigit()
    assert "\n".join(parts) == f"Syaratnya:\n{LIST}"


def test_a_heading_never_stands_alone_before_its_list() -> None:
    for limit in range(60, 200):
        for part in split(f"{'Kata. ' * 12}\n\nSyaratnya:\n{LIST}", limit):
            assert not part.endswith("Syaratnya:"), limit


def test_an_item_longer_than_a_message_is_cut_after_a_sentence_then_a_word() -> None:
    item = "1. Kalimat satu dari butir ini. Kalimat dua yang agak lebih panjang lagi"
    assert split(item, 50) == [
        "1. Kalimat satu dari butir ini.",
        "Kalimat dua yang agak lebih panjang lagi",
    ]
    assert split("1. satu dua tiga empat lima", 16) == ["1. satu dua tiga", "empat lima"]


def test_an_indented_line_belongs_to_its_item() -> None:
    text = "1. Surat\n   dari kepala desa\n2. Gambar denah rumah"
    assert split(text, 40) == ["1. Surat\n   dari kepala desa", "2. Gambar denah rumah"]


def test_a_bold_range_is_not_cut() -> None:
    marked = MarkedText.parse("Bayar di kas daerah [b]paling lambat hari Senin nanti[/b] ya pak bu")
    for limit in range(35, 66):
        parts = marked.split(limit, size)
        bold = [part.plain[a:b] for part in parts for a, b in part.bold]
        assert bold == ["paling lambat hari Senin nanti"], limit


def test_a_word_is_cut_only_when_it_is_longer_than_a_message() -> None:
    assert split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert split("ada https://simbg.pu.go.id/informasi disini", 34) == [
        "ada",
        "https://simbg.pu.go.id/informasi",
        "disini",
    ]


def test_a_family_of_emojis_and_an_accent_stay_one_character() -> None:
    family = "👨‍👩‍👧"
    parts = split(family * 4, 7)
    assert parts == [family] * 4
    assert split("e\u0301" * 4, 5) == ["e\u0301e\u0301"] * 2


def test_the_end_that_carries_the_buttons_holds_as_much_as_fits_from_a_good_place() -> None:
    text = f"Pembuka.\n\nSyaratnya:\n{LIST}\n\nDaftar di SIMBG.\n\nSumber: data 2026."
    before, tail = split_tail(text, 60)
    assert before.endswith(LIST)
    assert tail == "Daftar di SIMBG.\n\nSumber: data 2026."
    assert split_tail("pendek", 60) == ("", "pendek")


def test_an_end_without_any_good_place_is_still_found() -> None:
    before, tail = split_tail("x" * 25, 10)
    assert (before, tail) == ("x" * 15, "x" * 10)
