"""The tax beside a free permit (parking, food, hotel, water): what for, of how much, how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from izin.answers import calculations
from izin.answers.fees import fee
from izin.answers.section import Section
from izin.local_tax import kinds_of_permit, local_tax
from izin.permits import Permit
from izin.replies import Choice
from izin.usecases.dialogue import Entity
from izin.usecases.fee_figures import FigureReader, Found
from izin.usecases.fee_kind import CORRECTION, Estimate, Figures, answer_choice, tapped, within
from izin.usecases.fee_words import FeeWords
from izin.wording import Wording

_MEASURES = frozenset({"uang"})
LARGEST_BASE_RUPIAH = 1_000_000_000_000
OFFERED_BASES_RUPIAH = (1_000_000, 5_000_000, 10_000_000, 25_000_000)


@dataclass(frozen=True, slots=True)
class LocalTaxFee:
    """The tax that goes with one permit, by the table ``pajak_daerah``."""

    permit: Permit
    table: Mapping[str, Any]
    words: FeeWords
    reader: FigureReader

    @property
    def _wording(self) -> Wording:
        return self.words.wording

    @property
    def kinds(self) -> tuple[str, ...]:
        """Give the kinds of tax of this permit."""
        return kinds_of_permit(self.permit.code, self.table)

    def read(
        self, text: str, entities: Sequence[Entity], asking: str | None, last: str | None
    ) -> Found:
        """Give what was paid and for what."""
        target = "omzet" if asking == CORRECTION else asking
        found = self.reader.measures(text, entities, target, _MEASURES)
        if "uang" in found.figures:
            found.figures["omzet"] = found.figures.pop("uang")
        if found.problem == "uang":
            found.problem = "omzet"
        listed = [(kind, f"fees.words_pajak_{kind}") for kind in reversed(self.kinds)]
        kind = self.words.first(text, listed)
        if kind and len(self.kinds) > 1:
            found.figures["jenis_pajak"] = kind
        found.figures.update(tapped(entities, {"jenis_pajak": "jenis_pajak"}))
        return found

    def named(self, text: str) -> bool:
        """Say whether a text names what is taxed."""
        listed = [(kind, f"fees.words_pajak_{kind}") for kind in self.kinds]
        return self.words.first(text, listed) is not None

    def problem(self, figures: Figures) -> str | None:
        """Give ``omzet`` when it is no amount that can be."""
        base = figures.get("omzet")
        return "omzet" if base is not None and not within(base, LARGEST_BASE_RUPIAH) else None

    def missing(self, figures: Figures) -> str | None:
        """Give the kind where the permit has several, then the amount."""
        if self._kind(figures) is None:
            return "jenis_pajak"
        return None if "omzet" in figures else "omzet"

    def unsettled(self, figures: Figures, settled: Sequence[str]) -> str | None:
        """Give None: there is nothing with a usual value."""
        return None

    def opening(self) -> Section | None:
        """Say first that the permit itself is free, with what the catalogue notes."""
        return Section(fee(self.permit, {}, self._wording).text)

    def provisional(self, figures: Figures, asking: str) -> str:
        """Give nothing: nothing is asked that has a usual value."""
        return ""

    def facts(self, figures: Figures) -> list[str]:
        """Give the figures known so far, in words."""
        known = []
        if "jenis_pajak" in figures:
            known.append(self._wording.say(f"fees.pajak_{figures['jenis_pajak']}"))
        if "omzet" in figures:
            known.append(self._wording.rupiah(figures["omzet"]))
        return known

    def question(self, asking: str) -> str:
        """Give the question that asks for a figure."""
        if asking == "omzet" and self._is_water:
            return self._wording.say("fees.ask_omzet_air")
        return self._wording.say(f"fees.ask_{asking}")

    def allowed(self, asking: str) -> str:
        """Give the sentence on what a figure may be, with an example."""
        return self._wording.say(
            f"fees.bad_{asking}", most=self._wording.rupiah(LARGEST_BASE_RUPIAH)
        )

    def choices(self, asking: str) -> tuple[Choice, ...]:
        """Give buttons that answer the question."""
        say = self._wording.say
        if asking == "jenis_pajak":
            return tuple(
                answer_choice(say(f"fees.pajak_{kind}"), self.permit, jenis_pajak=kind)
                for kind in self.kinds
            )
        return tuple(
            answer_choice(self._wording.rupiah(base), self.permit, uang=base)
            for base in OFFERED_BASES_RUPIAH
        )

    def estimate(self, figures: Figures) -> Estimate:
        """Give the most (and where the law has one, the least) that the tax can be."""
        kind = str(self._kind(figures))
        tax = local_tax(kind, int(figures["omzet"]), self.table)
        rule = self.table["jenis"][kind]
        exempt = (self.table.get("not_taxable") or {}).get(kind) or ()
        section = calculations.local_tax(
            tax,
            self.permit,
            str(rule["dasar_hukum"]),
            [str(item) for item in exempt],
            self._wording,
            water=self._is_water,
        )
        return Estimate(section, calculations.local_tax_amount(tax, self._wording))

    @property
    def _is_water(self) -> bool:
        return self.kinds == ("air_tanah",)

    def _kind(self, figures: Figures) -> str | None:
        if len(self.kinds) == 1:
            return self.kinds[0]
        told = figures.get("jenis_pajak")
        return str(told) if told in self.kinds else None
