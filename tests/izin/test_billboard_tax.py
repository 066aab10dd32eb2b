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
