"""Works out a fee from the figures in a message, and remembers them for the next one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from izin.answers import calculations
from izin.answers.fees import fee
from izin.answers.section import Section
from izin.billboard_tax import Billboard, contracted_billboard, own_billboard
from izin.building_levy import Building, levies, rule_words
from izin.errors import InvalidInput
from izin.permits import Permit
from izin.ports import Catalogue, Drafts
from izin.replies import Choice
from izin.usecases.dialogue import Entity, TurnInput
from izin.wording import Wording
from izin.words import fold

DRAFT = "hitung_biaya"
LARGEST_AREA_M2 = 1_000_000
LARGEST_COUNT = 10_000
MOST_FLOORS = 15
"""The levy's table of floor coefficients ends here; a bare number above is an area."""

BUILDING_USES = (
    "keagamaan", "usaha_umkm_prototipe", "sosial_budaya", "ganda", "fungsi_khusus", "usaha",
    "hunian",
)  # fmt: skip
"""In the order tried: "rumah sakit" is no dwelling, "kios UMKM" no ordinary shop."""

BUILDING_WORKS = (
    "rehabilitasi_sedang", "rehabilitasi_berat", "pemugaran_pratama", "pemugaran_madya",
    "pemugaran_utama",
)  # fmt: skip

_NUMBER_ALONE = re.compile(r"(?:[^\W\d]+[\s,]+){0,2}([1-9]\d{0,5})(?:\s+[^\W\d]+){0,2}\W*")
"""One number with at most two words around it ("eh salah 180 ya")."""

_DAYS = {"hari": 1, "minggu": 7, "bulan": 30, "tahun": 365}


@dataclass(frozen=True, slots=True)
class Calculation:
    """The answer to a calculation: words, and buttons for what is still open."""

    section: Section
    choices: tuple[Choice, ...] = ()
    complete: bool = False


class CalculateFee:
    """Calculates by the catalogue's fee tables."""

    def __init__(self, catalogue: Catalogue, drafts: Drafts, wording: Wording) -> None:
        """Take the catalogue (tables), the drafts (figures so far) and the wording."""
        self._catalogue = catalogue
        self._drafts = drafts
        self._wording = wording

    def guess_code(self, text: str, entities: Sequence[Entity]) -> str | None:
        """Give the code of the permit whose calculation the words point to, or None."""
        names = {item.name for item in entities}
        by_table = {
            permit.fee.calculator: permit.code
            for permit in self._catalogue.permits()
            if permit.fee.calculator
        }
        if self._word(text, "reklame", self._billboard_kinds()):
            return by_table.get("reklame")
        if self._word(text, "bangunan", BUILDING_USES) or "lantai" in names:
            return by_table.get("pbg")
        return None

    def calculate(self, permit: Permit, turn: TurnInput, entities: Sequence[Entity]) -> Calculation:
        """Give the estimate for one permit, or ask for the figures that are missing."""
        tables = self._catalogue.fee_tables()
        table = tables.get(permit.fee.calculator or "")
        if not table:
            return Calculation(fee(permit, tables, self._wording), complete=True)
        try:
            figures = self._figures(permit, turn, entities)
            if permit.fee.calculator == "pbg":
                return self._building(permit, figures, table)
            return self._billboard(permit, figures, table)
        except InvalidInput as error:
            key = f"answers.figure_bad_{error.field}"
            said = key if self._wording.has(key) else "answers.figure_bad"
            return Calculation(Section(self._wording.say(said), unknown=True))

    def _figures(
        self, permit: Permit, turn: TurnInput, entities: Sequence[Entity]
    ) -> dict[str, Any]:
        """Figures so far with those of this message over them, stored for the next turn."""
        stored = self._drafts.get(turn.conversation_id, DRAFT) or {}
        continues = turn.slots.get("pertanyaan") == "hitung_biaya"
        figures: dict[str, Any] = {}
        if continues and stored.get("permit") == permit.code:
            figures = dict(stored.get("figures") or {})
        measured = _measured(entities)
        if figures and permit.fee.calculator == "pbg":
            measured = _bare_number_corrects(measured, turn.text)
        if "luas" in measured or "ukuran" in measured:
            figures = {name: figures[name] for name in figures if name not in ("luas", "ukuran")}
        worded = self._worded(turn.text)
        if ("luas" in measured or "ukuran" in measured) and (
            "fungsi" in worded or "jenis_reklame" in worded
        ):
            figures = {}  # a new thing with its size, not a correction of the last one
        figures.update(measured)
        figures.update(worded)
        for name in ("fungsi", "jenis_reklame", "kelas_jalan"):
            value = next((item.value for item in entities if item.name == name), None)
            if value:
                figures[name] = str(value)
        self._drafts.put(turn.conversation_id, DRAFT, {"permit": permit.code, "figures": figures})
        return figures

    def _worded(self, text: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "fungsi": self._word(text, "bangunan", BUILDING_USES),
            "work": self._word(text, "pekerjaan", BUILDING_WORKS),
            "jenis_reklame": self._word(text, "reklame", self._billboard_kinds()),
            "kelas_jalan": self._word(text, "jalan", ("kelas_III", "kelas_II", "kelas_I")),
            "complexity": self._word(text, "bentuk", ("tidak_sederhana", "sederhana")),
            "non_permanent": self._word(text, "bentuk", ("non_permanen",)),
            "state": self._word(text, "pemilik", ("negara",)),
        }
        return {name: value for name, value in found.items() if value}

    def _word(self, text: str, group: str, names: Sequence[str]) -> str | None:
        folded = f" {fold(text)} "
        for name in names:
            phrases = self._wording.say(f"answers.words_{group}_{name}").split(",")
            if any(f" {fold(phrase)} " in folded for phrase in phrases if phrase.strip()):
                return name
        return None

    def _billboard_kinds(self) -> tuple[str, ...]:
        table = self._catalogue.fee_tables().get("reklame") or {}
        kinds = table.get("nilai_dasar_idr_per_m2_per_hari") or {}
        return tuple(kind for kind in kinds if self._wording.has(f"answers.words_reklame_{kind}"))

    def _building(
        self, permit: Permit, figures: Mapping[str, Any], table: Mapping[str, Any]
    ) -> Calculation:
        say = self._wording.say
        area = _area(figures)
        if area is None:
            return Calculation(Section(say("answers.levy_needs_area")))
        if "fungsi" not in figures:
            choices = tuple(
                Choice(
                    say(f"answers.use_{use}"), "hitung_biaya",
                    {"izin": permit.code, "fungsi": use},
                )
                for use in ("hunian", "usaha", "usaha_umkm_prototipe", "sosial_budaya", "keagamaan")
            )  # fmt: skip
            return Calculation(Section(say("answers.levy_needs_use")), choices)
        floors = int(figures.get("lantai") or 1)
        building = Building(
            use=figures["fungsi"],
            area_m2=area * (floors if "luas" not in figures else 1),
            floors=floors,
            complexity=figures.get("complexity"),
            permanent=not figures.get("non_permanent"),
            state_owned=bool(figures.get("state")),
            work=str(figures.get("work") or "baru"),
        )
        assumed = [say(f"answers.use_is_{building.use}")]
        if "lantai" not in figures:
            assumed.append(say("answers.assume_floors"))
        if "luas" not in figures and floors > 1:
            assumed.append(say("answers.assume_footprint", floors=floors))
        assumed.append(
            say("answers.assume_permanent" if building.permanent else "answers.assume_temporary")
        )
        assumed.append(say("answers.assume_state" if building.state_owned
                           else "answers.assume_private"))  # fmt: skip
        assumed.append(say(f"answers.work_{building.work}"))
        results = levies(building, table)
        section = calculations.building_levy(
            building, results, rule_words(building, table), assumed, self._wording
        )
        return Calculation(section, complete=True)

    def _billboard(
        self, permit: Permit, figures: Mapping[str, Any], table: Mapping[str, Any]
    ) -> Calculation:
        say = self._wording.say
        if figures.get("uang"):
            tax = contracted_billboard(int(figures["uang"]), table)
            described = say("answers.tax_contract", value=self._wording.rupiah(figures["uang"]))
            return Calculation(
                calculations.billboard_tax([tax], described, (), self._wording), complete=True
            )
        area, days = _area(figures), figures.get("days")
        if "jenis_reklame" not in figures:
            choices = tuple(
                Choice(
                    say(f"answers.billboard_{kind}"), "hitung_biaya",
                    {"izin": permit.code, "jenis_reklame": kind},
                )
                for kind in self._billboard_kinds()
            )  # fmt: skip
            return Calculation(Section(say("answers.tax_needs_kind")), choices)
        if area is None or days is None:
            return Calculation(Section(say("answers.tax_needs_size")))
        count = int(figures.get("jumlah") or 1)
        kind = str(figures["jenis_reklame"])
        known = figures.get("kelas_jalan")
        classes = [str(known)] if known else list(table["faktor_lokasi"])
        results = [
            own_billboard(Billboard(kind, area, count, int(days), road), table) for road in classes
        ]
        results.sort(key=lambda one: one.tax_rupiah, reverse=True)
        described = say(
            "answers.tax_described",
            kind=say(f"answers.billboard_{kind}"),
            area=self._wording.number(float(area)),
            count=count,
            days=int(days),
        )
        assumed = [] if known else [say("answers.assume_road")]
        section = calculations.billboard_tax(results, described, assumed, self._wording)
        return Calculation(section, complete=True)


