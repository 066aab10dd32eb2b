"""Which fees can be worked out, which one a text is about, and what in it is no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from izin.permits import Permit
from izin.ports import Catalogue
from izin.usecases.dialogue import Entity, TurnInput
from izin.usecases.fee_billboard import BillboardFee
from izin.usecases.fee_building import BuildingFee
from izin.usecases.fee_building_figures import USES
from izin.usecases.fee_figures import MEASURES, FigureReader, Quantities
from izin.usecases.fee_kind import FeeKind
from izin.usecases.fee_local_tax import LocalTaxFee
from izin.usecases.fee_words import FeeWords, Normalise
from izin.wording import Wording

_KINDS: Mapping[str, type[BuildingFee] | type[BillboardFee] | type[LocalTaxFee]] = {
    "pbg": BuildingFee, "reklame": BillboardFee, "pajak_daerah": LocalTaxFee,
}  # fmt: skip

_SMALL_WORDS = (
    "fees.words_filler", "fees.words_what_if", "fees.words_correct", "fees.words_units",
    "fees.words_jalan", "fees.words_pajak",
)  # fmt: skip


class FeeKinds:
    """The fees that the catalogue's tables can work out."""

    def __init__(
        self, catalogue: Catalogue, wording: Wording, normalise: Normalise, quantities: Quantities
    ) -> None:
        """Take the catalogue, the wording and the language's two readers."""
        self._catalogue = catalogue
        self._wording = wording
        self.words = FeeWords(wording, normalise)
        self._reader = FigureReader(self.words, quantities)

    def kind(self, permit: Permit) -> FeeKind | None:
        """Give how the fee of a permit is worked out, or None when no table does."""
        name = permit.fee.calculator or ""
        table = self._catalogue.fee_tables().get(name)
        if not table or name not in _KINDS:
            return None
        kind = _KINDS[name](permit, table, self.words, self._reader)
        return None if isinstance(kind, LocalTaxFee) and not kind.kinds else kind

    def payable(self, permits: Sequence[tuple[Permit, str]]) -> list[Permit]:
        """Give the permits whose fee was asked for, of (permit, as typed).

        With a building's levy, "klinik" or "apotek" is what the building is for.
        """
        builds = any(permit.fee.calculator == "pbg" for permit, _ in permits)
        return [
            permit
            for permit, raw in permits
            if not builds or permit.fee.calculator or not self.is_use(raw)
        ]

    def is_use(self, text: str) -> bool:
        """Say whether a text names what a building is for."""
        uses = [(use, f"answers.words_bangunan_{use}") for use in USES]
        return self.words.first(text, uses) is not None

    def guess_codes(self, text: str, entities: Sequence[Entity]) -> list[str]:
        """Give the codes of the permits whose calculation the words point to."""
        by_table: dict[str, list[Permit]] = {}
        for permit in self._catalogue.permits():
            by_table.setdefault(permit.fee.calculator or "", []).append(permit)
        codes = []
        for permit in by_table.get("reklame", []):
            kind = self.kind(permit)
            if kind is not None and kind.named(text):
                codes.append(permit.code)
        if self.words.has(text, "fees.words_pajak"):
            codes += [
                permit.code
                for permit in by_table.get("pajak_daerah", [])
                if (kind := self.kind(permit)) and kind.named(text)
            ]
        storeys = any(item.name == "lantai" for item in entities)
        for permit in by_table.get("pbg", []):
            kind = self.kind(permit)
            if kind is not None and (storeys or (not codes and kind.named(text))):
                codes.append(permit.code)
        return codes

    def is_taxed(self, code: str) -> bool:
        """Say whether a permit is free and only the tax beside it is worked out."""
        permit = self._catalogue.permit(code)
        return permit is not None and isinstance(self.kind(permit), LocalTaxFee)

    def beside_figures(self, text: str) -> list[str]:
        """Give the words of a message that tell no figure, and are no small words."""
        uses = tuple(f"answers.words_bangunan_{use}" for use in USES)
        kinds = [f"answers.words_reklame_{kind}" for kind in self._billboard_kinds()]
        listed = (*_SMALL_WORDS, *uses, *kinds)
        rest = self.words.rest(text, listed)
        return [word for word in rest if not self._quantity_word(word)]

    def own_part(
        self, permit: Permit, turn: TurnInput, entities: Sequence[Entity]
    ) -> tuple[str, Sequence[Entity]]:
        """Give the part of a message that is about this permit, where it names several fees."""
        starts: dict[str, int] = {}
        for item in turn.entities:
            other = self._catalogue.permit(str(item.value)) if item.name == "izin" else None
            if other is not None and item.end and self.kind(other) is not None:
                starts[other.code] = min(item.start, starts.get(other.code, item.start))
        if len(starts) < 2 or permit.code not in starts:
            return turn.text, entities
        begin = starts[permit.code]
        later = [start for start in starts.values() if start > begin]
        end = min(later, default=len(turn.text))
        begin = 0 if begin == min(starts.values()) else begin
        inside = [
            Entity(item.name, item.value, item.raw, item.start - begin, item.end - begin)
            for item in turn.entities
            if begin <= item.start < end
        ]
        return turn.text[begin:end], inside

    def _billboard_kinds(self) -> Sequence[str]:
        table = self._catalogue.fee_tables().get("reklame") or {}
        kinds = table.get("nilai_dasar_idr_per_m2_per_hari") or {}
        return [kind for kind in kinds if self._wording.has(f"answers.words_reklame_{kind}")]

    def _quantity_word(self, word: str) -> bool:
        """Say whether a word is a number in words."""
        return any(item.name in MEASURES for item in self._reader.quantities(f"{word} m2"))
