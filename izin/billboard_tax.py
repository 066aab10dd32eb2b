"""The tax on a billboard (pajak reklame), from the catalogue's fee table ``reklame``.

UU 1/2022 Ps. 62-63: tax = rate x rental value. Put up by a third party the rental value is
the contract's; put up by oneself it is base value x location factor x area x number x days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from izin.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Billboard:
    """What is put up: kind and road class as the table names them; area of one in m2."""

    kind: str
    area_m2: Decimal
    count: int
    days: int
    road_class: str


@dataclass(frozen=True, slots=True)
class BillboardTax:
    """One worked-out tax with its figures (rupiah)."""

    rental_value_rupiah: int
    tax_rupiah: int
    rate: Decimal
    road_class: str | None = None
    base_value_rupiah: int | None = None
    road_factor: Decimal | None = None


def own_billboard(billboard: Billboard, table: Mapping[str, Any]) -> BillboardTax:
    """Give the tax on a billboard its owner puts up.

    Raises:
        InvalidInput: Unknown kind or road class, or a size, number or time not above 0.
    """
    bases, factors = table["nilai_dasar_idr_per_m2_per_hari"], table["faktor_lokasi"]
    if billboard.kind not in bases:
        raise InvalidInput("unknown kind of billboard", field="kind")
    if billboard.road_class not in factors:
        raise InvalidInput("unknown road class", field="road_class")
    if min(billboard.area_m2, Decimal(billboard.count), Decimal(billboard.days)) <= 0:
        raise InvalidInput("size, number and days must be above 0", field="luas")
    base = Decimal(str(bases[billboard.kind]))
    factor = Decimal(str(factors[billboard.road_class]))
    value = base * factor * billboard.area_m2 * billboard.count * billboard.days
    rate = Decimal(str(table["tarif"]))
    return BillboardTax(
        rental_value_rupiah=_rupiah(value),
        tax_rupiah=_rupiah(value * rate),
        rate=rate,
        road_class=billboard.road_class,
        base_value_rupiah=_rupiah(base),
        road_factor=factor,
    )


def contracted_billboard(contract_rupiah: int, table: Mapping[str, Any]) -> BillboardTax:
    """Give the tax on a billboard a third party puts up for this contract value.

    Raises:
        InvalidInput: The contract value is not above 0.
    """
    if contract_rupiah <= 0:
        raise InvalidInput("the contract value must be above 0", field="uang")
    rate = Decimal(str(table["tarif"]))
    return BillboardTax(contract_rupiah, _rupiah(contract_rupiah * rate), rate)


def _rupiah(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
