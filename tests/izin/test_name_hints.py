"""Names that several citizens have for a permit are suggested, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime

from izin.name_hints import NameHint, suggested_names

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def hints(*said: tuple[str, str, str]) -> list[NameHint]:
    return [
        NameHint(str(number), chat, text, permit, NOW)
        for number, (chat, text, permit) in enumerate(said)
    ]


KOST = ("a", "mau urus izin rumah kost", "PBG"), ("b", "syarat rumah kost apa aja?", "PBG")


def test_what_several_citizens_call_a_permit_is_suggested_once_and_whole() -> None:
    (found,) = suggested_names(hints(*KOST), ())
    assert (found.name, found.permit, found.chats) == ("rumah kost", "PBG", 2)
    assert found.example == "mau urus izin rumah kost"


def test_what_one_citizen_says_twice_is_not_suggested() -> None:
    assert suggested_names(hints(KOST[0], ("a", "izin rumah kost dong", "PBG")), ()) == []


def test_known_and_refused_names_are_not_suggested() -> None:
    assert suggested_names(hints(*KOST), {"Rumah-kost", "Rumah Kost"}) == []
    assert suggested_names(hints(*KOST), (), {("PBG", "rumah kost")}) == []


def test_words_that_mean_many_permits_are_not_suggested() -> None:
    other = [("c", "rumah kost", "NIB"), ("d", "rumah kost", "NIB"), ("e", "rumah kost", "SLF")]
    assert suggested_names(hints(*KOST, *other), ()) == []


def test_masked_parts_and_numbers_are_never_part_of_a_name() -> None:
    masked = [(chat, "toko [NAMA] pupuk 12 kios", "NIB") for chat in "ab"]
    names = {item.name for item in suggested_names(hints(*masked), ())}
    assert names == {"toko", "pupuk", "kios"}
