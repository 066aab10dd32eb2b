"""A regency's tax that goes with a permit: rate x what was paid, from ``pajak_daerah``.

UU 1/2022 Ps. 57-58 (PBJT: food, hotels, parking, entertainment) and Ps. 67 (ground water)
bound the rates; a regency's own Perda sets them. The result is therefore a range: from the
lowest rate the law allows (none for most) to the highest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from izin.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class LocalTax:
    """One worked-out tax (rupiah); ``least_rupiah`` is None where the law has no lowest rate."""

    kind: str
    base_rupiah: int
    most_rate: Decimal
    most_rupiah: int
    least_rate: Decimal | None = None
    least_rupiah: int | None = None


def kinds_of_permit(code: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the kinds of tax that go with a permit (catalogue code)."""
    return tuple(kind for kind, rule in (table.get("jenis") or {}).items() if rule["izin"] == code)


def local_tax(kind: str, base_rupiah: int, table: Mapping[str, Any]) -> LocalTax:
    """Give the tax on what customers paid, or on the water's value.

    Raises:
        InvalidInput: Unknown kind (``field`` ``jenis_pajak``) or a base not above 0
            (``field`` ``omzet``).
    """
    rule = (table.get("jenis") or {}).get(kind)
    if rule is None:
        raise InvalidInput("unknown kind of tax", field="jenis_pajak")
    if base_rupiah <= 0:
        raise InvalidInput("the base must be above 0", field="omzet")
    most = Decimal(str(rule["tarif_maks"]))
    least = Decimal(str(rule["tarif_min"])) if rule.get("tarif_min") else None
    return LocalTax(
        kind=kind,
        base_rupiah=base_rupiah,
        most_rate=most,
        most_rupiah=_rupiah(base_rupiah * most),
        least_rate=least,
        least_rupiah=None if least is None else _rupiah(base_rupiah * least),
    )


def _rupiah(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
