"""Reads the figures of a building from a message: its use, size, storeys, work and owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from izin.structure_levy import structure_kinds
from izin.usecases.dialogue import Entity
from izin.usecases.fee_figures import FigureReader, Found
from izin.usecases.fee_kind import CORRECTION, tapped
from izin.usecases.fee_words import FeeWords

USES = (
    "keagamaan", "usaha_umkm_prototipe", "sosial_budaya", "ganda", "fungsi_khusus", "usaha",
    "hunian",
)  # fmt: skip
"""In the order tried: "rumah sakit" is no dwelling, "kios UMKM" no ordinary shop."""

WORKS = (
    "rehabilitasi_sedang", "rehabilitasi_berat", "pemugaran_pratama", "pemugaran_madya",
    "pemugaran_utama",
)  # fmt: skip
_MEASURES = frozenset({"luas", "ukuran", "lantai"})
_TAPPED = {"fungsi": "fungsi", "klasifikasi": "complexity", "pekerjaan": "work"}


@dataclass(frozen=True, slots=True)
class BuildingFigures:
    """The reader of one table ``pbg``; ``most_floors`` is the last one it has a row for."""

    table: Mapping[str, Any]
    words: FeeWords
    reader: FigureReader
    most_floors: int

    def read(self, text: str, entities: Sequence[Entity], asking: str | None) -> Found:
        """Give the figures of a message; a small bare number corrects the storeys."""
        kinds = structure_kinds(self.table)
        target = "luas" if asking == CORRECTION else asking
        if asking and asking.startswith("prasarana"):
            target = "prasarana"
        found = self.reader.measures(text, entities, target, _MEASURES, kinds, area_in_metres=True)
        if asking == CORRECTION and not any(item.name in ("luas", "ukuran") for item in entities):
            self._storeys_if_small(found)
        if target == "prasarana" and asking:
            self._take_structure(asking.partition(":")[2], found)
        found.figures.update(self._worded(text))
        found.figures.update(tapped(entities, _TAPPED))
        return found

    def _take_structure(self, kind: str, found: Found) -> None:
        """Take what was asked about a structure: a bare number, or an area of it."""
        told = found.figures.get("prasarana")
        if told is None and "fungsi" not in found.figures:
            told = found.figures.pop("luas", None)
        if isinstance(told, int | float):
            found.figures["prasarana"] = {kind: float(told)}

    def _storeys_if_small(self, found: Found) -> None:
        area = found.figures.get("luas")
        if area is not None and float(area).is_integer() and 0 < area <= self.most_floors:
            del found.figures["luas"]
            found.figures["lantai"] = int(area)

    def _worded(self, text: str) -> dict[str, Any]:
        first = self.words.first
        said: dict[str, Any] = {
            "fungsi": first(text, [(use, f"answers.words_bangunan_{use}") for use in USES]),
            "work": first(text, [(work, f"answers.words_pekerjaan_{work}") for work in WORKS]),
            "complexity": first(
                text,
                [(one, f"answers.words_bentuk_{one}") for one in ("tidak_sederhana", "sederhana")],
            ),
        }
        flags = {
            "non_permanent": "answers.words_bentuk_non_permanen",
            "state": "answers.words_pemilik_negara",
            "mbr": "fees.words_mbr",
        }
        said.update({name: self.words.has(text, key) or None for name, key in flags.items()})
        if self.words.has(text, "fees.words_permanen") and not said["non_permanent"]:
            said["non_permanent"] = False
        if self.words.has(text, "fees.words_baru") and not said["work"]:
            said["work"] = "baru"
        return {name: value for name, value in said.items() if value is not None}
