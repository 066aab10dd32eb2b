"""The levy on a building approval (retribusi PBG), from the catalogue's fee table ``pbg``.

Formula of the annex of PP 16/2021::

    It   = If x (b_kompleksitas x Ip + b_permanensi x Ip + b_ketinggian x K) x Fm
    K    = (sum(LLi x KLi) + sum(LBi x KBi)) / (sum LLi + sum LBi), truncated to 3 decimals
    levy = LLt x (Ilo x SHST) x It x Ibg, rounded half up to whole rupiah

It itself is not rounded (regions differ; the table's ``rounding_note``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, Literal

from izin.errors import InvalidInput

Use = Literal[
    "hunian", "ganda", "usaha", "usaha_umkm_prototipe", "keagamaan", "sosial_budaya",
    "fungsi_khusus",
]  # fmt: skip
Complexity = Literal["sederhana", "tidak_sederhana"]

_LISTED_BASEMENTS = 3
_SPLIT_USES = {"hunian": Decimal(100), "ganda": Decimal(500)}
"""Uses whose index depends on size, with the area in m2 that divides them."""


@dataclass(frozen=True, slots=True)
class Building:
    """What has to be known of a building.

    Attributes:
        use: What it is for.
        area_m2: Total floor area without basements.
        floors: Storeys above ground, from 1.
        complexity: ``sederhana`` or ``tidak_sederhana``; None is not known.
        permanent: False for a non-permanent building.
        state_owned: Owned by the state: ownership factor 0.
        work: Key of the table's ``Ibg`` (``baru``, ``rehabilitasi_sedang``…).
        basement_area_m2: Total area of the basements.
        basement_layers: Number of basement layers.
    """

    use: Use
    area_m2: Decimal
    floors: int
    complexity: Complexity | None = None
    permanent: bool = True
    state_owned: bool = False
    work: str = "baru"
    basement_area_m2: Decimal = Decimal(0)
    basement_layers: int = 0


@dataclass(frozen=True, slots=True)
class Levy:
    """One worked-out levy with every figure that led to it."""

    use_row: str
    complexity: Complexity
    use_index: Decimal
    height: Decimal
    integrated_index: Decimal
    work_index: Decimal
    area_m2: Decimal
    locality: Decimal
    unit_price_rupiah: Decimal
    amount_rupiah: int
    inferred: bool


@dataclass(frozen=True, slots=True)
class HeightTerms:
    """What K is made of: areas in m2 with their coefficients; no basement: its two are 0."""

    area_m2: Decimal
    floors: Decimal
    basement_area_m2: Decimal
    basement: Decimal


def height_terms(building: Building, table: Mapping[str, Any]) -> HeightTerms:
    """Give the areas and coefficients that K weighs.

    Raises:
        InvalidInput: As :func:`height_index`.
    """
    if not building.area_m2 > 0:
        raise InvalidInput("the area must be above 0", field="luas")
    floors = table["koefisien_jumlah_lantai"].get(str(building.floors))
    if floors is None:
        raise InvalidInput("no coefficient for this many storeys", field="lantai")
    if not (building.basement_layers and building.basement_area_m2):
        return HeightTerms(building.area_m2, _decimal(floors), Decimal(0), Decimal(0))
    return HeightTerms(
        building.area_m2,
        _decimal(floors),
        building.basement_area_m2,
        _basement(building.basement_layers, table),
    )


def height_index(building: Building, table: Mapping[str, Any]) -> Decimal:
    """Give K: the floor coefficients weighted by area, truncated to 3 decimals.

    Raises:
        InvalidInput: No area, or more storeys than the table lists (``field`` ``lantai``).
    """
    terms = height_terms(building, table)
    weighted = terms.area_m2 * terms.floors + terms.basement_area_m2 * terms.basement
    total = building.area_m2 + building.basement_area_m2
    return (weighted / total).quantize(Decimal("0.001"), rounding=ROUND_DOWN)


def levies(building: Building, table: Mapping[str, Any]) -> tuple[Levy, ...]:
    """Give the levy, or both possible ones where the table leaves a gap or a choice.

    The locality index and unit price are the table's ``example_parameters``.

    Raises:
        InvalidInput: As :func:`height_index`, or an unknown kind of work.
    """
    found: dict[tuple[str, str], Levy] = {}
    for row, complexity in _rows(building):
        levy = _levy(building, row, complexity, table)
        found.setdefault((row, complexity), levy)
    return tuple(found.values())


def rule_words(building: Building, table: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the rule's own words where the building's size is not written on any row."""
    notes = table.get("If_notes") or {}
    if building.use not in _SPLIT_USES or _literal_row(building) is not None:
        return ()
    keys = [f"{building.use}_kecil", f"{building.use}_besar"]
    if building.use == "hunian" and len(_rows(building)) > 1:
        keys = ["hunian_celah"]
    return tuple(str(notes[key]) for key in keys if key in notes)


