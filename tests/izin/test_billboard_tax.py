from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from izin.billboard_tax import Billboard, contracted_billboard, own_billboard
from izin.errors import InvalidInput

TABLE = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "data/catalog/fee_tables.yml").read_text("utf-8")
)["tables"]["reklame"]


@pytest.mark.parametrize(
    ("billboard", "place"),
    [
        (Billboard("spanduk_banner", Decimal(4), 2, 14, "kelas_II"), 0),
        (Billboard("papan_nama_toko", Decimal(2), 1, 365, "kelas_III"), 1),
    ],
)
def test_every_published_example_comes_out(billboard, place):
    example = TABLE["examples"][place]
    tax = own_billboard(billboard, TABLE)
    assert (tax.rental_value_rupiah, tax.tax_rupiah) == (example["NSR"], example["pajak_idr"])


def test_put_up_by_a_third_party_the_contract_is_the_rental_value():
    tax = contracted_billboard(4_000_000, TABLE)
    assert (tax.rental_value_rupiah, tax.tax_rupiah) == (4_000_000, 1_000_000)


@pytest.mark.parametrize(
    "billboard",
    [
        Billboard("balon_udara", Decimal(4), 1, 1, "kelas_I"),
        Billboard("baliho", Decimal(4), 1, 1, "kelas_IX"),
        Billboard("baliho", Decimal(0), 1, 1, "kelas_I"),
        Billboard("baliho", Decimal(4), 0, 1, "kelas_I"),
        Billboard("baliho", Decimal(4), 1, -3, "kelas_I"),
    ],
)
def test_what_the_table_does_not_know_is_refused(billboard):
    with pytest.raises(InvalidInput):
        own_billboard(billboard, TABLE)


def test_a_contract_of_nothing_is_refused():
    with pytest.raises(InvalidInput):
        contracted_billboard(0, TABLE)


def own(**changes):
    """Give the tax on a banner of 4 m2, 1 piece, 10 days, class III, with one figure changed."""
    figures = {"kind": "spanduk_banner", "area_m2": Decimal(4), "count": 1, "days": 10,
               "road_class": "kelas_III"}  # fmt: skip
    return own_billboard(Billboard(**{**figures, **changes}), TABLE).tax_rupiah


# 0.25 x (2,500 x 1.0 x 4 x 1 x 10) = 25,000
@pytest.mark.parametrize(
    ("changes", "rupiah"),
    [
        ({}, 25_000),
        ({"kind": "papan_nama_toko"}, 10_000),
        ({"kind": "neon_box"}, 15_000),
        ({"kind": "billboard"}, 20_000),
        ({"kind": "videotron"}, 60_000),
        ({"kind": "umbul_umbul"}, 25_000),
        ({"kind": "baliho"}, 30_000),
        ({"area_m2": Decimal("2.5")}, 15_625),
        ({"count": 3}, 75_000),
        ({"days": 365}, 912_500),
        ({"road_class": "kelas_II"}, 30_000),
        ({"road_class": "kelas_I"}, 37_500),
    ],
)
def test_each_term_of_the_formula_weighs_as_the_table_says(changes, rupiah):
    assert own(**changes) == rupiah
