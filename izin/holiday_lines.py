"""Reads a year's holidays from pasted lines, one day a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from izin.office import Holiday

MOST_LINES = 400

_ISO = r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
_LOCAL = r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})"
_WORDS = r"(?P<day_of>\d{1,2})\s+(?P<name_of>[A-Za-z]+)\s+(?P<year_of>\d{4})"
_LINE = re.compile(rf"(?:{_ISO}|{_LOCAL}|{_WORDS})\s*[-–:;,\t ]?\s*(?P<name>.*)")
_MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september",
    "oktober", "november", "desember",
)  # fmt: skip
_JOINT_LEAVE = "cuti bersama"
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used: its number from 1, its text, and why.

    ``code`` is ``date``, ``name``, ``year``, ``twice`` or ``many``.
    """

    number: int
    text: str
    code: str


def read_holidays(text: str, kind: str) -> tuple[list[Holiday], list[BadLine]]:
    """Give the holidays of lines such as ``2027-01-01 Tahun Baru Masehi``, and the bad lines.

    Empty lines and what follows ``#`` are passed over. A name that begins with "cuti bersama"
    is joint leave, everything else of ``kind``.
    """
    found: dict[date, Holiday] = {}
    bad: list[BadLine] = []
    lines = text.replace("\r", "\n").split("\n")
    for number, written in enumerate(lines, 1):
        line = " ".join(written.partition("#")[0].split())
        if not line:
            continue
        holiday, code = _read(line, kind)
        if holiday is None:
            bad.append(BadLine(number, line, code))
        elif holiday.day in found:
            bad.append(BadLine(number, line, "twice"))
        elif len(found) >= MOST_LINES:
            bad.append(BadLine(number, line, "many"))
            break
        else:
            found[holiday.day] = holiday
    return list(found.values()), bad


def _read(line: str, kind: str) -> tuple[Holiday | None, str]:
    parts = _LINE.fullmatch(line)
    day = _day(parts) if parts else None
    if parts is None or day is None:
        return None, "date"
    if not 2000 <= day.year <= 2100:
        return None, "year"
    name = parts["name"].strip(" -–:;,")
    if not name or len(name) > _LONGEST_NAME:
        return None, "name"
    joint = name.casefold().startswith(_JOINT_LEAVE)
    return Holiday(day, name, "cuti_bersama" if joint else kind), ""


def _day(parts: re.Match[str]) -> date | None:
    try:
        if parts["iso"]:
            year, month, day = map(int, parts["iso"].split("-"))
        elif parts["day"]:
            year, month, day = int(parts["year"]), int(parts["month"]), int(parts["day"])
        else:
            month = _MONTHS.index(parts["name_of"].casefold()) + 1
            year, day = int(parts["year_of"]), int(parts["day_of"])
        return date(year, month, day)
    except ValueError:
        return None
