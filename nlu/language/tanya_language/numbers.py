"""Numbers in digits and words: "1,5 jt", "seratus dua puluh", "2 juta setengah"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lexicon import Lexicon
from .pieces import Piece, read_digits

_TENS = 10
_HUNDRED = 100
_THOUSAND = 1000
# A word of magnitude above this is money unless a unit follows.
_MONEY_SCALE = 1000


@dataclass(frozen=True, slots=True)
class NumberFound:
    """A number in ``pieces[first:last]``.

    ``scaled`` is true when it was written with ribu, juta, k or the like; ``slang`` when with a
    word that only counts money ("gocap"). ``spelled`` is true when no digits were used.
    """

    value: float
    first: int
    last: int
    scaled: bool
    spelled: bool
    slang: bool = False


class NumberGrammar:
    """Reads numbers from pieces with the number words of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._cardinals = {w: float(v) for w, v in lexicon.table("cardinals").items()}
        self._scaled = {w: float(v) for w, v in lexicon.table("scaled").items()}
        self._scales = {w: float(v) for w, v in lexicon.table("scales").items()}
        self._fractions = {w: float(v) for w, v in lexicon.table("fractions").items()}
        self._slang = lexicon.group("money_slang")

    def read(self, pieces: Sequence[Piece], first: int) -> NumberFound | None:
        """Return the longest number that starts at ``pieces[first]``, or None."""
        piece = pieces[first]
        if piece.kind == "number":
            return self._from_digits(pieces, first)
        if piece.kind != "word":
            return None
        if piece.text in self._fractions:
            return self._from_fraction(pieces, first)
        if piece.text in self._cardinals or piece.text in self._scaled:
            return self._from_words(pieces, first)
        return None

    def _from_digits(self, pieces: Sequence[Piece], first: int) -> NumberFound | None:
        value = read_digits(pieces[first].text)
        if value is None:
            return None
        last, divisor = first + 1, self._divisor(pieces, first)
        if divisor:
            value, last = value / divisor, first + 3
        scale = self._scale_at(pieces, last)
        if scale < _MONEY_SCALE:
            return NumberFound(value, first, last, False, False)
        value, last = value * scale, last + 1
        return self._with_rest(pieces, first, last, value, scale, spelled=False)

    def _divisor(self, pieces: Sequence[Piece], first: int) -> float:
        """The 2 of "1/2", when no third part makes it a date."""
        if len(pieces) < first + 3 or pieces[first + 1].text != "/":
            return 0.0
        lower = read_digits(pieces[first + 2].text) if pieces[first + 2].kind == "number" else None
        upper = read_digits(pieces[first].text)
        third = pieces[first + 3].text if len(pieces) > first + 3 else ""
        if lower and upper and upper < lower <= 8 and third not in ("/", "-"):
            return lower
        return 0.0

    def _with_rest(
        self,
        pieces: Sequence[Piece],
        first: int,
        last: int,
        value: float,
        scale: float,
        *,
        spelled: bool,
    ) -> NumberFound:
        """ "1 jt 500 rb", "2 juta setengah": what follows a scale in a smaller one."""
        if last < len(pieces):
            if pieces[last].text in self._fractions and scale >= _MONEY_SCALE:
                if self._scale_at(pieces, last + 1) < _MONEY_SCALE:
                    value += scale * self._fractions[pieces[last].text]
                    last += 1
            elif pieces[last].kind == "number" or pieces[last].text in self._cardinals:
                rest = self.read(pieces, last)
                if rest and rest.scaled and rest.value < scale:
                    value, last = value + rest.value, rest.last
        return NumberFound(value, first, last, True, spelled)

    def _from_fraction(self, pieces: Sequence[Piece], first: int) -> NumberFound:
        value = self._fractions[pieces[first].text]
        scale = self._scale_at(pieces, first + 1)
        if scale >= _MONEY_SCALE or scale == _HUNDRED:
            return NumberFound(value * scale, first, first + 2, scale >= _MONEY_SCALE, True)
        return NumberFound(value, first, first + 1, False, True)

    def _scale_at(self, pieces: Sequence[Piece], place: int) -> float:
        if place >= len(pieces):
            return 0.0
        text = pieces[place].text
        scale = self._scales.get(text, 0.0)
        if text == "m" and not self._means_billion(pieces, place):
            return 0.0
        return scale

    def _means_billion(self, pieces: Sequence[Piece], place: int) -> bool:
        """ "1,2 m" is 1.2 billion only beside rupiah; otherwise metres."""
        before = [piece.text for piece in pieces[max(0, place - 3) : place]]
        after = pieces[place + 1].text if place + 1 < len(pieces) else ""
        return "rp" in before or after in ("rupiah", "rp")

    def _from_words(self, pieces: Sequence[Piece], first: int) -> NumberFound | None:
        """Sum of groups: ((hundreds)(tens)(ones)) scale, as spoken."""
        total = group = 0.0
        last_scale = float("inf")
        place, scaled = first, False
        previous = ""
        while place < len(pieces) and pieces[place].kind == "word":
            word = pieces[place].text
            scale = self._scales.get(word, 0.0) if word != "m" else 0.0
            if word in self._scaled:
                amount = self._scaled[word]
                if amount >= _MONEY_SCALE:
                    if amount >= last_scale:
                        break
                    total, last_scale, scaled = total + group + amount, amount, True
                    group = 0.0
                elif group:
                    break
                else:
                    group += amount
            elif word in self._cardinals:
                # "dua tiga" are two numbers, "dua puluh tiga" and "seratus tiga" are one.
                if previous == "cardinal" or (previous == "tens" and self._cardinals[word] > 9):
                    break
                group += self._cardinals[word]
                previous = "cardinal"
                place += 1
                continue
            elif scale and group and scale < _MONEY_SCALE:
                group = _scaled_group(group, word, scale)
            elif scale >= _MONEY_SCALE and group and scale < last_scale:
                total, last_scale, scaled = total + group * scale, scale, True
                group = 0.0
            elif word in self._fractions and place > first:
                return self._with_half(pieces, first, place, total, group, last_scale, scaled)
            elif word == "koma" and group:
                return self._with_decimals(pieces, first, place, total + group)
            else:
                break
            previous = "tens" if scale in (_TENS, _HUNDRED) else "scale"
            place += 1
        if place == first:
            return None
        slang = pieces[first].text in self._slang
        return NumberFound(total + group, first, place, scaled, True, slang)

    def _with_half(
        self,
        pieces: Sequence[Piece],
        first: int,
        place: int,
        total: float,
        group: float,
        last_scale: float,
        scaled: bool,
    ) -> NumberFound:
        """ "satu setengah juta" and "dua juta setengah"."""
        half = self._fractions[pieces[place].text]
        if group and not scaled:
            scale = self._scale_at(pieces, place + 1)
            if scale >= _MONEY_SCALE:
                return NumberFound((group + half) * scale, first, place + 2, True, True)
            return NumberFound(group + half, first, place + 1, False, True)
        if scaled and not group:
            return NumberFound(total + last_scale * half, first, place + 1, True, True)
        return NumberFound(total + group, first, place, scaled, True)

    def _with_decimals(
        self, pieces: Sequence[Piece], first: int, comma: int, whole: float
    ) -> NumberFound:
        digits = ""
        place = comma + 1
        while place < len(pieces) and len(digits) < 4:
            digit = self._cardinals.get(pieces[place].text, -1.0)
            if not 0 <= digit <= 9:
                break
            digits += str(int(digit))
            place += 1
        if not digits:
            return NumberFound(whole, first, comma, False, True)
        value = float(f"{int(whole)}.{digits}")
        scale = self._scale_at(pieces, place)
        if scale >= _MONEY_SCALE:
            return NumberFound(value * scale, first, place + 1, True, True)
        return NumberFound(value, first, place, False, True)


def _scaled_group(group: float, word: str, scale: float) -> float:
    """The last spoken digit of a group times ten or a hundred; "belas" adds ten."""
    ones = group % _TENS
    if word == "belas":
        return group + _TENS
    return group - ones + ones * scale if ones else group * scale
