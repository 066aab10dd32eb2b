from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from izin.building_levy import Building, height_index, height_terms, levies, rule_words
from izin.errors import InvalidInput
from izin.fee_examples import building_of

TABLE = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "data/catalog/fee_tables.yml").read_text("utf-8")
)["tables"]["pbg"]


def house(area, floors, **changes):
    return Building("hunian", Decimal(area), floors, **changes)


@pytest.mark.parametrize("example", TABLE["examples"], ids=lambda item: item["name"])
def test_every_published_example_comes_out_to_the_rupiah(example):
    (levy,) = levies(building_of(example["inputs"]), TABLE)
    assert levy.amount_rupiah == example["retribusi_idr"]
    assert levy.integrated_index == Decimal(str(example["It"]))


def test_the_public_worked_example_of_another_region_comes_out_without_rounding():
    public = TABLE["public_worked_example"]
    given = public["inputs"]
    table = {**TABLE, "example_parameters": {"Ilo": given["ilo"], "SHST": given["shst"]}}
    building = Building(
        "usaha_umkm_prototipe", Decimal(given["luas"]), given["lantai"], "tidak_sederhana"
    )
    (levy,) = levies(building, table)
    assert levy.integrated_index == Decimal(str(public["It_tanpa_pembulatan"]))
    # The region's own sheet prints 6,172,275 for 6,172,275.0.
    assert levy.amount_rupiah == public["retribusi_idr_tanpa_pembulatan"]


def test_the_height_index_is_weighted_by_area_and_cut_not_rounded():
    building = house(100, 2, basement_area_m2=Decimal(50), basement_layers=1)
    # (100 x 1.09 + 50 x 1.197) / 150 = 1.12566…
    assert height_index(building, TABLE) == Decimal("1.125")


def test_below_three_basements_each_further_layer_adds_a_tenth():
    building = house(1, 1, basement_area_m2=Decimal(999), basement_layers=5)
    assert height_index(building, TABLE) == Decimal("1.592")


def test_a_size_on_no_row_gives_both_figures_and_the_rules_words():
    building = house(120, 1)
    assert [levy.amount_rupiah for levy in levies(building, TABLE)] == [594_000, 841_500]
    assert "120 m2 satu lantai" in rule_words(building, TABLE)[0]
    assert len(levies(house(90, 2), TABLE)) == 2


def test_saying_which_class_decides_the_gap():
    (levy,) = levies(house(120, 1, complexity="sederhana"), TABLE)
    assert levy.use_row == "hunian_kecil"


def test_a_plain_small_house_has_one_figure_and_no_rule_to_explain():
    building = house(90, 1)
    assert [levy.amount_rupiah for levy in levies(building, TABLE)] == [445_500]
    assert rule_words(building, TABLE) == ()


def test_two_storeys_are_counted_as_the_published_example_does_but_the_rule_is_named():
    building = house(150, 2)
    assert [levy.amount_rupiah for levy in levies(building, TABLE)] == [1_083_431]
    assert any("lebih dari 2 lantai" in words for words in rule_words(building, TABLE))


def test_a_business_of_unknown_class_gives_both_figures():
    shop = Building("usaha", Decimal(300), 3)
    assert [levy.amount_rupiah for levy in levies(shop, TABLE)] == [7_276_500, 9_009_000]


def test_state_property_costs_nothing():
    (levy,) = levies(house(90, 1, state_owned=True), TABLE)
    assert levy.amount_rupiah == 0


def test_more_storeys_than_the_table_lists_are_refused_not_guessed():
    with pytest.raises(InvalidInput) as caught:
        levies(house(900, 16), TABLE)
    assert caught.value.field == "lantai"


def test_no_area_is_refused():
    with pytest.raises(InvalidInput):
        levies(house(0, 1), TABLE)


def amount(**changes):
    """Give the levy of a house of 90 m2 and one storey, simple, with one figure changed."""
    building = Building("hunian", Decimal(90), 1, "sederhana")
    (levy,) = levies(replace(building, **changes), TABLE)
    return levy.amount_rupiah


# 90 m2 x (0.005 x 5,500,000) = 2,475,000, times It = If x (0.3 x Ip + 0.2 x Ip + 0.5 x K) x Fm
@pytest.mark.parametrize(
    ("changes", "rupiah"),
    [
        ({}, 445_500),  # 0.15 x (0.3 + 0.4 + 0.5) = 0.18
        ({"complexity": "tidak_sederhana"}, 631_125),  # 0.17 x (0.6 + 0.4 + 0.5) = 0.255
        ({"permanent": False}, 371_250),  # 0.15 x (0.3 + 0.2 + 0.5) = 0.15
        ({"floors": 2}, 462_206),  # 0.15 x (0.3 + 0.4 + 0.545) = 0.18675
        ({"floors": 15}, 532_373),  # 0.15 x (0.3 + 0.4 + 0.734) = 0.2151
        ({"state_owned": True}, 0),  # Fm 0
        ({"use": "usaha"}, 2_079_000),  # 0.7 x 1.2 = 0.84
        ({"use": "usaha_umkm_prototipe"}, 1_485_000),  # 0.5 x 1.2 = 0.6
        ({"use": "sosial_budaya"}, 891_000),  # 0.3 x 1.2 = 0.36
        ({"use": "keagamaan"}, 0),  # If 0
        ({"use": "fungsi_khusus"}, 2_970_000),  # 1.0 x 1.2 = 1.2
        ({"use": "ganda"}, 1_782_000),  # 0.6 x 1.2 = 0.72
        ({"work": "rehabilitasi_sedang"}, 100_238),  # x 0.225 = 100,237.5
        ({"work": "rehabilitasi_berat"}, 144_788),  # x 0.325 = 144,787.5
        ({"work": "pemugaran_pratama"}, 144_788),  # x 0.325
        ({"work": "pemugaran_madya"}, 100_238),  # x 0.225
        ({"work": "pemugaran_utama"}, 66_825),  # x 0.15
    ],
)
def test_each_term_of_the_formula_weighs_as_the_table_says(changes, rupiah):
    assert amount(**changes) == rupiah


def test_a_basement_adds_its_area_and_its_coefficient():
    # K = (90 x 1 + 10 x 1.197) / 100 = 1.0197, cut to 1.019
    # It = 0.15 x (0.3 + 0.4 + 0.5095) = 0.181425; 100 x 27,500 x It = 498,918.75
    assert amount(basement_area_m2=Decimal(10), basement_layers=1) == 498_919


def test_the_terms_of_the_height_index_can_be_shown():
    terms = height_terms(house(300, 3, basement_area_m2=Decimal(100), basement_layers=2), TABLE)
    assert (terms.floors, terms.basement) == (Decimal("1.12"), Decimal("1.299"))
    assert height_terms(house(300, 3), TABLE).basement_area_m2 == 0
