"""Reads the figures of a fee from a message: sizes, storeys, days, money, and their kind.

What the language reference finds (``luas``, ``ukuran``, ``lantai``…) is taken with the words
before it, which tell whose it is: the land's, a basement's, a fence's, or the building's.
What it cannot find without its unit ("180", "90 meter", "tipe 36") is completed from what was
asked for or corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from izin.usecases.dialogue import Entity
from izin.usecases.fee_words import FeeWords
from izin.words import words_of

Quantities = Callable[[str], Sequence[Entity]]
"""Gives the quantities of a text of ours, as the language reference reads them."""

UNITS = {
    "luas": "m2", "basemen": "m2", "lantai": "lantai", "days": "hari", "jumlah": "buah",
    "omzet": "rupiah", "prasarana": "buah",
}  # fmt: skip
"""Figure asked for -> the unit that a bare number is completed with."""

MEASURES = frozenset({"luas", "ukuran", "lantai", "jumlah", "uang", "lama"})
_DAYS = {"hari": 1, "minggu": 7, "bulan": 30, "tahun": 365}

_NO_SQUARE = r"(?!\s*(?:x|kali|persegi|kuadrat|²|2(?!\s*(?:lantai|lante|lt|tingkat))))"
_LONE_METRES = re.compile(
    rf"(?:(?<=\d)|(?<=[\w,.])\s+)(?:m|mtr|meter|meteran|mete|metr)\b{_NO_SQUARE}", re.IGNORECASE
)
_ROUGHLY = re.compile(r"(?<=\d)-?an\b", re.IGNORECASE)
_ZERO_SIDE = re.compile(r"(?<![\d.,])0\s*(?:x|kali)\s*\d|\d\s*(?:x|kali)\s*0(?![\d.,])", re.I)
_HOUSE_TYPE = re.compile(r"\b(?:tipe|type|tip)\W{0,2}(\d{2,3})\b", re.IGNORECASE)
_STOREYS = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:lantai|lante|lt|tingkat|lapis)\b", re.IGNORECASE)
_LAYERS = re.compile(r"(\d+)\s*(?:lapis|lantai|lt)\b", re.IGNORECASE)
_LOOSE_NUMBER = re.compile(
    r"(?<![\w.,/])-?\s?(?:[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*|0)(?:,\d+)?(?![\w/])"
)
_MINUS = re.compile(r"(?:(?:^|\s)[-−]|\b(?:minus|min|negatif)\s+)$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;.+&\n]")
_MOST_WORDS_BESIDE_NUMBER = 4
_UNSURE = 0.5
"""Confidence of a number without a unit; what it counts is not known then."""

_READ_AS = {
    "luas": "luas", "ukuran": "luas", "basemen": "luas", "lantai": "lantai", "days": "lama",
    "jumlah": "jumlah", "omzet": "uang", "prasarana": "jumlah",
}  # fmt: skip
"""Figure -> the entity that its number with its unit is read as."""


@dataclass(slots=True)
class Found:
    """What a message tells.

    Attributes:
        figures: Name -> value; ``prasarana`` maps a kind to a quantity or None (not told).
        problem: Name of the figure that cannot be right, or None.
        dropped: Figures the citizen took back without a new value.
    """

    figures: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    dropped: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class FigureReader:
    """Reads measures; which words name a kind is told by the fee being worked out."""

    words: FeeWords
    quantities: Quantities

    def measures(
        self,
        text: str,
        entities: Sequence[Entity],
        asking: str | None,
        uses: frozenset[str],
        structures: Sequence[str] = (),
        *,
        area_in_metres: bool = False,
    ) -> Found:
        """Give the measures of a message.

        ``uses``: the entities that count; others are not this fee's figures.
        ``asking``: the figure a bare number stands for; None: bare numbers tell nothing.
        ``area_in_metres``: "90 meter" means square metres, as of a building.
        """
        found = Found()
        own = [item for item in entities if _is_measure(item)]
        sized = any(item.name in ("luas", "ukuran") for item in own)
        if area_in_metres and (not sized or self._names_structure(text, structures)):
            text, own = self._square(text, own)
        if not any(item.raw or item.end for item in own):
            # Entities of a button have no place in a text.
            for item in own:
                if item.name in uses:
                    _put(item, found)
            own = []
        self._take_placed(text, own, found, structures, uses)
        self._take_negated(text, own, found)
        if not found.figures and _ZERO_SIDE.search(text):
            found.problem = "ukuran"
        if area_in_metres:
            self._take_building_only(text, own, found)
        if asking and not found.figures and not found.problem:
            self._take_bare(text, own, asking, found)
        return found

    def _names_structure(self, text: str, structures: Sequence[str]) -> bool:
        return any(self.words.has(text, f"fees.words_prasarana_{kind}") for kind in structures)

    def _square(self, text: str, own: list[Entity]) -> tuple[str, list[Entity]]:
        squared = _LONE_METRES.sub(" m2", _ROUGHLY.sub("", text))
        if squared == text:
            return text, own
        read = [item for item in self.quantities(squared) if _is_measure(item)]
        return (squared, read) if any(item.name == "luas" for item in read) else (text, own)

    def _take_placed(
        self,
        text: str,
        own: Sequence[Entity],
        found: Found,
        structures: Sequence[str],
        uses: frozenset[str],
    ) -> None:
        role, end = "", 0
        floor_areas: list[float] = []
        for item in own:
            before = text[end : item.start]
            role = self._role(before, structures) or ("" if words_of(before) else role)
            end = max(end, item.end)
            if not role and item is own[-1]:  # "40 meter pagar"; before another it is that one's
                role = self._role(" ".join(words_of(text[end:])[:1]), structures)
            if role == "tanah" and item.name not in ("luas", "ukuran"):
                role = ""  # "di jalan protokol 1 tahun": ground has no time and no storeys
            if role == "tanah" or (not role and item.name not in uses):
                continue
            if _MINUS.search(text[: item.start]):
                found.problem = _figure_of(item)
            elif role == "basemen":
                _put_basement(item, found)
            elif role:
                kept = found.figures.setdefault("prasarana", {})
                if item.name in ("luas", "jumlah"):
                    kept[role] = float(item.value)
                    role = ""
            else:
                if item.name == "luas":
                    floor_areas.append(float(item.value))
                _put(item, found)
        for kind in structures:
            if self.words.has(text, f"fees.words_prasarana_{kind}"):
                found.figures.setdefault("prasarana", {}).setdefault(kind, None)
        floors = [
            int(item.value)
            for item, following in pairwise(own)
            if item.name == "lantai" and following.name == "luas"
        ]
        if len(floor_areas) > 1 and floors == list(range(1, len(floor_areas) + 1)):
            found.figures["luas"] = sum(floor_areas)  # "lantai 1 100 m2, lantai 2 50 m2"

    def _role(self, before: str, structures: Sequence[str]) -> str:
        """Give whose the next quantity is by the clause before it; "" for the building's."""
        joiners = set(words_of(self.words.wording.say("fees.words_joiner")))
        words = words_of(_CLAUSE.split(before)[-1])
        last = max((place for place, word in enumerate(words) if word in joiners), default=-1)
        clause = " ".join(words[last + 1 :])
        for kind in structures:
            if self.words.has(clause, f"fees.words_prasarana_{kind}"):
                return kind
        for role in ("basemen", "tanah"):
            if self.words.has(clause, f"fees.words_{role}"):
                return role
        return ""

    def _take_negated(self, text: str, own: Sequence[Entity], found: Found) -> None:
        """ "bukan 2 lantai, 3": the number that follows has the unit of the one taken back."""
        nots = set(words_of(self.words.wording.say("fees.words_not")))
        for item in own:
            name = _figure_of(item)
            before = words_of(text[: item.start])
            if not before or before[-1] not in nots or name not in found.figures:
                continue
            others = [other for other in own if other is not item and other.name == item.name]
            # "3 lantai bukan 2 lantai": only the last of the two may have been found.
            others = others or [
                other
                for other in self.quantities(text[: item.start])
                if other.name == item.name and _is_measure(other)
            ]
            if others:
                _put(others[-1], found)
                continue
            del found.figures[name]
            found.dropped.add(name)
            following = _LOOSE_NUMBER.search(text, item.end)
            if following:
                self._complete(following.group(), name, found)

    def _take_building_only(self, text: str, own: Sequence[Entity], found: Found) -> None:
        house_type = _HOUSE_TYPE.search(text)
        if house_type and not {"luas", "ukuran"} & set(found.figures):
            found.figures["luas"] = float(house_type[1])
        basement = self.words.has(text, "fees.words_basemen")
        if basement:
            found.figures.setdefault("basemen", None)
            layers = _LAYERS.search(text, _start_of_basement(text))
            if layers and "basemen_lapis" not in found.figures:
                found.figures["basemen_lapis"] = int(layers[1])
        if not basement and not any(item.name == "lantai" for item in own):
            loose = _STOREYS.search(text)
            half = self.words.has(text, "fees.words_half_storeys")
            if half or (loose and not _is_count(loose[1])):
                found.problem = "lantai"

    def _take_bare(self, text: str, own: Sequence[Entity], asking: str, found: Found) -> None:
        """Take a number alone ("eh 180 aja") as the figure that was asked for or corrected."""
        if own:
            return
        numbers = self._meant_numbers(text)
        if len(numbers) == 1:
            if len(words_of(text)) - 1 <= _MOST_WORDS_BESIDE_NUMBER:
                number = numbers[0].group()
                negative = _MINUS.search(text[: numbers[0].start()])
                self._complete(f"-{number}" if negative else number, asking, found)
        elif not numbers:
            spoken = " ".join(self.words.rest(text, ("fees.words_around_number",)))
            if spoken:
                self._complete(spoken, asking, found)

    def _meant_numbers(self, text: str) -> list[re.Match[str]]:
        """Give the numbers of a text; of "bukan 36, 63" and "36 jadi 63" the one that is meant."""
        numbers = list(_LOOSE_NUMBER.finditer(text))
        if len(numbers) != 2:
            return numbers
        first, second = numbers
        nots = set(words_of(self.words.wording.say("fees.words_not")))
        becomes = set(words_of(self.words.wording.say("fees.words_becomes")))
        if nots & set(words_of(text[: first.start()])[-1:]):
            return [second]
        between = words_of(text[first.end() : second.start()])
        if nots & set(between):
            return [first]
        return [second] if becomes & set(between) else numbers

    def _complete(self, number: str, name: str, found: Found) -> None:
        """Read a number with the unit of the figure it stands for."""
        if number.strip().startswith("-"):
            found.problem = name
            return
        if name in ("lantai", "jumlah", "days") and "," in number:
            found.problem = name
            return
        figure = "luas" if name == "ukuran" else name
        if figure not in UNITS:
            return
        value: Any = None
        for item in self.quantities(f"{number} {UNITS[figure]}"):
            if item.name == _READ_AS[figure] and item.value is not None:
                value = item.value["n"] if item.name == "lama" else item.value
        if value is None and number.strip().isdigit():
            value = int(number)
        if value is not None:
            found.figures[figure] = value
            found.dropped.discard(figure)


