"""Dates and durations: "12 maret 2026", "12/3/26", "3 hari lagi", "jumat depan", "sebulan"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .lexicon import Lexicon
from .numbers import NumberFound
from .pieces import Piece, words_between

_WRITTEN = re.compile(
    r"(?<![\d/.-])(?:(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})\s?(?P<s2>[-/.])\s?(?P<m2>\d{1,2})\s?(?P=s2)\s?(?P<y2>\d{4}|\d{2}))"
    r"(?![\d/]|[-.]\d)"
)
_DAYS = {"hari": 1, "minggu": 7}
_WEEK = 7
_CUE_WINDOW = 10


@dataclass(frozen=True, slots=True)
class TimeFound:
    """A date ("tanggal", ISO text) or duration ("lama", n and unit) in ``pieces[first:last]``."""

    entity: str
    value: Any
    first: int
    last: int


def written_dates(text: str, today: date) -> list[tuple[str, int, int]]:
    """Return the dates written in figures only (ISO text, start, end); impossible ones are left.

    Day comes before month, as Indonesians write; two figures of a year mean this century.
    """
    found = []
    for match in _WRITTEN.finditer(text):
        year, month, day = (
            int(match[g] or match[h]) for g, h in (("y", "y2"), ("m", "m2"), ("d", "d2"))
        )
        if year < 100:
            year += today.year // 100 * 100
        value = _date(year, month, day)
        if value:
            found.append((value.isoformat(), match.start(), match.end()))
    return found


class TimeGrammar:
    """Reads dates and durations from pieces with the calendar words of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._months = {w: int(v) for w, v in lexicon.table("months").items()}
        self._weekdays = {w: int(v) for w, v in lexicon.table("weekdays").items()}
        self._relative = {w: int(v) for w, v in lexicon.table("relative_days").items()}
        self._units = dict(lexicon.table("duration_units"))
        self._one = dict(lexicon.table("one_duration"))
        self._past = lexicon.group("past")
        self._future = lexicon.group("future")
        self._past_cues = lexicon.group("past_cues")
        self._future_cues = lexicon.group("future_cues")

    def read(
        self, pieces: Sequence[Piece], first: int, number: NumberFound | None, today: date
    ) -> TimeFound | None:
        """Return the date or duration that starts at ``pieces[first]``.

        ``number`` is the number read there, if any. A day without its month is one of the
        current month and a date without its year one of the current year, moved on or back
        when a word of the message speaks of what is to come or has been.
        """
        if number:
            return self._from_number(pieces, number, today)
        word = pieces[first].text
        if word in ("tanggal", "tgl"):
            return self._from_day(pieces, first, first + 1, today)
        if word in self._one:
            return self._period(pieces, first, first + 1, 1, self._one[word], today)
        if word in self._relative:
            return self._from_relative(pieces, first, today)
        if word == "hari":
            following = pieces[first + 1].text if first + 1 < len(pieces) else ""
            if following == "ini":
                return TimeFound("tanggal", today.isoformat(), first, first + 2)
            if following in self._weekdays or following == "minggu":
                weekday = self._weekdays.get(following, 6)
                return self._on_weekday(pieces, first, first + 2, weekday, today)
        if word in self._weekdays:
            return self._on_weekday(pieces, first, first + 1, self._weekdays[word], today)
        if word in self._units and self._direction(pieces, first + 1):
            return self._period(pieces, first, first + 1, 1, self._units[word], today)
        return None

    def _from_number(
        self, pieces: Sequence[Piece], number: NumberFound, today: date
    ) -> TimeFound | None:
        place = number.last
        word = pieces[place].text if place < len(pieces) else ""
        if word in self._months and not number.scaled:
            return self._from_day(pieces, number.first, number.first, today, number)
        if word in self._units and not number.scaled:
            unit, last = self._units[word], place + 1
            if unit == "hari" and words_between(pieces, last, last + 1) == ["kerja"]:
                return TimeFound(
                    "lama", _duration(number.value, "hari_kerja"), number.first, last + 1
                )
            return self._period(pieces, number.first, last, number.value, unit, today)
        return None

    def _period(
        self,
        pieces: Sequence[Piece],
        first: int,
        last: int,
        amount: float,
        unit: str,
        today: date,
    ) -> TimeFound | None:
        """A duration, or the day that lies so far ahead ("3 hari lagi") or back ("lalu")."""
        direction = self._direction(pieces, last)
        if not direction:
            spoken = pieces[first].text not in self._units
            return TimeFound("lama", _duration(amount, unit), first, last) if spoken else None
        sign, last = direction
        value = _shifted(today, sign * amount, unit)
        if value is None:
            return TimeFound("lama", _duration(amount, unit), first, last)
        return TimeFound("tanggal", value.isoformat(), first, last)

    def _direction(self, pieces: Sequence[Piece], place: int) -> tuple[int, int] | None:
        if words_between(pieces, place, place + 1) == ["yang"]:
            place += 1
        word = pieces[place].text if place < len(pieces) else ""
        if word in self._past:
            return -1, place + 1
        if word in self._future:
            return 1, place + 1
        return None

    def _from_relative(self, pieces: Sequence[Piece], first: int, today: date) -> TimeFound:
        offset, last = self._relative[pieces[first].text], first + 1
        following = words_between(pieces, last, last + 1)
        if following and offset == -1 and following[0] in ("lusa", "lusanya", "dulu"):
            offset, last = -2, last + 1
        if following and offset == 1 and following[0] == "lusa":
            offset, last = 2, last + 1
        if following and following[0] in self._weekdays:
            weekday = self._weekdays[following[0]]
            moved = self._on_weekday(pieces, last, last + 1, weekday, today, offset)
            return TimeFound("tanggal", moved.value, first, moved.last)
        return TimeFound("tanggal", (today + timedelta(days=offset)).isoformat(), first, last)

    def _on_weekday(
        self,
        pieces: Sequence[Piece],
        first: int,
        last: int,
        weekday: int,
        today: date,
        sign: int = 0,
    ) -> TimeFound:
        direction = self._direction(pieces, last)
        ahead = (weekday - today.weekday()) % _WEEK
        if direction:
            sign, last = direction[0], direction[1]
            if sign > 0 and ahead == 0:
                ahead = _WEEK
        if sign < 0:
            ahead = -((today.weekday() - weekday) % _WEEK or _WEEK)
        value = today + timedelta(days=ahead)
        return TimeFound("tanggal", value.isoformat(), first, last)

    def _from_day(
        self,
        pieces: Sequence[Piece],
        first: int,
        place: int,
        today: date,
        number: NumberFound | None = None,
    ) -> TimeFound | None:
        if number is None:
            if place >= len(pieces) or not pieces[place].text.isdigit():
                return None
            day, last = int(pieces[place].text), place + 1
        else:
            day, last = int(number.value), number.last
        if not 1 <= day <= 31:
            return None
        month_word = pieces[last].text if last < len(pieces) else ""
        month = self._months.get(month_word)
        if month is None:
            if words_between(pieces, last, last + 1) == ["bulan"]:
                month, last = self._month_after(pieces, last + 1, today)
        else:
            last += 1
        year, last = _year_at(pieces, last, today) if month else (None, last)
        around = words_between(pieces, first - _CUE_WINDOW, last + _CUE_WINDOW)
        value = self._resolve(set(around), day, month, year, today)
        return TimeFound("tanggal", value.isoformat(), first, last) if value else None

    def _month_after(
        self, pieces: Sequence[Piece], place: int, today: date
    ) -> tuple[int | None, int]:
        word = pieces[place].text if place < len(pieces) else ""
        if word in self._months:
            return self._months[word], place + 1
        if word in self._past:
            return (today.month - 2) % 12 + 1, place + 1
        if word in self._future:
            return today.month % 12 + 1, place + 1
        if word == "ini":
            return today.month, place + 1
        return None, place - 1

    def _resolve(
        self,
        words: set[str],
        day: int,
        month: int | None,
        year: int | None,
        today: date,
    ) -> date | None:
        value = _date(year or today.year, month or today.month, day)
        if value is None or year is not None:
            return value
        if value < today and words & self._future_cues and not words & self._past_cues:
            return _later(value, month is None)
        if value > today and words & self._past_cues and not words & self._future_cues:
            return _earlier(value, month is None)
        return value


