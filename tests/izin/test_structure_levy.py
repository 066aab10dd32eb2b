from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from izin.errors import InvalidInput
from izin.structure_levy import Structure, structure_kinds, structure_levy, structure_unit

TABLE = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "data/catalog/fee_tables.yml").read_text("utf-8")
)["tables"]["pbg"]


def test_a_fence_costs_its_length_times_the_range_of_prices():
    levy = structure_levy(Structure("pagar", Decimal(40)), TABLE)
    # 40 x 1 x 1 x 1,000 and 1,500
    assert levy.amounts_rupiah == (40_000, 60_000)
    assert (levy.unit, levy.index, levy.work_index) == ("m", 1, 1)
    assert "Kubu Raya" in levy.region


@pytest.mark.parametrize(
    ("condition", "amount"), [("baru", 225_000), ("rusak_sedang", 50_625), ("rusak_berat", 73_125)]
)
def test_the_condition_weighs_a_pool(condition, amount):
    # 30 m3 x I (1, 0.225, 0.325) x 1 x 7,500
    levy = structure_levy(Structure("kolam", Decimal(30), condition), TABLE)
    assert levy.amounts_rupiah == (amount, amount)


def test_a_tower_is_priced_by_height_so_its_range_is_wide():
    levy = structure_levy(Structure("menara", Decimal(1)), TABLE)
    assert levy.amounts_rupiah == (15_000_000, 25_000_000)
    assert levy.unit == "unit"


def test_every_kind_of_the_table_has_a_price_and_a_unit():
    assert structure_kinds(TABLE) == tuple(TABLE["prasarana"]["units"])
    assert {structure_unit(kind, TABLE) for kind in structure_kinds(TABLE)} == {
        "m", "m2", "m3", "unit"
    }  # fmt: skip


def test_a_table_without_prices_offers_no_structure():
    table = {**TABLE, "prasarana": {**TABLE["prasarana"], "price_examples": {}}}
    assert structure_kinds(table) == ()
    with pytest.raises(InvalidInput):
        structure_unit("pagar", table)


@pytest.mark.parametrize(
    "structure",
    [
        Structure("patung", Decimal(1)),
        Structure("pagar", Decimal(0)),
        Structure("pagar", Decimal(-2)),
        Structure("pagar", Decimal(2), "roboh"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(structure):
    with pytest.raises(InvalidInput) as caught:
        structure_levy(structure, TABLE)
    assert caught.value.field == "prasarana"