def merge(known: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """Give the figures so far with those of a message over them.

    A new area replaces the old width and length and the other way round.
    """
    merged = {name: value for name, value in known.items() if name not in found.dropped}
    if "luas" in found.figures or "ukuran" in found.figures:
        merged = {name: merged[name] for name in merged if name not in ("luas", "ukuran")}
    for name, value in found.figures.items():
        if name == "prasarana":
            kept = dict(merged.get("prasarana") or {})
            kept.update({kind: qty for kind, qty in value.items() if qty or kind not in kept})
            merged["prasarana"] = kept
        elif value is not None or name not in merged:
            merged[name] = value
    return merged


def without(figures: Mapping[str, Any], asking: str) -> dict[str, Any]:
    """Give the figures without the part of a building whose size is not known."""
    name, _, kind = asking.partition(":")
    if name == "prasarana":
        others = {key: qty for key, qty in figures.get(name, {}).items() if key != kind}
        rest = {key: value for key, value in figures.items() if key != name}
        return {**rest, name: others} if others else rest
    if name == "basemen":
        return {key: value for key, value in figures.items() if not key.startswith(name)}
    return dict(figures)


def _is_measure(item: Entity) -> bool:
    sure = item.name != "jumlah" or item.confidence > _UNSURE
    return item.name in MEASURES and item.value is not None and sure


def _figure_of(item: Entity) -> str:
    return {"lama": "days", "ukuran": "ukuran"}.get(item.name, item.name)


def _put(item: Entity, found: Found) -> None:
    if item.name == "lama":
        days = float(item.value["n"]) * _DAYS.get(str(item.value["unit"]), 1)
        found.figures["days"] = int(days)
    elif item.name == "ukuran":
        found.figures["ukuran"] = [float(side) for side in item.value]
        found.figures.pop("luas", None)
    elif item.name == "luas":
        found.figures["luas"] = float(item.value)
        found.figures.pop("ukuran", None)
    else:
        found.figures[item.name] = int(item.value)


def _put_basement(item: Entity, found: Found) -> None:
    if item.name == "luas":
        found.figures["basemen"] = float(item.value)
    elif item.name == "ukuran":
        found.figures["basemen"] = float(item.value[0]) * float(item.value[1])
    elif item.name == "lantai":
        found.figures["basemen_lapis"] = int(item.value)


def _start_of_basement(text: str) -> int:
    found = re.search(r"bas[e]?m", text, re.IGNORECASE)
    return found.start() if found else 0


def _is_count(number: str) -> bool:
    return number.isdigit() and int(number) > 0
