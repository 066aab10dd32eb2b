from __future__ import annotations

import pytest

from izin.usecases.dialogue import Entity
from tests.usecases.house import small_chat


def area(value):
    return Entity("luas", value)


def floors(value):
    return Entity("lantai", value)


PBG = Entity("izin", "PBG", "pbg", 0, 3)
REKLAME = Entity("izin", "REKLAME", "reklame", 0, 7)


def test_an_estimate_shows_formula_figures_and_that_it_is_one():
    reply = small_chat().say(
        "hitung retribusi rumah 2 lantai 150 m2", "hitung_biaya", entities=[floors(2), area(150)]
    )
    assert "Perkiraan retribusi PBG: Rp1.083.431" in reply.text
    assert "150 m² × (0,005 × Rp5.500.000) × 0,26265 × 1" in reply.text
    assert "SKRD" in reply.text and "kas daerah" in reply.text
    assert "contoh, belum dipastikan" in reply.text
    assert "Sumber:" in reply.text


def test_a_gap_in_the_rule_names_both_figures():
    reply = small_chat().say(
        "hitung pbg rumah 1 lantai 120 m2", "hitung_biaya", entities=[PBG, floors(1), area(120)]
    )
    assert "Rp594.000 atau Rp841.500" in reply.text
    assert "tidak tertulis pada kedua baris" in reply.text and "Dinas PU" in reply.text


def test_a_place_of_worship_shows_rp0():
    reply = small_chat().say("hitung pbg masjid 200 m2", "hitung_biaya", entities=[PBG, area(200)])
    assert "Perkiraan retribusi PBG: Rp0[/b]" in reply.text


def test_missing_figures_are_asked_for_with_an_example():
    reply = small_chat().say("hitung biaya pbg dong", "hitung_biaya", entities=[PBG])
    assert "misalnya: rumah 1 lantai 90 m2" in reply.text


def test_figures_alone_continue_the_calculation_and_are_remembered():
    chat = small_chat()
    chat.say("hitung biaya pbg dong", "hitung_biaya", entities=[PBG])
    asked = chat.say("luas 90 m2", "nlu_fallback", entities=[area(90)])
    assert "untuk apa" in asked.text
    assert "Rp445.500" in chat.tap(asked, "Rumah tinggal").text
    again = chat.say("kalau 120 m2 sederhana", "nlu_fallback", entities=[area(120)])
    assert "Rp594.000[/b]" in again.text


def test_width_and_length_count_for_every_storey_and_that_is_said():
    reply = small_chat().say(
        "hitung pbg rumah 5x9 2 lantai tidak sederhana", "hitung_biaya",
        entities=[PBG, Entity("ukuran", [5, 9]), floors(2)],
    )  # fmt: skip
    assert "90 m²" in reply.text and "dikalikan 2 lantai" in reply.text


def test_a_new_thing_with_its_size_starts_anew():
    chat = small_chat()
    chat.say("rumah 2 lantai 150 m2", "hitung_biaya", entities=[PBG, floors(2), area(150)])
    reply = chat.say("masjid 200 m2", "hitung_biaya", entities=[PBG, area(200)])
    assert "Satu lantai" in reply.text


@pytest.mark.parametrize("value", [0, -5, 1e12, float("nan")])
def test_absurd_sizes_are_refused_kindly(value):
    reply = small_chat().say("hitung rumah", "hitung_biaya", entities=[PBG, area(value)])
    assert "belum bisa saya hitung" in reply.text


def test_more_storeys_than_the_table_has_are_unknown():
    reply = small_chat().say(
        "hitung rumah 40 lantai", "hitung_biaya", entities=[PBG, area(500), floors(40)]
    )
    assert "belum ada datanya" in reply.text
    assert "minta_petugas" in [choice.intent for choice in reply.choices]


def test_a_billboard_by_road_class():
    reply = small_chat().say(
        "hitung pajak spanduk 1x4 m 2 lembar 14 hari kelas 2", "hitung_biaya",
        entities=[Entity("ukuran", [1, 4]), Entity("jumlah", 2),
                  Entity("lama", {"n": 14, "unit": "hari"})],
    )  # fmt: skip
    assert "Izin reklame Rp0; perkiraan pajaknya Rp84.000" in reply.text
    assert "batas tertinggi" in reply.text


def test_without_road_class_every_class_is_shown():
    reply = small_chat().say(
        "hitung pajak papan nama 2x1 m 1 tahun", "hitung_biaya",
        entities=[Entity("ukuran", [2, 1]), Entity("lama", {"n": 1, "unit": "tahun"})],
    )  # fmt: skip
    assert "Rp182.500 sampai Rp273.750" in reply.text


def test_a_contract_value_is_the_rental_value():
    reply = small_chat().say(
        "hitung pajak reklame kontrak 4 juta", "hitung_biaya",
        entities=[REKLAME, Entity("uang", 4_000_000)],
    )  # fmt: skip
    assert "Rp1.000.000" in reply.text


def test_calculating_a_free_permit_says_rp0():
    reply = small_chat().say("hitung biaya slf", "hitung_biaya")
    assert reply.text.startswith("[b]Rp0")


def test_figures_for_a_building_are_not_taken_for_the_free_permit_talked_about_before():
    chat = small_chat()
    chat.say("syarat slf", "tanya_syarat")
    reply = chat.say("hitung rumah 90 m2", "hitung_biaya", entities=[area(90)])
    assert "Rp445.500" in reply.text


def test_nothing_to_go_by_offers_the_permits_that_can_be_calculated():
    reply = small_chat().say("tolong hitungkan", "hitung_biaya", entities=[])
    assert [choice.title for choice in reply.choices] == ["PBG", "Izin reklame"]


def test_a_bare_number_corrects_the_area_and_a_small_one_the_floors():
    chat = small_chat()
    chat.say("rumah 2 lantai 150 m2", "hitung_biaya", entities=[PBG, floors(2), area(150)])
    larger = chat.say("eh 180", "koreksi", action="action_lanjut", entities=[])
    assert "180 m²" in larger.text
    lower = chat.say("eh salah 1 aja", "koreksi", action="action_lanjut", entities=[])
    assert "180 m²" in lower.text and lower.text != larger.text
    proof = chat.say("0101", "koreksi", action="action_lanjut", entities=[Entity("jumlah", 101)])
    assert "101 m²" not in proof.text
