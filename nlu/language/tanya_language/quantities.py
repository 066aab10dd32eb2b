"""Numbers with what they count: money, area, width by length, storeys, counts, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .lexicon import Lexicon
from .numbers import NumberFound, NumberGrammar
from .pieces import Piece, words_between

_CUE_WINDOW = 3
_BEST_RATING = 10
_LEAST_PLAIN_MONEY = 1000


@dataclass(frozen=True, slots=True)
class QuantityFound:
    """A quantity in ``pieces[first:last]``; entity and value as the assistant's data has them."""

    entity: str
    value: Any
    first: int
    last: int
    confidence: float = 0.95


class QuantityGrammar:
    """Tells what a number in a message counts."""

    def __init__(self, lexicon: Lexicon, numbers: NumberGrammar) -> None:
        self._numbers = numbers
        self._area = {w: float(v) for w, v in lexicon.table("area_units").items()}
        self._length = {w: float(v) for w, v in lexicon.table("length_units").items()}
        self._storeys = lexicon.group("storeys")
        self._counted = lexicon.group("counted")
        self._ratings = lexicon.group("ratings")
        self._money_cues = lexicon.group("money_cues")
        self._area_cues = lexicon.group("area_cues")
        self._width_cues = lexicon.group("width_cues")
        self._length_cues = lexicon.group("length_cues")
        self._by = lexicon.group("by")

    def read(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        """Return what ``number`` counts, or None when nothing around it tells."""
        return (
            self._dimensions(pieces, number)
            or self._area_of(pieces, number)
            or self._storeys_of(pieces, number)
            or self._money(pieces, number)
            or self._count(pieces, number)
            or self._rating(pieces, number)
            or self._cued(pieces, number)
        )

    def without_number(self, pieces: Sequence[Piece], first: int) -> QuantityFound | None:
        """Return a quantity whose unit holds its number ("sehektar")."""
        word = pieces[first].text
        if word.startswith("se") and word[2:] in self._area:
            return QuantityFound("luas", _plain(self._area[word]), first, first + 1)
        return None

    def alone(self, pieces: Sequence[Piece], number: NumberFound) -> list[QuantityFound]:
        """Return readings of a message that is nothing but a number: a rating, a count."""
        if not number.value.is_integer() or number.value < 0:
            return []
        value = int(number.value)
        if 1 <= value <= _BEST_RATING and not number.scaled:
            return [QuantityFound("nilai", value, number.first, number.last, 0.5)]
        return [QuantityFound("jumlah", value, number.first, number.last, 0.5)]

    def _dimensions(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        place = number.last
        width_unit = self._length_at(pieces, place)
        if width_unit:
            place += 1
        if place < len(pieces) - 1 and pieces[place].text in self._by:
            other = self._numbers.read(pieces, place + 1)
            if other and not other.scaled:
                last = other.last
                unit = self._length_at(pieces, last)
                last += 1 if unit or self._area_at(pieces, last) else 0
                value = _sides(number.value, other.value, width_unit or unit or 1.0, unit or 1.0)
                return QuantityFound("ukuran", value, number.first, last) if value else None
        return self._named_sides(pieces, number)

    def _named_sides(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        """ "lebar 6 panjang 10", in either order; the value is width first."""
        before = words_between(pieces, number.first - 1, number.first)
        first_is_width = bool(before) and before[0] in self._width_cues
        if not before or not (first_is_width or before[0] in self._length_cues):
            return None
        place = number.last
        first_unit = self._length_at(pieces, place)
        place += 1 if first_unit else 0
        while place < len(pieces) and pieces[place].text in (",", "dan", "&", "x"):
            place += 1
        wanted = self._length_cues if first_is_width else self._width_cues
        if place >= len(pieces) - 1 or pieces[place].text not in wanted:
            return None
        other = self._numbers.read(pieces, place + 1)
        if other is None or other.scaled:
            return None
        unit = self._length_at(pieces, other.last)
        value = _sides(number.value, other.value, first_unit or unit or 1.0, unit or 1.0)
        if value is None:
            return None
        if not first_is_width:
            value.reverse()
        return QuantityFound("ukuran", value, number.first - 1, other.last + (1 if unit else 0))

    def _area_of(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        place = number.last
        unit = self._area_at(pieces, place)
        if unit:
            last = place + 1
        elif self._square_metre_words(pieces, place):
            unit, last = 1.0, place + 2
        elif self._cue_before(pieces, number.first, self._area_cues):
            metres = words_between(pieces, place, place + 1)
            in_metres = bool(metres) and metres[0] in ("m", "meter", "mtr", "mete", "metr")
            unit, last = 1.0, place + (1 if in_metres else 0)
            if not in_metres and self._other_unit(pieces, place):
                return None
        else:
            return None
        return QuantityFound("luas", _plain(number.value * unit), number.first, last)

    def _square_metre_words(self, pieces: Sequence[Piece], place: int) -> bool:
        words = words_between(pieces, place, place + 2)
        return (
            len(words) == 2
            and words[0] in self._length
            and words[1]
            in (
                "persegi",
                "kuadrat",
                "2",
                "prsegi",
                "pesegi",
            )
            and not (words[1] == "2" and self._storey_follows(pieces, place + 2))
        )

    def _storey_follows(self, pieces: Sequence[Piece], place: int) -> bool:
        return place < len(pieces) and pieces[place].text in self._storeys | self._counted

    def _storeys_of(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        if not number.value.is_integer() or not 0 < number.value < 200 or number.scaled:
            return None
        if number.last < len(pieces) and pieces[number.last].text in self._storeys:
            return QuantityFound("lantai", int(number.value), number.first, number.last + 1)
        before = words_between(pieces, number.first - 1, number.first)
        if before and before[0] in self._storeys and not self._other_unit(pieces, number.last):
            return QuantityFound("lantai", int(number.value), number.first - 1, number.last)
        return None

    def _money(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        first, last = number.first, number.last
        before = words_between(pieces, first - 2, first)
        after = words_between(pieces, last, last + 1)
        if before[-1:] == ["tahun"] and number.spelled:
            return None
        sign = before[-1:] == ["rp"] or before[-2:] == ["rp", "."]
        if sign:
            first -= 1 if before[-1] == "rp" else 2
        spoken = bool(after) and after[0] in ("rupiah", "perak", "rupiahan")
        if not (sign or spoken or number.slang):
            if self._other_unit(pieces, last) or (after and after[0] in self._counted):
                return None
            cued = number.value >= _LEAST_PLAIN_MONEY and self._cue_before(
                pieces, number.first, self._money_cues
            )
            if not (number.scaled or cued):
                return None
        while words_between(pieces, last, last + 1) in ([","], ["-"]) and sign:
            last += 1
        last += 1 if spoken else 0
        # "gocap" is fifty; of money it has long meant fifty thousand.
        short = number.slang and not number.scaled and number.value < _LEAST_PLAIN_MONEY
        return QuantityFound("uang", round(number.value * (1000 if short else 1)), first, last)

    def _count(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        after = words_between(pieces, number.last, number.last + 1)
        if not number.value.is_integer() or not after or after[0] not in self._counted:
            return None
        return QuantityFound("jumlah", int(number.value), number.first, number.last + 1, 0.9)

    def _rating(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        if not number.value.is_integer() or not 0 <= number.value <= 100:
            return None
        after = words_between(pieces, number.last, number.last + 1)
        last = number.last
        starred = bool(after) and after[0] in self._ratings
        if not starred and not self._cue_before(pieces, number.first, self._ratings):
            return None
        return QuantityFound("nilai", int(number.value), number.first, last + starred, 0.9)

    def _cued(self, pieces: Sequence[Piece], number: NumberFound) -> QuantityFound | None:
        if not number.value.is_integer():
            return None
        if self._cue_before(pieces, number.first, frozenset({"jumlah", "jumlahnya", "sebanyak"})):
            return QuantityFound("jumlah", int(number.value), number.first, number.last, 0.85)
        return None

    def _length_at(self, pieces: Sequence[Piece], place: int) -> float:
        return self._length.get(pieces[place].text, 0.0) if place < len(pieces) else 0.0

    def _area_at(self, pieces: Sequence[Piece], place: int) -> float:
        return self._area.get(pieces[place].text, 0.0) if place < len(pieces) else 0.0

    def _other_unit(self, pieces: Sequence[Piece], place: int) -> bool:
        return bool(self._length_at(pieces, place) or self._area_at(pieces, place)) or (
            place < len(pieces) and pieces[place].text in self._storeys
        )

    def _cue_before(self, pieces: Sequence[Piece], first: int, cues: frozenset[str]) -> bool:
        """A cue in the words just before, with nothing but small words in between."""
        for piece in reversed(pieces[max(0, first - _CUE_WINDOW) : first]):
            if piece.text in cues:
                return True
            if piece.kind == "number":
                return False
        return False


def _sides(first: float, second: float, first_unit: float, second_unit: float) -> list[Any] | None:
    sides = [_plain(first * first_unit), _plain(second * second_unit)]
    return sides if all(side > 0 for side in sides) else None


def _plain(value: float) -> int | float:
    """An int where nothing is lost, so that 120 m2 is 120 and not 120.0."""
    rounded = round(value, 4)
    return int(rounded) if rounded.is_integer() else rounded
