"""The tax on a billboard as a conversation: kind, size, days, number, road, then the estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from izin.answers import calculations
from izin.answers.section import Section
from izin.billboard_tax import Billboard, BillboardTax, contracted_billboard, own_billboard
from izin.permits import Permit
from izin.replies import Choice
from izin.usecases.dialogue import Entity
from izin.usecases.fee_figures import FigureReader, Found
from izin.usecases.fee_kind import CORRECTION, Estimate, Figures, answer_choice, tapped, within
from izin.usecases.fee_words import FeeWords
from izin.wording import Wording

LARGEST_AREA_M2 = 1_000
LONGEST_DAYS = 1_825
"""Five years; permits for billboards run shorter."""

MOST_PIECES = 10_000
LARGEST_CONTRACT_RUPIAH = 1_000_000_000_000
LIMITS = {
    "luas": LARGEST_AREA_M2, "days": LONGEST_DAYS, "jumlah": MOST_PIECES,
    "uang": LARGEST_CONTRACT_RUPIAH,
}  # fmt: skip

OFFERED_DAYS = (7, 14, 30, 365)
OFFERED_PIECES = (1, 2, 5, 10)
_MEASURES = frozenset({"luas", "ukuran", "jumlah", "lama", "uang"})
_TAPPED = {
    "jenis_reklame": "jenis_reklame", "kelas_jalan": "kelas_jalan", "hari": "days",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BillboardFee:
    """The fee of one permit by the table ``reklame``."""

    permit: Permit
    table: Mapping[str, Any]
    words: FeeWords
    reader: FigureReader

    @property
    def _wording(self) -> Wording:
        return self.words.wording

    @property
    def kinds(self) -> tuple[str, ...]:
        """Give the kinds of billboard the table prices and citizens have words for."""
        listed = self.table["nilai_dasar_idr_per_m2_per_hari"]
        return tuple(kind for kind in listed if self._wording.has(f"answers.words_reklame_{kind}"))

    def read(
        self, text: str, entities: Sequence[Entity], asking: str | None, last: str | None
    ) -> Found:
        """Give the figures of a message; a bare number corrects the figure told last."""
        target = (last or "luas") if asking == CORRECTION else asking
        road = self._road(text)
        # "kelas 2" is no number of pieces.
        found = self.reader.measures(text, entities, None if road else target, _MEASURES)
        words = [(kind, f"answers.words_reklame_{kind}") for kind in self.kinds]
        kind = self.words.first(text, words)
        if kind:
            found.figures["jenis_reklame"] = kind
        if road:
            found.figures["kelas_jalan"] = road
        elif self.words.has(text, "fees.words_jalan"):
            # A road by its owner ("jalan kabupaten") has no class in the data.
            found.figures["jalan_disebut"] = True
            found.dropped.add("kelas_jalan")
        found.figures.update(tapped(entities, _TAPPED))
        if "jenis_reklame" in found.figures or {"luas", "ukuran"} & set(found.figures):
            found.dropped.add("uang")  # told by its size now, not by a contract
        if "kelas_jalan" in found.figures:
            found.dropped.add("jalan_disebut")
        return found

    def _road(self, text: str) -> str | None:
        classes = sorted(self.table["faktor_lokasi"], key=len, reverse=True)
        return self.words.first(text, [(one, f"answers.words_jalan_{one}") for one in classes])

    def named(self, text: str) -> bool:
        """Say whether a text names a kind of billboard."""
        words = [(kind, f"answers.words_reklame_{kind}") for kind in self.kinds]
        return self.words.first(text, words) is not None

    def problem(self, figures: Figures) -> str | None:
        """Give the name of a figure beyond what can be, or None."""
        area = _area(figures)
        values = {**figures, **({"luas": area} if area is not None else {})}
        wrong = [name for name, most in LIMITS.items()
                 if values.get(name) is not None and not within(values[name], most)]  # fmt: skip
        return wrong[0] if wrong else None

    def missing(self, figures: Figures) -> str | None:
        """Give the first figure without which nothing can be worked out, or None."""
        if figures.get("uang"):
            return None
        if "jenis_reklame" not in figures:
            return "jenis_reklame"
        if _area(figures) is None:
            return "ukuran"
        return None if "days" in figures else "days"

    def unsettled(self, figures: Figures, settled: Sequence[str]) -> str | None:
        """Give the number of pieces, then the class of the road."""
        if figures.get("uang"):
            return None
        open_ = [name for name in ("jumlah", "kelas_jalan")
                 if name not in figures and name not in settled]  # fmt: skip
        return open_[0] if open_ else None

    def opening(self) -> Section | None:
        """Say that the permit is free and only the tax is worked out."""
        return Section(self._wording.say("fees.opening_reklame"))

    def provisional(self, figures: Figures, asking: str) -> str:
        """Give the range over what is not known yet."""
        key = f"fees.provisional_reklame_{asking}"
        line = self._wording.say(key, amount=self._shown(self._taxes(figures)))
        if not figures.get("jalan_disebut"):
            return line
        return f"{line}\n{self._wording.say('fees.road_not_listed')}"

    def facts(self, figures: Figures) -> list[str]:
        """Give the figures known so far, in words."""
        say, number = self._wording.say, self._wording.number
        known = []
        if "jenis_reklame" in figures:
            known.append(say(f"answers.billboard_{figures['jenis_reklame']}").lower())
        if "luas" in figures:
            known.append(say("fees.fact_area", area=number(figures["luas"])))
        elif "ukuran" in figures:
            width, length = figures["ukuran"]
            known.append(say("fees.fact_sides", width=number(width), length=number(length)))
        if "days" in figures:
            known.append(say("fees.fact_days", days=number(figures["days"])))
        if "jumlah" in figures:
            known.append(say("fees.fact_pieces", count=number(figures["jumlah"])))
        if "kelas_jalan" in figures:
            known.append(say(f"answers.road_{figures['kelas_jalan']}"))
        return known

    def question(self, asking: str) -> str:
        """Give the question that asks for a figure."""
        name = "ukuran_reklame" if asking in ("ukuran", "luas") else asking
        return self._wording.say(f"fees.ask_{name}")

    def allowed(self, asking: str) -> str:
        """Give the sentence on what a figure may be, with an example."""
        name = {"luas": "ukuran_reklame", "ukuran": "ukuran_reklame"}.get(asking, asking)
        most = LIMITS.get("luas" if asking == "ukuran" else asking, 0)
        return self._wording.say(f"fees.bad_{name}", most=self._wording.number(most))

    def choices(self, asking: str) -> tuple[Choice, ...]:
        """Give buttons that answer the question."""
        say, permit = self._wording.say, self.permit
        if asking == "jenis_reklame":
            return tuple(
                answer_choice(say(f"answers.billboard_{kind}"), permit, jenis_reklame=kind)
                for kind in self.kinds
            )
        if asking == "days":
            return tuple(
                answer_choice(say(f"fees.choice_days_{days}"), permit, hari=days)
                for days in OFFERED_DAYS
            )
        if asking == "jumlah":
            return tuple(
                answer_choice(say("fees.choice_pieces", count=count), permit, jumlah=count)
                for count in OFFERED_PIECES
            )
        if asking == "kelas_jalan":
            roads = tuple(
                answer_choice(say(f"answers.road_{road}"), permit, kelas_jalan=road)
                for road in self.table["faktor_lokasi"]
            )
            unknown = answer_choice(say("fees.choice_unknown"), permit, langkah="lewati")
            return (*roads, unknown)
        return ()

    def estimate(self, figures: Figures) -> Estimate:
        """Give the tax by contract, or by size, time and road; per class where not known."""
        say = self._wording.say
        taxes = self._taxes(figures)
        if figures.get("uang"):
            described = say("answers.tax_contract", value=self._wording.rupiah(figures["uang"]))
            assumed: list[str] = []
        else:
            described = say(
                "answers.tax_described",
                kind=say(f"answers.billboard_{figures['jenis_reklame']}"),
                area=self._wording.number(float(_area(figures) or 0)),
                count=self._wording.number(int(figures.get("jumlah") or 1)),
                days=self._wording.number(int(figures["days"])),
            )
            assumed = [] if "kelas_jalan" in figures else [self._why_no_road(figures)]
        section = calculations.billboard_tax(taxes, described, assumed, self._wording)
        if "kelas_jalan" in figures or figures.get("uang"):
            return Estimate(section, self._shown(taxes))
        return Estimate(section, self._shown(taxes), self.choices("kelas_jalan")[:-1])

    def _why_no_road(self, figures: Figures) -> str:
        key = "fees.road_not_listed" if figures.get("jalan_disebut") else "answers.assume_road"
        return self._wording.say(key)

    def _taxes(self, figures: Figures) -> list[BillboardTax]:
        if figures.get("uang"):
            return [contracted_billboard(int(figures["uang"]), self.table)]
        known = figures.get("kelas_jalan")
        classes = [str(known)] if known else list(self.table["faktor_lokasi"])
        taxes = [
            own_billboard(
                Billboard(
                    str(figures["jenis_reklame"]),
                    _area(figures) or Decimal(0),
                    int(figures.get("jumlah") or 1),
                    int(figures["days"]),
                    road,
                ),
                self.table,
            )
            for road in classes
        ]
        return sorted(taxes, key=lambda one: one.tax_rupiah, reverse=True)

    def _shown(self, taxes: Sequence[BillboardTax]) -> str:
        amounts = [self._wording.rupiah(one.tax_rupiah) for one in taxes]
        if len(amounts) == 1:
            return amounts[0]
        return self._wording.say("answers.range", least=amounts[-1], most=amounts[0])


def _area(figures: Figures) -> Decimal | None:
    """Give the area of one piece in m2."""
    if figures.get("luas") is not None:
        return Decimal(str(figures["luas"]))
    if figures.get("ukuran"):
        width, length = figures["ukuran"]
        return Decimal(str(width)) * Decimal(str(length))
    return None
