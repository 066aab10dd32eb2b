"""Answers one question about one permit."""

from __future__ import annotations

from collections.abc import Sequence

from izin.answers.duration import duration
from izin.answers.fees import fee
from izin.answers.legal_basis import legal_basis
from izin.answers.overview import overview
from izin.answers.procedure import procedure
from izin.answers.requirements import requirements
from izin.answers.section import Section
from izin.answers.validity import extension, validity
from izin.permits import Permit, RequirementKind
from izin.ports import Catalogue, OfficeBook
from izin.replies import Choice
from izin.usecases.calculate_fee import CalculateFee
from izin.usecases.dialogue import Entity, TurnInput
from izin.usecases.fee_kind import Calculation
from izin.usecases.recent_pace import RecentPace
from izin.wording import Wording
from izin.words import words_of


class AnswerPermit:
    """Chooses the composition that answers an intent, and gives it today's date."""

    def __init__(
        self,
        catalogue: Catalogue,
        office: OfficeBook,
        calculate: CalculateFee,
        wording: Wording,
        pace: RecentPace | None = None,
    ) -> None:
        """Take the content, the calculation, the wording and the office's recent pace."""
        self._catalogue = catalogue
        self._office = office
        self._calculate = calculate
        self._wording = wording
        self._pace = pace

    def guess_calculations(self, text: str, entities: Sequence[Entity]) -> list[str]:
        """Give the permit codes whose calculation the words point to."""
        return self._calculate.guess_codes(text, entities)

    def payable(self, permits: Sequence[tuple[Permit, str]]) -> list[Permit]:
        """Give the permits whose fee was asked for, of (permit, as typed)."""
        return self._calculate.fees.payable(permits)

    def calculate(self, permit: Permit, turn: TurnInput, entities: Sequence[Entity]) -> Calculation:
        """Give the worked-out fee of a permit, or the question for what is missing."""
        return self._calculate.calculate(permit, turn, entities)

    def answer(
        self, intent: str, permit: Permit, turn: TurnInput, entities: Sequence[Entity]
    ) -> tuple[Section, tuple[Choice, ...]]:
        """Give the answer, and buttons only if the answer itself asks something."""
        wording = self._wording
        if intent == "tanya_syarat":
            return requirements(permit, self._kind(turn.text), wording), ()
        if intent == "tanya_biaya":
            return fee(permit, self._catalogue.fee_tables(), wording), ()
        if intent == "tanya_lama_proses":
            today = turn.now.astimezone(self._office.office().zone).date()
            usual = self._pace.of(permit.code, turn.now).whole if self._pace else None
            return duration(permit, self._office.calendar(), today, wording, usual), ()
        if intent == "tanya_prosedur":
            return procedure(permit, wording), ()
        if intent == "tanya_masa_berlaku":
            return validity(permit, wording), ()
        if intent == "tanya_perpanjangan":
            return extension(permit, wording), ()
        if intent == "tanya_dasar_hukum":
            return legal_basis(permit, self._office.office(), wording), ()
        return overview(permit, wording), ()

    def _kind(self, text: str) -> RequirementKind:
        words = set(words_of(text))
        if words & set(self._wording.say("answers.words_extension").split()):
            return "extension"
        if words & set(self._wording.say("answers.words_change").split()):
            return "change"
        return "new"
