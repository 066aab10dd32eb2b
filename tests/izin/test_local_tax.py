from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from izin.errors import InvalidInput
from izin.local_tax import kinds_of_permit, local_tax

TABLE = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "data/catalog/fee_tables.yml").read_text("utf-8")
)["tables"]["pajak_daerah"]


@pytest.mark.parametrize(
    ("kind", "base", "most"),
    [
        ("jasa_parkir", 10_000_000, 1_000_000),  # 10 %
        ("makanan_minuman", 20_000_000, 2_000_000),  # 10 %
        ("perhotelan", 5, 1),  # 0.5 rounded half up
        ("air_tanah", 1_000_000, 200_000),  # 20 %
    ],
)
def test_the_highest_rate_of_the_law_bounds_the_tax(kind, base, most):
    tax = local_tax(kind, base, TABLE)
    assert (tax.most_rupiah, tax.least_rupiah) == (most, None)


def test_night_entertainment_has_a_lowest_rate_too():
    tax = local_tax("hiburan_malam", 5_000_000, TABLE)
    assert (tax.least_rupiah, tax.most_rupiah) == (2_000_000, 3_750_000)
    assert (tax.least_rate, tax.most_rate) == (Decimal("0.4"), Decimal("0.75"))


def test_each_kind_belongs_to_a_permit():
    assert kinds_of_permit("PARKIR", TABLE) == ("jasa_parkir",)
    assert len(kinds_of_permit("PARIWISATA", TABLE)) == 4
    assert kinds_of_permit("SLF", TABLE) == ()


@pytest.mark.parametrize(
    ("kind", "base", "field"), [("pajak_kuda", 1, "jenis_pajak"), ("hiburan", 0, "omzet")]
)
def test_what_the_table_does_not_know_is_refused(kind, base, field):
    with pytest.raises(InvalidInput) as caught:
        local_tax(kind, base, TABLE)
    assert caught.value.field == field
