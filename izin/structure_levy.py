"""The levy on structures beside a building (prasarana), from the fee table ``pbg``.

Formula of the annex of PP 16/2021::

    levy = V x I x Ibg x HSpbg

HSpbg, the price of one unit, is each regency's own. Where the table holds none for this
office, its ``price_examples`` name another region's, which serve as a comparison only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from izin.errors import InvalidInput

_PRICE_KEY = re.compile(r"(?P<kind>[a-z_]+?)_idr_per_(?P<unit>[a-z0-9]+)")


@dataclass(frozen=True, slots=True)
class Structure:
    """One structure: kind as the table's ``units`` name it, how much, and its condition.

    ``condition`` is a key of the table's ``I`` (``baru``, ``rusak_sedang``, ``rusak_berat``).
    """

    kind: str
    quantity: Decimal
    condition: str = "baru"


@dataclass(frozen=True, slots=True)
class StructureLevy:
    """One worked-out levy: least and most, as regions give a range of prices.

    Attributes:
        kind: As in the table.
        quantity: V, in ``unit``.
        unit: ``m``, ``m2``, ``m3`` or ``unit``.
        index: I.
        work_index: Ibg of the structure.
        prices_rupiah: (least, most) price of one unit, of ``region``.
        amounts_rupiah: (least, most) levy.
        region: Whose price it is.
    """

    kind: str
    quantity: Decimal
    unit: str
    index: Decimal
    work_index: Decimal
    prices_rupiah: tuple[int, int]
    amounts_rupiah: tuple[int, int]
    region: str


def structure_kinds(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the kinds of structure that the table can price."""
    structures = table.get("prasarana") or {}
    return tuple(kind for kind in structures.get("units") or {} if _price(kind, structures))


def structure_unit(kind: str, table: Mapping[str, Any]) -> str:
    """Give what a structure of this kind is counted in: ``m``, ``m2``, ``m3`` or ``unit``.

    Raises:
        InvalidInput: The table has no price for it (``field`` ``prasarana``).
    """
    found = _price(kind, table.get("prasarana") or {})
    if found is None:
        raise InvalidInput("no price for this structure", field="prasarana")
    return found[0]


def structure_levy(structure: Structure, table: Mapping[str, Any]) -> StructureLevy:
    """Give the levy on one structure.

    Raises:
        InvalidInput: Unknown kind or condition, or a quantity not above 0
            (``field`` ``prasarana``).
    """
    structures = table.get("prasarana") or {}
    found = _price(structure.kind, structures)
    if found is None or structure.condition not in structures["I"] or structure.quantity <= 0:
        raise InvalidInput("this structure cannot be worked out", field="prasarana")
    unit, prices = found
    index = Decimal(str(structures["I"][structure.condition]))
    # The table's Ibg grades buildings; a structure's own condition is graded by I alone.
    work_index = Decimal(str(table["Ibg"]["baru"]))
    least, most = (
        int(
            (structure.quantity * index * work_index * price).quantize(
                Decimal(1), rounding=ROUND_HALF_UP
            )
        )
        for price in prices
    )
    return StructureLevy(
        kind=structure.kind,
        quantity=structure.quantity,
        unit=unit,
        index=index,
        work_index=work_index,
        prices_rupiah=(prices[0], prices[1]),
        amounts_rupiah=(least, most),
        region=str((structures.get("price_examples") or {}).get("daerah", "")),
    )


def _price(kind: str, structures: Mapping[str, Any]) -> tuple[str, tuple[int, int]] | None:
    """Give the unit and the (least, most) price of a kind, or None."""
    for key, value in (structures.get("price_examples") or {}).items():
        found = _PRICE_KEY.fullmatch(key)
        if found is None or found["kind"].split("_")[0] != kind:
            continue
        amounts = _amounts(value)
        if amounts:
            return found["unit"], (min(amounts), max(amounts))
    return None


def _amounts(value: Any) -> list[int]:
    """Give the amounts of "1000-1500", of one number, or of a price by height."""
    if isinstance(value, Mapping):
        return [amount for item in value.values() for amount in _amounts(item)]
    return [int(part) for part in str(value).split("-") if part.strip().isdigit()]
