"""Adds, drops and moves rows of a form, before anything of it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.editing.kind_documents import Typed, blank
from console.editing.kind_fields import MOST_ROWS, Field

ADD, DROP, UP = "tambah", "hapus", "naik"


def moved(fields: Sequence[Field], typed: Typed, step: str) -> str:
    """Take a step such as ``tambah:questions.0.answers`` and give the field to go on with.

    A step that leads nowhere changes nothing and gives "".
    """
    action, _, at = step.partition(":")
    parts = at.split(".")
    number = 0
    if action in (DROP, UP):
        if not parts[-1].isdecimal():
            return ""
        number = int(parts.pop())
    found = _rows(fields, typed, parts)
    if found is None:
        return ""
    item, rows = found
    prefix = ".".join(parts)
    if action == ADD and len(rows) < MOST_ROWS:
        rows.append(blank(item.fields))
        return f"{prefix}.{len(rows) - 1}"
    if action == DROP and number < len(rows):
        del rows[number]
        return f"{prefix}.{min(number, len(rows) - 1)}" if rows else prefix
    if action == UP and 0 < number < len(rows):
        rows[number - 1], rows[number] = rows[number], rows[number - 1]
        return f"{prefix}.{number - 1}"
    return ""


def _rows(
    fields: Sequence[Field], typed: Any, parts: Sequence[str]
) -> tuple[Field, list[Typed]] | None:
    item = next((one for one in fields if one.name == parts[0]), None)
    if item is None or item.type != "rows":
        return None
    rows: list[Typed] = typed[item.name]
    if len(parts) == 1:
        return item, rows
    if len(parts) < 3 or not parts[1].isdecimal() or int(parts[1]) >= len(rows):
        return None
    return _rows(item.fields, rows[int(parts[1])], parts[2:])
