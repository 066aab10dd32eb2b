"""Works out a fee over as many messages as it takes, and remembers the figures between them.

What is missing is asked one figure at a time; everything may be told at once, corrected
("eh 180"), and played with after the result ("kalau 1 lantai?"). The dialogue around the open
question is in ``fee_dialogue``; here one message becomes one result or one question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from izin.answers import suggestions
from izin.answers.fees import fee
from izin.answers.section import Section
from izin.errors import InvalidInput
from izin.permits import Permit
from izin.ports import Catalogue, Drafts
from izin.replies import Choice
from izin.usecases.dialogue import Entity, TurnInput
from izin.usecases.fee_building import BuildingFee
from izin.usecases.fee_figures import MEASURES, Found, Quantities, merge, without
from izin.usecases.fee_kind import CORRECTION, HITUNG, Calculation, FeeKind, answer_choice
from izin.usecases.fee_kinds import FeeKinds
from izin.usecases.fee_words import Normalise
from izin.usecases.turn_draft import TurnDraft
from izin.wording import Wording
from izin.words import words_of

DRAFT = "hitung_biaya"
TASK = "biaya"
RESULT_LIVES = timedelta(hours=24)
"""How long "kalau 1 lantai?" still means the last result."""

OFFICER_AFTER = 2
"""Answers not understood until the officer is offered beside the question."""

LONGEST_WHAT_IF = 12
"""Words of a message that may only change a figure of the last result."""

MOST_WORDS_BESIDE = 2
"""Words beside the figures that such a message may hold and still mean nothing else."""

_UNSURE = frozenset({"di_luar_topik", "nlu_fallback", "tanya_faq"})
_EVERYDAY = frozenset({"fungsi", "jenis_reklame", "jenis_pajak"})
_SIZES = frozenset({"luas", "ukuran"})
_NUMERIC = ("luas", "ukuran", "lantai", "days", "jumlah", "omzet")

State = dict[str, Any]


class CalculateFee:
    """Calculates by the catalogue's fee tables."""

    def __init__(
        self,
        catalogue: Catalogue,
        drafts: Drafts,
        wording: Wording,
        normalise: Normalise = str.casefold,
        quantities: Quantities = lambda text: (),
    ) -> None:
        """Take the catalogue, the drafts, the wording and the language's two readers."""
        self._catalogue = catalogue
        self._draft = TurnDraft(drafts, DRAFT)
        self._wording = wording
        self.fees = FeeKinds(catalogue, wording, normalise, quantities)
        self._words = self.fees.words

    def guess_codes(self, text: str, entities: Sequence[Entity]) -> list[str]:
        """Give the codes of the permits whose calculation the words point to."""
        return self.fees.guess_codes(text, entities)

    def open_state(self, turn: TurnInput) -> State:
        """Give the calculation this turn starts from; empty when there is none."""
        return self._draft.before(turn)

    def left_state(self, turn: TurnInput) -> State:
        """Give the calculation as this turn has left it so far."""
        return self._draft.now(turn)

    def cancel(self, turn: TurnInput) -> None:
        """Forget the calculation."""
        self._draft.save(turn, {})

    def keep(self, turn: TurnInput, state: State) -> None:
        """Store a calculation whose figures did not change (a reminder was given)."""
        self._draft.save(turn, state)

    def understood(
        self, permit: Permit, turn: TurnInput, state: Mapping[str, Any]
    ) -> frozenset[str]:
        """Give the names of the figures of the permit's calculation that the message tells."""
        kind = self.fees.kind(permit)
        if kind is None:
            return frozenset()
        found = self._read(kind, turn.text, turn.entities, turn, state)
        names = {*found.figures, *found.dropped}
        if found.problem:
            names.add(found.problem)
        if self._skips(turn) and state.get("asking"):
            names.add(str(state["asking"]))
        if _SIZES & names:
            names |= _SIZES
        structures = found.figures.get("prasarana") or {}
        return frozenset(names | {f"prasarana:{kind}" for kind in structures})

    def continued(self, turn: TurnInput) -> str | None:
        """Give the permit whose calculation a message goes on with, outside the open dialogue.

        The last result is the topic: figures alone, a correction or a what-if belong to it.
        """
        several = {question.intent for question in turn.questions}
        if not turn.text or len(several) > 1:
            return None
        taxed = self._taxed(turn)
        if taxed is not None:
            return taxed
        latest, telling = turn.slots.get("pertanyaan") == HITUNG, self._changes(turn)
        measured = any(item.name in MEASURES for item in turn.entities)
        # Most messages end here, before anything is read from the database.
        if not (latest or telling or measured) or len(words_of(turn.text)) > LONGEST_WHAT_IF:
            return None
        state = self._draft.before(turn)
        permit = self._catalogue.permit(str(state.get("permit") or ""))
        if permit is None or self._is_old(turn, state):
            return None
        named = {str(item.value) for item in turn.entities if item.name == "izin"}
        told = self.understood(permit, turn, state)
        if named - {permit.code} or not told or not (latest or telling or state.get("asking")):
            return None
        if not (measured or telling or turn.intent == HITUNG or told - _EVERYDAY):
            return None  # a word like "rumah" alone tells of anything
        beside = self.fees.beside_figures(turn.text)
        return permit.code if len(beside) <= MOST_WORDS_BESIDE else None

    def _taxed(self, turn: TurnInput) -> str | None:
        """Give the permit beside which a tax is named with an amount.

        "pajak restoran omzet 20 juta" resembles the taxes of other offices.
        """
        if turn.intent not in _UNSURE or not turn.value("uang") or turn.values("izin"):
            return None
        codes = self.fees.guess_codes(turn.text, ())
        return next((code for code in codes if self.fees.is_taxed(code)), None)

    def calculate(self, permit: Permit, turn: TurnInput, entities: Sequence[Entity]) -> Calculation:
        """Give the estimate for one permit, or ask for the first figure that is missing."""
        kind = self.fees.kind(permit)
        if kind is None:
            return Calculation(
                fee(permit, self._catalogue.fee_tables(), self._wording), complete=True
            )
        state = self._continue(permit, turn)
        text, own = self.fees.own_part(permit, turn, entities)
        found = self._read(kind, text, own, turn, state)
        if _is_new_thing(found) and not self._changes(turn) and not state.get("asking"):
            state = _begun(permit)
        if not found.figures and not state.get("asking") and not turn.value("langkah"):
            state = _begun(permit) if not found.dropped and not found.problem else state
        figures = merge(state["figures"], found)
        if self._skips(turn):
            figures = without(figures, str(state.get("asking")))
        problem = found.problem or kind.problem(figures)
        if problem:
            return self._refuse(kind, problem, turn, state)
        told = [name for name in _NUMERIC if name in found.figures]
        if told:
            state["last"] = told[-1]
        asked = state.get("asking")
        skipped = bool(asked) and self._skips(turn) and kind.missing(figures) is None
        if skipped:
            state["settled"] = [*state["settled"], asked]
        left_out = figures != merge(state["figures"], found)
        understood = skipped or left_out or bool(found.figures or found.dropped)
        state["figures"] = figures
        return self._next(kind, turn, state, understood)

    def ask_again(self, turn: TurnInput) -> tuple[str, tuple[Choice, ...]] | None:
        """Give the open question with its buttons, or None when nothing is open."""
        state = self._draft.before(turn)
        permit = self._catalogue.permit(str(state.get("permit") or ""))
        kind = self.fees.kind(permit) if permit else None
        asking = state.get("asking")
        if kind is None or not asking:
            return None
        return self._question(kind, str(asking), state["figures"]), self._buttons(kind, asking, 0)

    def _next(self, kind: FeeKind, turn: TurnInput, state: State, understood: bool) -> Calculation:
        figures, first = state["figures"], not state.get("begun")
        missing = kind.missing(figures)
        asking = missing or kind.unsettled(figures, state["settled"])
        if asking is None:
            return self._finish(kind, turn, state)
        lines = []
        opening = kind.opening() if first and missing else None
        if opening is not None:
            lines.append(opening.text)
        if not understood and state.get("asking") == asking:
            state["missed"] = int(state.get("missed") or 0) + 1
            key = "fees.dont_know" if self._knows_not(turn) else "fees.not_understood"
            lines.append(self._wording.say(key, allowed=kind.allowed(asking)))
        else:
            state["missed"] = 0
        if missing is None:
            lines.append(kind.provisional(figures, asking))
        state.update(asking=asking, begun=True, at=turn.now.isoformat())
        state.pop("reminded", None)
        self._draft.save(turn, state)
        return Calculation(
            Section("\n".join(lines)),
            self._buttons(kind, asking, int(state["missed"])),
            self._question(kind, asking, figures),
            factual=opening is not None or missing is None,
        )

    def _finish(self, kind: FeeKind, turn: TurnInput, state: State) -> Calculation:
        try:
            estimate = kind.estimate(state["figures"])
        except InvalidInput:
            self._draft.save(turn, {})
            return Calculation(Section(self._wording.say("answers.figure_bad"), unknown=True))
        section, earlier = estimate.section, state.get("shown")
        if earlier and earlier != estimate.shown:
            line = self._wording.say("fees.earlier", amount=earlier)
            section = Section(f"{section.text}\n{line}", section.unknown, section.inferred)
        state.update(asking=None, begun=True, shown=estimate.shown, at=turn.now.isoformat())
        for name in ("missed", "reminded"):
            state.pop(name, None)
        self._draft.save(turn, state)
        permit = self._catalogue.permit(str(state["permit"]))
        again = (
            (answer_choice(self._wording.say("fees.choice_again"), permit, langkah="ulang"),)
            if permit
            else ()
        )
        return Calculation(section, (*estimate.choices, *again), complete=True)

    def _refuse(self, kind: FeeKind, problem: str, turn: TurnInput, state: State) -> Calculation:
        """Say what the figure may be and ask for it again; everything else is kept."""
        asking = "luas" if problem == "ukuran" and isinstance(kind, BuildingFee) else problem
        state.update(asking=asking, begun=True, at=turn.now.isoformat(), missed=0)
        self._draft.save(turn, state)
        return Calculation(
            Section(kind.allowed(asking), unknown=True),
            self._buttons(kind, asking, OFFICER_AFTER),
            self._question(kind, asking, state["figures"]),
            factual=False,
        )

    def _question(self, kind: FeeKind, asking: str, figures: Mapping[str, Any]) -> str:
        facts = kind.facts(figures)
        known = self._wording.say("fees.known", facts=", ".join(facts)) if facts else ""
        return "\n".join(line for line in (known, kind.question(asking)) if line)

    def _buttons(self, kind: FeeKind, asking: str, missed: int) -> tuple[Choice, ...]:
        officer = (suggestions.officer(self._wording),) if missed >= OFFICER_AFTER else ()
        stop = Choice(self._wording.say("fees.choice_stop"), "batal")
        return (*kind.choices(asking), *officer, stop)

    def _read(
        self,
        kind: FeeKind,
        text: str,
        entities: Sequence[Entity],
        turn: TurnInput,
        state: Mapping[str, Any],
    ) -> Found:
        asking = state.get("asking")
        last = state.get("last")
        if (self._changes(turn) and last and last != asking) or (state.get("begun") and not asking):
            asking = CORRECTION if self._changes(turn) else None
        return kind.read(text, entities, asking, last)

    def _changes(self, turn: TurnInput) -> bool:
        """Say whether the message changes something said before, or asks what if."""
        return turn.intent == "koreksi" or any(
            self._words.has(turn.text, key) for key in ("fees.words_correct", "fees.words_what_if")
        )

    def _skips(self, turn: TurnInput) -> bool:
        return turn.value("langkah") == "lewati" or self._knows_not(turn)

    def _knows_not(self, turn: TurnInput) -> bool:
        return bool(turn.text) and self._words.has(turn.text, "fees.words_dont_know")

    def _continue(self, permit: Permit, turn: TurnInput) -> State:
        """Give the calculation so far, or a new one for another permit or after a long pause."""
        state = self._draft.before(turn)
        again = turn.value("langkah") == "ulang"
        latest = turn.slots.get("pertanyaan") == HITUNG or self._changes(turn)
        if state.get("permit") != permit.code or again or self._is_old(turn, state):
            return _begun(permit)
        return state if state.get("asking") or latest else _begun(permit)

    def _is_old(self, turn: TurnInput, state: Mapping[str, Any]) -> bool:
        at = state.get("at")
        return bool(at) and turn.now - datetime.fromisoformat(str(at)) > RESULT_LIVES


def _begun(permit: Permit) -> State:
    return {"permit": permit.code, "figures": {}, "settled": [], "asking": None}


def _is_new_thing(found: Found) -> bool:
    """A new thing with its size is no correction of the last one."""
    return bool(_SIZES & set(found.figures)) and bool(
        {"fungsi", "jenis_reklame"} & set(found.figures)
    )
