"""Tables of figures: the same rows on a page, in a CSV and in an XLSX file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from izin.wording import Wording

Kind = Literal["text", "whole", "decimal", "exact", "percent", "day", "moment"]
"""``decimal`` is shown with one decimal, ``exact`` with two."""
Value = str | int | float | date | datetime | None

NOTHING = "–"
"""What is shown where there is nothing to tell, such as a share of nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``title`` is what people read above it."""

    title: str
    kind: Kind = "whole"

    @property
    def is_number(self) -> bool:
        """Say whether its values stand right."""
        return self.kind in ("whole", "decimal", "exact", "percent")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Attributes:
        name: In the address of its download, never changed.
        title: Its heading.
        rows: Values in the order of the columns; percent as 0 to 100.
        note: What one has to know to read it.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


class Shown:
    """Writes values for people."""

    def __init__(self, wording: Wording, zone: ZoneInfo) -> None:
        """Take the sentences and the office's zone."""
        self._wording = wording
        self._zone = zone
        self._kept: dict[tuple[Value, Kind], str] = {}

    def __call__(self, value: Value, kind: Kind) -> str:
        """Give a value as it stands on a page: ``87,5%``, ``12,0``, ``–``."""
        # A year by day repeats the same small numbers thousands of times.
        if (value, kind) not in self._kept:
            self._kept[value, kind] = self._written(value, kind)
        return self._kept[value, kind]

    def _written(self, value: Value, kind: Kind) -> str:
        if value is None or value == "":
            return NOTHING
        if isinstance(value, datetime):
            day = self._wording.date(value.astimezone(self._zone).date(), weekday=False)
            return f"{day} {self._wording.time(value, self._zone)}"
        if isinstance(value, date):
            return self._wording.date(value, weekday=False)
        if isinstance(value, str):
            return value
        if kind == "percent":
            return f"{self._wording.number(round(float(value), 1))}%"
        if kind in ("decimal", "exact"):
            return self._wording.number(round(float(value), 1 if kind == "decimal" else 2))
        return self._wording.number(value)


def plain(value: Value, kind: Kind, zone: ZoneInfo) -> Value:
    """Give a value for a file: moments in the office's zone, numbers rounded, text harmless."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, float):
        return round(value, 4 if kind == "percent" else 2)
    return value


def harmless(text: str) -> str:
    """Give a text that no spreadsheet takes for a formula."""
    text = "".join(" " if ord(char) < 32 else char for char in text)
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "|", "%") else text


def named(sheets: Sequence[Sheet], name: str) -> Sheet | None:
    """Give the sheet with this name, or None."""
    return next((sheet for sheet in sheets if sheet.name == name), None)