def _measured(entities: Sequence[Entity]) -> dict[str, Any]:
    """Take the numbers of a message; absurd ones are refused.

    Raises:
        InvalidInput: A size, number or time beyond what can be built or put up.
    """
    figures: dict[str, Any] = {}
    for item in entities:
        if item.value is None:
            continue
        if item.name == "luas":
            figures["luas"] = _within(float(item.value), LARGEST_AREA_M2, "luas")
        elif item.name == "ukuran":
            sides = [_within(float(side), LARGEST_AREA_M2, "luas") for side in item.value]
            figures["ukuran"] = sides
        elif item.name == "lantai":
            figures["lantai"] = int(_within(float(item.value), LARGEST_COUNT, "lantai"))
        elif item.name in ("jumlah", "uang"):
            figures[item.name] = int(item.value)
        elif item.name == "lama":
            days = float(item.value["n"]) * _DAYS.get(str(item.value["unit"]), 1)
            figures["days"] = int(_within(days, LARGEST_COUNT, "lama"))
    return figures


def _bare_number_corrects(measured: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Take a number alone ("eh 180") as the area, or as floors when no house has that area."""
    found = _NUMBER_ALONE.fullmatch(text.strip())
    if found is None or any(name in measured for name in ("luas", "ukuran", "lantai")):
        return dict(measured)
    number = int(found[1])
    if number > MOST_FLOORS:
        return {"luas": _within(float(number), LARGEST_AREA_M2, "luas")}
    return {"lantai": number}


def _within(value: float, largest: float, field: str) -> float:
    if not 0 < value <= largest:
        raise InvalidInput(f"{field} is out of range", field=field)
    return value


def _area(figures: Mapping[str, Any]) -> Decimal | None:
    """Area in m2: as given, else width times length."""
    if figures.get("luas"):
        return Decimal(str(figures["luas"]))
    if figures.get("ukuran"):
        width, length = figures["ukuran"]
        return Decimal(str(width)) * Decimal(str(length))
    return None
