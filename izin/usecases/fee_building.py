"""The levy on a building approval as a conversation: use, area, storeys, then the estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from izin.answers import calculations
from izin.answers.section import Section
from izin.building_levy import Building, Levy, height_terms, levies, rule_words
from izin.permits import Permit
from izin.replies import Choice
from izin.structure_levy import (
    Structure,
    StructureLevy,
    structure_levy,
    structure_unit,
)
from izin.usecases.dialogue import Entity
from izin.usecases.fee_building_figures import USES, BuildingFigures
from izin.usecases.fee_figures import FigureReader, Found
from izin.usecases.fee_kind import Estimate, Figures, answer_choice, within
from izin.usecases.fee_words import FeeWords
from izin.wording import Wording

LARGEST_AREA_M2 = 100_000
"""Ten hectares of floor: above it somebody wrote the figure wrong."""

MOST_BASEMENTS = 10
MBR_USE = "hunian"

OFFERED_USES = ("hunian", "usaha", "usaha_umkm_prototipe", "sosial_budaya", "keagamaan", "ganda")
OFFERED_FLOORS = (1, 2, 3, 4)
OFFERED_AREAS_M2 = (36, 45, 70, 100, 150)
"""Common sizes of houses; any other size is typed."""


@dataclass(frozen=True, slots=True)
class BuildingFee:
    """The fee of one permit by the table ``pbg``."""

    permit: Permit
    table: Mapping[str, Any]
    words: FeeWords
    reader: FigureReader

    @property
    def _wording(self) -> Wording:
        return self.words.wording

    @property
    def most_floors(self) -> int:
        """Give the highest number of storeys the table has a coefficient for."""
        return max(int(floors) for floors in self.table["koefisien_jumlah_lantai"])

    def read(
        self, text: str, entities: Sequence[Entity], asking: str | None, last: str | None
    ) -> Found:
        """Give the figures of a message; a small bare number corrects the storeys."""
        reader = BuildingFigures(self.table, self.words, self.reader, self.most_floors)
        return reader.read(text, entities, asking)

    def named(self, text: str) -> bool:
        """Say whether a text names a use of buildings."""
        uses = [(use, f"answers.words_bangunan_{use}") for use in USES]
        return self.words.first(text, uses) is not None

    def problem(self, figures: Figures) -> str | None:
        """Give the name of a figure beyond what can be, or None."""
        area, floors = _area(figures), figures.get("lantai")
        if area is not None and not within(area, LARGEST_AREA_M2):
            return "luas"
        if floors is not None and not within(floors, self.most_floors):
            return "lantai"
        basement = figures.get("basemen")
        if basement is not None and not within(basement, LARGEST_AREA_M2):
            return "basemen"
        if not within(figures.get("basemen_lapis", 1), MOST_BASEMENTS):
            return "basemen"
        amounts = (figures.get("prasarana") or {}).items()
        wrong = [kind for kind, qty in amounts if qty is not None
                 and not within(qty, LARGEST_AREA_M2)]  # fmt: skip
        return f"prasarana:{wrong[0]}" if wrong else None

    def missing(self, figures: Figures) -> str | None:
        """Give the first figure without which nothing can be worked out, or None."""
        structures = figures.get("prasarana") or {}
        if not structures or _has_building(figures):
            if "fungsi" not in figures:
                return "fungsi"
            if _area(figures) is None:
                return "luas"
            if "basemen" in figures and figures["basemen"] is None:
                return "basemen"
        return next((f"prasarana:{kind}" for kind, qty in structures.items() if qty is None), None)

    def unsettled(self, figures: Figures, settled: Sequence[str]) -> str | None:
        """Give the storeys while they would change the levy."""
        if "lantai" in figures or "lantai" in settled or not _has_building(figures):
            return None
        free = all(levy.amount_rupiah == 0 for levy in self._levies(figures))
        return None if free else "lantai"

    def opening(self) -> Section | None:
        """Say that this will be an estimate, and that all may be told at once."""
        return Section(self._wording.say("fees.opening_pbg"))

    def provisional(self, figures: Figures, asking: str) -> str:
        """Give the levy for one storey."""
        return self._wording.say("fees.provisional_pbg", amount=self._shown(self._levies(figures)))

    def facts(self, figures: Figures) -> list[str]:
        """Give the figures known so far, in words."""
        say, number = self._wording.say, self._wording.number
        known = []
        if "fungsi" in figures:
            use = say(f"answers.use_is_{figures['fungsi']}").rstrip(".")
            known.append(use[:1].lower() + use[1:])
        if "luas" in figures:
            known.append(say("fees.fact_area", area=number(figures["luas"])))
        elif "ukuran" in figures:
            width, length = figures["ukuran"]
            known.append(say("fees.fact_sides", width=number(width), length=number(length)))
        if "lantai" in figures:
            known.append(say("fees.fact_floors", floors=figures["lantai"]))
        if figures.get("basemen"):
            known.append(say("fees.fact_basement", area=number(figures["basemen"])))
        return known

    def question(self, asking: str) -> str:
        """Give the question that asks for a figure."""
        name, _, kind = asking.partition(":")
        if not kind:
            return self._wording.say(f"fees.ask_{name}")
        return self._wording.say(
            "fees.ask_prasarana",
            kind=self._wording.say(f"fees.prasarana_{kind}"),
            unit=self._wording.say(f"fees.unit_{structure_unit(kind, self.table)}"),
        )

    def allowed(self, asking: str) -> str:
        """Give the sentence on what a figure may be, with an example."""
        name = asking.partition(":")[0]
        most = self.most_floors if name == "lantai" else LARGEST_AREA_M2
        return self._wording.say(f"fees.bad_{name}", most=self._wording.number(most))

    def choices(self, asking: str) -> tuple[Choice, ...]:
        """Give buttons that answer the question."""
        say, number = self._wording.say, self._wording.number
        if asking == "fungsi":
            return tuple(
                answer_choice(say(f"answers.use_{use}"), self.permit, fungsi=use)
                for use in OFFERED_USES
            )
        if asking == "luas":
            return tuple(
                answer_choice(say("fees.choice_area", area=number(area)), self.permit, luas=area)
                for area in OFFERED_AREAS_M2
            )
        if asking.partition(":")[0] in ("prasarana", "basemen"):
            return (answer_choice(say("fees.choice_without"), self.permit, langkah="lewati"),)
        if asking == "lantai":
            return tuple(
                answer_choice(say("fees.choice_floors", floors=floors), self.permit, lantai=floors)
                for floors in OFFERED_FLOORS
                if floors <= self.most_floors
            )
        return ()

    def estimate(self, figures: Figures) -> Estimate:
        """Give the levy on the building, on its structures, or on both."""
        structures = self._structures(figures)
        if not _has_building(figures):
            section = calculations.structure_levies(structures, self._wording)
            shown = self._wording.rupiah(sum(one.amounts_rupiah[1] for one in structures))
            return Estimate(section, shown)
        building, results = self._building(figures), self._levies(figures)
        if not any(levy.amount_rupiah for levy in results):
            results = results[:1]  # free in either class: nothing to choose between
        section = calculations.building_levy(
            building,
            results,
            rule_words(building, self.table),
            self._assumed(figures, building),
            self._wording,
            height=height_terms(building, self.table),
            structures=structures,
            notes=self._notes(figures, building),
        )
        return Estimate(section, self._shown(results), self._classes(results))

    def _classes(self, results: Sequence[Levy]) -> tuple[Choice, ...]:
        if len(results) < 2:
            return ()
        return tuple(
            answer_choice(
                self._wording.say(f"fees.choice_{levy.complexity}"),
                self.permit,
                klasifikasi=levy.complexity,
            )
            for levy in results
        )

    def _notes(self, figures: Figures, building: Building) -> list[str]:
        """Name the exemption for low incomes where it was mentioned or the house is that small."""
        limits = (self.table.get("mbr") or {}).get("luas_maks_m2") or {}
        most = max(limits.values(), default=0)
        small = building.use == MBR_USE and building.area_m2 <= most
        if not limits or not (figures.get("mbr") or small):
            return []
        return [
            self._wording.say(
                "fees.note_mbr",
                least=self._wording.number(min(limits.values())),
                most=self._wording.number(most),
            )
        ]

    def _structures(self, figures: Figures) -> list[StructureLevy]:
        condition = {
            "rehabilitasi_sedang": "rusak_sedang", "rehabilitasi_berat": "rusak_berat",
        }.get(str(figures.get("work")), "baru")  # fmt: skip
        return [
            structure_levy(Structure(kind, Decimal(str(quantity)), condition), self.table)
            for kind, quantity in (figures.get("prasarana") or {}).items()
        ]

    def _levies(self, figures: Figures) -> tuple[Levy, ...]:
        return levies(self._building(figures), self.table)

    def _shown(self, results: Sequence[Levy]) -> str:
        amounts = dict.fromkeys(levy.amount_rupiah for levy in results)
        return self._wording.say("answers.or").join(map(self._wording.rupiah, amounts))

    def _building(self, figures: Figures) -> Building:
        floors = int(figures.get("lantai") or 1)
        area = _area(figures) or Decimal(0)
        basement = Decimal(str(figures.get("basemen") or 0))
        return Building(
            use=figures["fungsi"],
            area_m2=area * (floors if "luas" not in figures else 1),
            floors=floors,
            complexity=figures.get("complexity"),
            permanent=not figures.get("non_permanent"),
            state_owned=bool(figures.get("state")),
            work=str(figures.get("work") or "baru"),
            basement_area_m2=basement,
            basement_layers=int(figures.get("basemen_lapis") or 1) if basement else 0,
        )

    def _assumed(self, figures: Figures, building: Building) -> list[str]:
        say = self._wording.say
        assumed = [say(f"answers.use_is_{building.use}")]
        if "lantai" not in figures:
            assumed.append(say("answers.assume_floors"))
        if "luas" not in figures and building.floors > 1:
            assumed.append(say("answers.assume_footprint", floors=building.floors))
        if building.basement_layers:
            assumed.append(
                say(
                    "fees.assume_basement",
                    layers=building.basement_layers,
                    area=self._wording.number(float(building.basement_area_m2)),
                )
            )
        permanence = "permanent" if building.permanent else "temporary"
        assumed.append(say(f"answers.assume_{permanence}"))
        assumed.append(say(f"answers.assume_{'state' if building.state_owned else 'private'}"))
        assumed.append(say(f"answers.work_{building.work}"))
        return assumed


def _has_building(figures: Figures) -> bool:
    return bool({"fungsi", "luas", "ukuran", "lantai", "basemen"} & set(figures))


def _area(figures: Figures) -> Decimal | None:
    """Give the area in m2: as given, else width times length."""
    if figures.get("luas") is not None:
        return Decimal(str(figures["luas"]))
    if figures.get("ukuran"):
        width, length = figures["ukuran"]
        return Decimal(str(width)) * Decimal(str(length))
    return None