def _year_at(pieces: Sequence[Piece], place: int, today: date) -> tuple[int | None, int]:
    start = place
    if words_between(pieces, place, place + 1) in (["tahun"], ["thn"], ["'"]):
        place += 1
    text = pieces[place].text if place < len(pieces) else ""
    if text.isdigit() and len(text) == 4 and 1900 <= int(text) <= 2200:
        return int(text), place + 1
    if text.isdigit() and len(text) == 2 and place > start:
        return today.year // 100 * 100 + int(text), place + 1
    return None, start


def _duration(amount: float, unit: str) -> dict[str, Any]:
    return {"n": int(amount) if float(amount).is_integer() else round(amount, 4), "unit": unit}


def _shifted(today: date, amount: float, unit: str) -> date | None:
    try:
        if unit in _DAYS:
            return today + timedelta(days=round(amount * _DAYS[unit]))
        if unit in ("bulan", "tahun"):
            months = round(amount * (12 if unit == "tahun" else 1))
            total = today.year * 12 + today.month - 1 + months
            return _clipped(total // 12, total % 12 + 1, today.day)
    except (OverflowError, ValueError):
        return None
    return None


def _clipped(year: int, month: int, day: int) -> date:
    for last in range(day, 27, -1):
        value = _date(year, month, last)
        if value:
            return value
    return date(year, month, day)


def _later(value: date, monthly: bool) -> date:
    return _shifted(value, 1, "bulan" if monthly else "tahun") or value


def _earlier(value: date, monthly: bool) -> date:
    return _shifted(value, -1, "bulan" if monthly else "tahun") or value


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