def _rows(building: Building) -> list[tuple[str, Complexity]]:
    if building.use not in _SPLIT_USES:
        both: tuple[Complexity, ...] = ("sederhana", "tidak_sederhana")
        return [(building.use, item) for item in both if building.complexity in (None, item)]
    small: tuple[str, Complexity] = (f"{building.use}_kecil", "sederhana")
    large: tuple[str, Complexity] = (f"{building.use}_besar", "tidak_sederhana")
    # SIMBG decides the residential row by the complexity class.
    if building.complexity is not None:
        return [small if building.complexity == "sederhana" else large]
    limit = _SPLIT_USES[building.use]
    if building.area_m2 < limit and building.floors < 2:
        return [small]
    # The published worked example counts a two-storey house of 150 m2 as large.
    if building.area_m2 > limit and building.floors >= 2:
        return [large]
    return [small, large]


def _literal_row(building: Building) -> str | None:
    limit = _SPLIT_USES[building.use]
    if building.area_m2 < limit and building.floors < 2:
        return "kecil"
    if building.area_m2 > limit and building.floors > 2:
        return "besar"
    return None


def _levy(building: Building, row: str, complexity: Complexity, table: Mapping[str, Any]) -> Levy:
    weights, grades = table["bobot"], table["Ip"]
    works = table["Ibg"]
    if building.work not in works:
        raise InvalidInput("unknown kind of work", field="work")
    use_index = _decimal(table["If"][row])
    height = height_index(building, table)
    permanence = "permanen" if building.permanent else "non_permanen"
    owner = "negara" if building.state_owned else "perorangan_badan_usaha"
    integrated = (
        use_index
        * (
            _decimal(weights["kompleksitas"]) * _decimal(grades["kompleksitas"][complexity])
            + _decimal(weights["permanensi"]) * _decimal(grades["permanensi"][permanence])
            + _decimal(weights["ketinggian"]) * height
        )
        * _decimal(table["Fm"][owner])
    )
    parameters = table["example_parameters"]
    locality, price = _decimal(parameters["Ilo"]), _decimal(parameters["SHST"])
    total = building.area_m2 + building.basement_area_m2
    work_index = _decimal(works[building.work])
    amount = total * (locality * price) * integrated * work_index
    return Levy(
        use_row=row,
        complexity=complexity,
        use_index=use_index,
        height=height,
        integrated_index=integrated,
        work_index=work_index,
        area_m2=total,
        locality=locality,
        unit_price_rupiah=price,
        amount_rupiah=int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)),
        inferred=bool(parameters.get("inferred")),
    )


def _basement(layers: int, table: Mapping[str, Any]) -> Decimal:
    """Beyond three layers the table's own rule is the third plus 0.1 per further layer."""
    coefficients = table["koefisien_basemen"]
    listed = _decimal(coefficients[f"{min(layers, _LISTED_BASEMENTS)}_lapis"])
    return listed + Decimal("0.1") * max(layers - _LISTED_BASEMENTS, 0)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))
