"""What stands in a cell for a value, and what a cell means that a person filled in.

Texts come back unchanged, whatever a spreadsheet would make of them: an apostrophe stands
before what looks like a formula, ``\\uXXXX`` for blanks at the ends and control characters.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from izin.storage.content_files.tables import Column

LONGEST_CELL = 32_767
"""Characters of a cell (Excel specifications and limits, support.microsoft.com)."""

KEPT = "\\k"
"""Stands for a text too long for a cell: what is in force stays."""

YES, NO, NOTHING = "ya", "tidak", "null"

Cell = str | int | float | bool | date | None

_FORMULA = re.compile(r"'*\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
_QUOTED = re.compile(r"'+\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|^\s|\s$")
_ESCAPED = re.compile(r"\\(\\|u[0-9a-fA-F]{4}|e)")
_WHOLE = re.compile(r"[+-]?\d+|[+-]?[1-9]\d{0,2}(\.\d{3})+")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_DECIMAL = re.compile(r"[+-]?\d+[.,]\d+|[+-]?\d{1,3}(\.\d{3})+,\d+")
_YES = frozenset({YES, "y", "yes", "true", "benar", "1", "x", "v", "✓"})
_NO = frozenset({NO, "t", "n", "no", "false", "salah", "0", "-", ""})
_MONTHS = {
    word: number
    for number, words in enumerate(
        ("januari jan january", "februari feb pebruari february", "maret mar march",
         "april apr", "mei may", "juni jun june", "juli jul july",
         "agustus agu agt ags aug august", "september sep sept", "oktober okt october oct",
         "november nov nopember", "desember des december dec"), 1)
    for word in words.split()
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_DAY_NAMED = re.compile(r"(\d{1,2})[\s-]+([a-z]+)\.?[\s-]+(\d{4})", re.IGNORECASE)
_EMPTY_ITEM = "\\e"


class Unreadable(ValueError):
    """A cell that does not hold what its column wants; ``code`` is a ``FileProblem``'s."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def text_cell(text: str) -> str:
    """Give what stands in a cell for a text."""
    return _guarded(_escaped(text))


def cell_text(cell: str) -> str:
    """Give the text that a cell means."""
    return _unescaped(_unguarded(cell.replace("\r\n", "\n").replace("\r", "\n")).strip())


def list_cell(items: list[str]) -> str:
    """Give what stands in a cell for texts: one a line."""
    lines = [_escaped(item).replace("\n", "\\u000a") or _EMPTY_ITEM for item in items]
    return _guarded("\n".join(lines))


def cell_list(cell: str) -> list[str]:
    """Give the texts of a cell, one a line."""
    lines = _unguarded(cell).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [_unescaped(line.strip()) for line in lines if line.strip()]


def leaf_cell(value: Any) -> Cell:
    """Give what stands in a cell for a text, number, truth or emptiness of unknown kind."""
    if isinstance(value, str):
        return text_cell(value if _reads_as_text(value) else json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return YES if value else NO
    if value is None:
        return NOTHING
    if isinstance(value, int | float):
        return value
    return "{}" if isinstance(value, dict) else "[]"


def cell_leaf(cell: Cell) -> Any:
    """Give the value a cell of unknown kind means; the inverse of ``leaf_cell``.

    Raises:
        Unreadable: It may mean two numbers.
    """
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if not isinstance(cell, str):
        return _plain_number(cell) if isinstance(cell, float) else cell
    text = cell_text(cell)
    if text in ("", NOTHING):
        return None
    if text in (YES, NO):
        return text == YES
    if text in ("{}", "[]"):
        return json.loads(text)
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            return text
    number = _one_number(text)
    return text if number is None else number


def written(value: Any, column: Column) -> Cell:
    """Give what stands in a cell of ``column`` for a value of a document."""
    if column.kind == "list":
        return list_cell(list(value or ()))
    if column.kind == "leaf":
        return leaf_cell(value)
    if value is None or value == "":
        return None
    if column.kind == "yes":
        return YES if value else NO
    if column.kind == "day":
        return date.fromisoformat(value)
    return text_cell(value) if isinstance(value, str) else value


def read(cell: Cell, column: Column) -> Any:
    """Give the value a cell means, in JSON's own types; None for an empty one.

    Raises:
        Unreadable: It is not what the column holds.
    """
    if column.kind == "leaf":
        return cell_leaf(cell)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return [] if column.kind == "list" else None
    if column.kind == "whole":
        return _whole(cell)
    if column.kind == "number":
        return _decimal(cell)
    if column.kind == "yes":
        return _truth(cell)
    if column.kind == "day":
        return _day(cell)
    text = _as_text(cell)
    if column.kind == "list":
        return cell_list(text)
    return cell_text(text)


def _escaped(text: str) -> str:
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\\", "\\\\"))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text

    def meant(match: re.Match[str]) -> str:
        if match[1] == "\\":
            return "\\"
        if match[1] == "e":
            return ""
        code = int(match[1][1:], 16)
        # No database holds these two.
        return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(meant, text)


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _unguarded(cell: str) -> str:
    return cell[1:] if _QUOTED.match(cell) else cell


def _reads_as_text(text: str) -> bool:
    return (
        text not in ("", NOTHING, YES, NO, "{}", "[]")
        and not text.startswith('"')
        and _number(text) is None
    )


def _number(text: str) -> int | float | None:
    if _WHOLE.fullmatch(text):
        return int(text.replace(".", ""))
    if _DECIMAL.fullmatch(text):
        if "," in text:
            text = text.replace(".", "").replace(",", ".")
        return float(text)
    return None


def _one_number(text: str) -> int | float | None:
    """Give the number a text means, where it may have a fraction; None when it is none.

    Raises:
        Unreadable: Its point may stand before a fraction or between thousands.
    """
    if _EITHER.fullmatch(text):
        values = {"part": text.replace(".", ","), "whole": text.replace(".", "")}
        raise Unreadable("two_numbers", value=text, **values)
    return _number(text)


def number_text(number: int | float) -> str:
    """Give a number as a CSV cell, with a decimal comma and nothing between thousands."""
    return format(Decimal(repr(number)), "f").replace(".", ",")


def _plain_number(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _as_text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, float):
        return str(_plain_number(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell)


def _whole(cell: Cell) -> int:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    if isinstance(cell, str):
        text = re.sub(r"^rp\.?\s*|,(00|-)$|\s", "", _unguarded(cell).strip().casefold())
        if _WHOLE.fullmatch(text):
            return int(text.replace(".", ""))
    raise Unreadable("no_whole", value=_as_text(cell)[:60])


def _decimal(cell: Cell) -> int | float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    number = _one_number(_unguarded(cell).strip()) if isinstance(cell, str) else None
    if number is None:
        raise Unreadable("no_number", value=_as_text(cell)[:60])
    return number


def _truth(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    word = _as_text(cell).strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable("no_yes", value=word[:60])


def _day(cell: Cell) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, str):
        text = _unguarded(cell).strip()
        try:
            if match := _DAY_FIRST.fullmatch(text):
                return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
            if match := _DAY_NAMED.fullmatch(text):
                month = _MONTHS.get(match[2].casefold(), 0)
                return date(int(match[3]), month, int(match[1])).isoformat()
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise Unreadable("no_day", value=_as_text(cell)[:60])
