"""What is typed into one field, and what of it is stored."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from console.editing.kind_fields import Field
from izin.office_periods import WEEKDAYS

_SPAN = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|–|s/d|sampai)\s*(\d{1,2})(?:[.:](\d{2}))?")
_BETWEEN = re.compile(r"\s*(?:[,;/]|\bdan\b)\s*")
_SHAPES = {"key": re.compile(r"[a-z][a-z0-9_]+"), "code": re.compile(r"[A-Z][A-Z0-9_]+")}
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


class Wrong(Exception):
    """What was typed cannot be used; ``code`` has the sentence ``kinds.wrong.<code>``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def stored(item: Field, typed: str) -> Any:
    """Give what is stored of what was typed into a field of one value.

    Raises:
        Wrong: It cannot be used.
    """
    text = clean(typed)
    if item.type == "check":
        return bool(text)
    if item.type == "lines":
        return _lines(item, text)
    if not text:
        if item.required:
            raise Wrong("empty")
        return item.empty
    if item.type == "area":
        return _short(item, text)
    return _READ.get(item.type, _text)(item, text)


def shown(item: Field, value: Any) -> str:
    """Give what stands in a field of one value for what is stored."""
    if item.type == "maybe":
        return {True: "ya", False: "tidak"}.get(value, "")
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if item.type == "lines":
        return "\n".join(str(one) for one in value)
    if item.type == "point":
        return ", ".join(f"{one:.6f}".rstrip("0") for one in value)
    if item.type == "decimal":
        return f"{float(value):g}".replace(".", ",")
    return str(value)


def clean(typed: str) -> str:
    """Give a text without space around it, and without what no database keeps."""
    return typed.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def day_of(text: str) -> date:
    """Give the day of ``2027-01-31`` or ``31-1-2027``.

    Raises:
        Wrong: It is none.
    """
    if parts := _DAY.fullmatch(text):
        text = f"{parts[3]}-{int(parts[2]):02}-{int(parts[1]):02}"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Wrong("date") from None
    if not 2000 <= found.year <= 2100:
        raise Wrong("date")
    return found


def spans_of(text: str) -> list[tuple[time, time]]:
    """Give the spans of ``08.00–12.00, 13.00–15.00``.

    Raises:
        Wrong: They cannot be read, are not in order, or overlap.
    """
    spans = []
    for part in _BETWEEN.split(clean(text)):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise Wrong("hours")
        try:
            start = time(int(found[1]), int(found[2] or 0))
            end = time(int(found[3]), int(found[4] or 0))
        except ValueError:
            raise Wrong("hours") from None
        if start >= end:
            raise Wrong("hours_order")
        if spans and start < spans[-1][1]:
            raise Wrong("hours_overlap")
        spans.append((start, end))
    return spans


def week_stored(item: Field, typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Give the open spans that are stored by weekday, and what is wrong by weekday's number."""
    week: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for number, weekday in enumerate(WEEKDAYS):
        text = typed.get(str(number), "")
        if not clean(text):
            continue
        try:
            spans = spans_of(text)
        except Wrong as error:
            wrong[str(number)] = error.code
            continue
        if item.by_name:
            week[weekday] = [f"{start:%H:%M}-{end:%H:%M}" for start, end in spans]
        else:
            week[str(number)] = [[start.isoformat(), end.isoformat()] for start, end in spans]
    return week, wrong


def week_shown(item: Field, value: Any) -> dict[str, str]:
    """Give the text of each weekday's spans by its number."""
    week: Mapping[str, Any] = value or {}
    texts = {}
    for number, weekday in enumerate(WEEKDAYS):
        spans = week.get(weekday if item.by_name else str(number)) or ()
        parts = [one.split("-") if isinstance(one, str) else one for one in spans]
        texts[str(number)] = ", ".join(
            "–".join(moment[:5].replace(":", ".") for moment in part) for part in parts
        )
    return texts


def _short(item: Field, text: str) -> str:
    if len(text) > item.longest:
        raise Wrong("long")
    return text


def _text(item: Field, text: str) -> str:
    text = _short(item, " ".join(text.split()))
    if item.shape == "term":
        return text.casefold()
    if item.shape:
        text = text.upper() if item.shape == "code" else text.lower()
        text = re.sub(r"[\s-]+", "_", text)
        if not _SHAPES[item.shape].fullmatch(text):
            raise Wrong(item.shape)
    return text


def _lines(item: Field, text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    found = list(dict.fromkeys(line for line in lines if line))
    if not found and item.required:
        raise Wrong("empty")
    for line in found:
        _short(item, line)
    if len(found) > 500:
        raise Wrong("many")
    return found


def _number(item: Field, text: str) -> int:
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise Wrong("number")
    return int(_within(item, int(text)))


def _decimal(item: Field, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise Wrong("number") from None
    return _within(item, value)


def _within(item: Field, value: float) -> float:
    if not math.isfinite(value) or not item.least <= value <= item.most:
        raise Wrong("range")
    return value


def _maybe(_: Field, text: str) -> bool:
    if text not in ("ya", "tidak"):
        raise Wrong("choice")
    return text == "ya"


def _point(_: Field, text: str) -> list[float]:
    parts = re.split(r"[,;]\s*|\s+", text)
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        raise Wrong("point") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Wrong("point")
    return [latitude, longitude]


_READ: Mapping[str, Callable[[Field, str], Any]] = {
    "number": _number,
    "decimal": _decimal,
    "maybe": _maybe,
    "point": _point,
    "date": lambda _, text: day_of(text).isoformat(),
}
