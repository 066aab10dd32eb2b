"""The figures of the fee tables that an editor may change, with their units and ranges.

Everything else in a table (formulas in words, notes, sources) is kept as it is. Ranges come from
the annex of PP 16/2021 (building levy) and UU 1/2022 Ps. 58, 63 (taxes); where a law sets none,
they only catch a figure that somebody wrote wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Unit = Literal["index", "percent", "rupiah", "rupiah_m2", "rupiah_m2_day", "m2"]


@dataclass(frozen=True, slots=True)
class FeeGroup:
    """Figures of one table that belong together.

    Attributes:
        path: Keys that lead to the mapping that holds them.
        unit: What they are counted in; ``percent`` is stored as a share of 1.
        least: Smallest allowed, as stored.
        most: Largest allowed, as stored.
        only: Their keys; empty: every key with a number, other than ``but``.
        but: Keys that are no figures of this group.
        name: Names it in the wording; the keys of its path when empty.
    """

    path: tuple[str, ...]
    unit: Unit
    least: Decimal
    most: Decimal
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    name: str = ""

    @property
    def code(self) -> str:
        """Give the group's name in the wording."""
        return self.name or "_".join(self.path)


@dataclass(frozen=True, slots=True)
class FeeParameter:
    """One figure: where it stands, its group, and what the table says now (None: nothing)."""

    path: tuple[str, ...]
    group: FeeGroup
    value: Any

    @property
    def key(self) -> str:
        """Give its last key."""
        return self.path[-1]

    @property
    def field(self) -> str:
        """Give its path as ``Problem.field`` writes it, within the table's document."""
        return ".".join(("1", *self.path))


def _group(*path: str, unit: Unit, least: str, most: str, **more: Any) -> FeeGroup:
    return FeeGroup(path, unit, Decimal(least), Decimal(most), **more)


def _index(*path: str, most: str, least: str = "0", **more: Any) -> FeeGroup:
    return _group(*path, unit="index", least=least, most=most, **more)


def _percent(*path: str, most: str, least: str = "0", **more: Any) -> FeeGroup:
    return _group(*path, unit="percent", least=least, most=most, **more)


GROUPS: Mapping[str, tuple[FeeGroup, ...]] = {
    "pbg": (
        _percent("example_parameters", most="0.005", only=("Ilo",), name="Ilo"),
        _group("example_parameters", unit="rupiah_m2", least="100000", most="100000000",
               only=("SHST",), name="SHST"),
        _index("If", most="1"),
        _index("bobot", most="1"),
        _index("Ip", "kompleksitas", most="10"),
        _index("Ip", "permanensi", most="10"),
        _index("koefisien_jumlah_lantai", least="1", most="5"),
        _index("koefisien_basemen", least="1", most="5",
               only=("1_lapis", "2_lapis", "3_lapis")),
        _index("Fm", most="1"),
        _index("Ibg", most="1"),
        _index("prasarana", "I", most="1"),
        _group("mbr", "luas_maks_m2", unit="m2", least="1", most="1000"),
    ),
    "reklame": (
        # UU 1/2022 Ps. 63: at most 25 percent.
        FeeGroup((), "percent", Decimal(0), Decimal("0.25"), only=("tarif",), name="tarif"),
        _group("nilai_dasar_idr_per_m2_per_hari", unit="rupiah_m2_day", least="0",
               most="10000000"),
        _index("faktor_lokasi", least="0.01", most="20"),
    ),
    "pajak_daerah": (
        # UU 1/2022 Ps. 58 (PBJT) and Ps. 67 (ground water).
        _percent("jenis", "jasa_parkir", most="0.1", only=("tarif_maks",)),
        _percent("jenis", "makanan_minuman", most="0.1", only=("tarif_maks",)),
        _percent("jenis", "perhotelan", most="0.1", only=("tarif_maks",)),
        _percent("jenis", "hiburan", most="0.1", only=("tarif_maks",)),
        _percent("jenis", "hiburan_malam", least="0.4", most="0.75",
                 only=("tarif_min", "tarif_maks")),
        _percent("jenis", "air_tanah", most="0.2", only=("tarif_maks",)),
    ),
}  # fmt: skip
"""By table, in the order of the form."""


def parameters(table: str, content: Mapping[str, Any]) -> Iterator[FeeParameter]:
    """Give every figure of a table that may be changed; a missing one has the value None."""
    for group in GROUPS.get(table, ()):
        holder = at(content, group.path)
        known = holder if isinstance(holder, Mapping) else {}
        keys = group.only or tuple(key for key in known if key not in group.but)
        for key in keys:
            yield FeeParameter((*group.path, key), group, known.get(key))


def at(content: Any, path: tuple[str, ...]) -> Any:
    """Give what stands at a path, or None."""
    for key in path:
        if not isinstance(content, Mapping):
            return None
        content = content.get(key)
    return content


def number_of(value: Any) -> Decimal | None:
    """Give a stored figure as a number, or None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found = Decimal(str(value))
    return found if found.is_finite() else None
