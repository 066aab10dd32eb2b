"""Everything a message names or counts, with normal values and places in the original."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .dates import TimeGrammar, written_dates
from .gazetteer import Gazetteer
from .identifiers import IdentifierGrammar
from .normaliser import NormalisedText, Normaliser, Token
from .numbers import NumberGrammar
from .permits import NameFound, PermitMatcher
from .phrases import PhraseMatcher
from .pieces import Piece, PieceCutter
from .quantities import QuantityGrammar

_NAMED = ("izin", "profesi", "tempat")
_NIB = "NIB"
_LABEL_GAP = 12


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing named in a message.

    Attributes:
        entity: izin, nomor_permohonan, tiket, nib, nik, luas, ukuran, lantai, jumlah, nilai,
            uang, tanggal, lama, telepon, tempat or profesi.
        value: Its normal value: catalogue code, ISO date, rupiah, square metres, [width, length]
            in metres, ``{"n", "unit"}`` of a duration. None for an ambiguous permit name.
        start: Offset of its first character in the original text.
        end: Offset after its last character.
        raw: The original characters between the two.
        confidence: 0 to 1.
        candidates: The codes an ambiguous permit name may mean.
    """

    entity: str
    value: Any
    start: int
    end: int
    raw: str
    confidence: float
    candidates: tuple[str, ...] = ()


class EntityExtractor:
    """Extracts entities with one lexicon and one gazetteer. Safe to share between threads."""

    def __init__(self, normaliser: Normaliser, gazetteer: Gazetteer) -> None:
        lexicon = normaliser.lexicon
        self.normaliser = normaliser
        self.gazetteer = gazetteer
        self._cutter = PieceCutter(lexicon, normaliser.forms)
        self._numbers = NumberGrammar(lexicon)
        self._quantities = QuantityGrammar(lexicon, self._numbers)
        self._times = TimeGrammar(lexicon)
        self._identifiers = IdentifierGrammar([permit.code for permit in gazetteer.permits])
        self._permits = PermitMatcher(normaliser, gazetteer)
        self._places = PhraseMatcher(
            normaliser, [(n, p.name) for p in gazetteer.places for n in (p.name, *p.synonyms)]
        )
        self._corrections = lexicon.group("corrections")
        self._negations = lexicon.group("negations")

    def extract(self, text: str, today: date) -> list[Entity]:
        """Return the entities of ``text`` in order of place.

        ``today`` is the date at the office, from which relative dates count. After a correction
        word ("bukan", "eh", "salah", "maksudnya") only the last value of an entity stays. Never
        raises for any string; takes time linear in the length.
        """
        return self.extract_normalised(self.normaliser.normalise(text), today)

    def extract_normalised(self, message: NormalisedText, today: date) -> list[Entity]:
        """Return what ``extract`` returns, for a message already normalised."""
        found = self._measured(message, today)
        found.extend(
            self._named_entity(message, name)
            for name in (*self._permits.find(message), *self._found_places(message))
        )
        found = _without_labels(_without_overlaps(found))
        return self._corrected(message, sorted(found, key=lambda entity: entity.start))

    def _found_places(self, message: NormalisedText) -> list[NameFound]:
        return [
            NameFound("tempat", m.keys[0], (), m.first, m.last, max(0.5, 1 - 0.15 * m.distance))
            for m in self._places.find(message)
        ]

    def _named_entity(self, message: NormalisedText, name: NameFound) -> Entity:
        tokens = message.tokens[name.first : name.last]
        start, end = tokens[0].start, max(token.end for token in tokens)
        return Entity(
            name.entity,
            name.value,
            start,
            end,
            message.original[start:end],
            round(name.confidence, 3),
            name.candidates,
        )

    def _measured(self, message: NormalisedText, today: date) -> list[Entity]:
        """Identifiers first, then written dates, then numbers with what they count."""
        folded = message.folded
        found = [
            _placed(message, item.entity, item.value, item.start, item.end, item.confidence)
            for item in self._identifiers.find(folded.text, today)
        ]
        taken = [(e.start, e.end) for e in found]
        for value, start, end in written_dates(folded.text, today):
            entity = _placed(message, "tanggal", value, start, end, 0.95)
            if not _overlaps(taken, entity.start, entity.end):
                found.append(entity)
                taken.append((entity.start, entity.end))
        pieces = self._cutter.cut(folded)
        claimed = _claimed(message, pieces, taken)
        place = 0
        while place < len(pieces):
            if claimed[place]:
                place += 1
                continue
            place = self._read_at(message, pieces, place, today, found)
        return found

    def _read_at(
        self,
        message: NormalisedText,
        pieces: Sequence[Piece],
        place: int,
        today: date,
        found: list[Entity],
    ) -> int:
        number = self._numbers.read(pieces, place)
        time = self._times.read(pieces, place, number, today)
        if time:
            found.append(
                _from_pieces(message, pieces, time.entity, time.value, time.first, time.last, 0.9)
            )
            return max(time.last, place + 1)
        quantity = (
            self._quantities.read(pieces, number)
            if number
            else self._quantities.without_number(pieces, place)
        )
        readings = [quantity] if quantity else []
        if number and not readings and number.first == 0 and number.last == len(pieces):
            readings = list(self._quantities.alone(pieces, number))
        for reading in readings:
            found.append(
                _from_pieces(
                    message,
                    pieces,
                    reading.entity,
                    reading.value,
                    reading.first,
                    reading.last,
                    reading.confidence,
                )
            )
        ends = [reading.last for reading in readings]
        return max([place + 1, *(ends or ([number.last] if number else []))])

    def _corrected(self, message: NormalisedText, found: list[Entity]) -> list[Entity]:
        """Of each entity named on both sides of a correction word, the last value stays.

        In "maksudnya slf bukan pbg" the first one does: it is announced, the other denied.
        """
        if len(found) < 2:
            return found
        marks = [t for t in message.tokens if t.text in self._corrections]
        if not marks:
            return found
        found = self._without_denied(message, marks, found)
        last_of = {entity.entity: entity for entity in found}
        places = [mark.start for mark in marks]
        return [
            entity
            for entity in found
            if entity is (last := last_of[entity.entity])
            or bisect_left(places, entity.end) == bisect_left(places, last.start)
        ]

    def _without_denied(
        self, message: NormalisedText, marks: list[Token], found: list[Entity]
    ) -> list[Entity]:
        """ "bukan pbg tapi slf": a denied value goes when another one is given.

        One given before counts only if it was announced ("maksudnya slf bukan pbg"); without
        that, "bukan" corrects what stands before it.
        """
        denials = {mark.end for mark in marks if mark.text in self._negations}
        announced = next((m.start for m in marks if m.text not in self._negations), None)
        last_of = {entity.entity: entity for entity in found}
        kept: list[Entity] = []
        given: set[str] = set()
        for entity in found:
            before = message.original[: entity.start].rstrip(" ")
            if len(before) in denials and (
                entity is not last_of[entity.entity] or entity.entity in given
            ):
                continue
            if announced is not None and entity.start > announced:
                given.add(entity.entity)
            kept.append(entity)
        return kept


