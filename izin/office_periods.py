"""Periods in which the office keeps other hours, such as Ramadan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from izin.errors import InvalidInput

WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
"""Weekday names of the data, in the order of ``date.weekday()``."""

Spans = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class HoursPeriod:
    """Other opening hours from ``first`` to ``last``, both included.

    ``opening_hours`` maps weekday (0 = Monday) to its open spans; an absent day is closed.
    ``words`` are how citizens name the period; ``inferred`` marks it as unconfirmed.
    """

    name: str
    first: date
    last: date
    opening_hours: Mapping[int, Spans] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    note: str | None = None
    inferred: bool = False

    def covers(self, day: date) -> bool:
        """Say whether ``day`` lies in the period."""
        return self.first <= day <= self.last


def hours_periods(details: Mapping[str, Any]) -> tuple[HoursPeriod, ...]:
    """Give the periods among an office's details (key ``special_hours``), earliest first.

    Raises:
        InvalidInput: An entry has no name, no dates or unreadable hours.
    """
    found = [_period(entry) for entry in details.get("special_hours") or ()]
    return tuple(sorted(found, key=lambda period: period.first))


def span_times(text: str) -> tuple[time, time]:
    """Give opening and closing of ``HH:MM-HH:MM``.

    Raises:
        ValueError: The text has another shape.
    """
    opens, closes = text.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _period(entry: Mapping[str, Any]) -> HoursPeriod:
    try:
        return HoursPeriod(
            name=str(entry["name"]),
            first=date.fromisoformat(str(entry["first"])),
            last=date.fromisoformat(str(entry["last"])),
            opening_hours={
                WEEKDAYS.index(day): tuple(sorted(span_times(span) for span in spans))
                for day, spans in entry["opening_hours"].items()
            },
            words=tuple(str(word) for word in entry.get("words") or ()),
            note=entry.get("note"),
            inferred=bool(entry.get("inferred")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(
            f"an office hours period cannot be read: {error!r}", field="special_hours"
        ) from error