def _placed(
    message: NormalisedText, entity: str, value: Any, start: int, end: int, confidence: float
) -> Entity:
    first, last = message.folded.span(start, end)
    return Entity(entity, value, first, last, message.original[first:last], confidence)


def _from_pieces(
    message: NormalisedText,
    pieces: Sequence[Piece],
    entity: str,
    value: Any,
    first: int,
    last: int,
    confidence: float,
) -> Entity:
    start, end = pieces[first].start, pieces[min(last, len(pieces)) - 1].end
    return _placed(message, entity, value, start, end, confidence)


def _claimed(
    message: NormalisedText, pieces: Sequence[Piece], taken: list[tuple[int, int]]
) -> list[bool]:
    claimed = [False] * len(pieces)
    if not taken:
        return claimed
    spans = sorted(taken)
    span = 0
    for place, piece in enumerate(pieces):
        start, end = message.folded.span(piece.start, piece.end)
        while span < len(spans) and spans[span][1] <= start:
            span += 1
        claimed[place] = span < len(spans) and spans[span][0] < end
    return claimed


def _overlaps(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return any(first < end and start < last for first, last in taken)


def _without_overlaps(found: list[Entity]) -> list[Entity]:
    """A name inside an identifier ("pbg" in 503/0123/PBG/2026) is not a name of its own."""
    measured = [(e.start, e.end) for e in found if e.entity not in _NAMED]
    return [
        replace(entity)
        for entity in found
        if entity.entity not in _NAMED or not _overlaps(measured, entity.start, entity.end)
    ]


def _without_labels(found: list[Entity]) -> list[Entity]:
    """ "NIB 9120001234567": the word before an NIB names the number, not the permit."""
    numbers = [entity.start for entity in found if entity.entity == "nib"]
    return [
        entity
        for entity in found
        if not (
            entity.entity == "izin"
            and entity.value == _NIB
            and any(0 <= start - entity.end <= _LABEL_GAP for start in numbers)
        )
    ]
