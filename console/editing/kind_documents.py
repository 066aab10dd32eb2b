"""Turns a document into what a form shows, and what was typed into a document again.

What stands in a form is a ``Typed``: by field name a text, for a week the texts by weekday, for
rows a list of such. What a document holds besides the form's fields stays as it was.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.editing.kind_fields import MOST_ROWS, Field
from console.editing.kind_values import Wrong, shown, stored, week_shown, week_stored
from izin.office_periods import WEEKDAYS

Typed = dict[str, Any]
Allowed = Callable[[Field], Iterable[str]]
"""Gives the codes one may choose in a field."""

OF = "_of"
"""Names, in a row, the place it had in the document it was shown from."""

_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class Read:
    """A document as it was typed; ``wrong`` maps a form field's name to a code of ``Wrong``."""

    document: Any
    wrong: Mapping[str, str]


def typed_of(fields: Sequence[Field], document: Any) -> Typed:
    """Give what a form shows of a document."""
    found: Typed = {}
    for item in fields:
        value = _at(document, item.path)
        if item.type == "rows":
            found[item.name] = [
                {**typed_of(item.fields, _by_name(item, row)), OF: str(number)}
                for number, row in enumerate(value or ())
            ]
        elif item.type == "week":
            found[item.name] = week_shown(item, value)
        elif item.type == "days":
            found[item.name] = {day: "1" if day in (value or ()) else "" for day in WEEKDAYS}
        else:
            found[item.name] = shown(item, value)
    return found


def typed_in(fields: Sequence[Field], form: Mapping[str, str], prefix: str = "") -> Typed:
    """Give what was typed, from the names and values of a form that was sent."""
    found: Typed = {}
    for item in fields:
        name = f"{prefix}{item.name}"
        if item.type == "rows":
            found[item.name] = [
                {
                    **typed_in(item.fields, form, f"{name}.{number}."),
                    OF: form.get(f"{name}.{number}.{OF}", ""),
                }
                for number in _numbers(form, name)
            ]
        elif item.type == "week":
            found[item.name] = {str(day): form.get(f"{name}.{day}", "") for day in range(7)}
        elif item.type == "days":
            found[item.name] = {day: form.get(f"{name}.{day}", "") for day in WEEKDAYS}
        else:
            found[item.name] = form.get(name, "")
    return found


def read(
    fields: Sequence[Field], typed: Typed, base: Any, allowed: Allowed, prefix: str = ""
) -> Read:
    """Give the document that was typed over ``base``, with what is wrong in it."""
    document = copy.deepcopy(base) if isinstance(base, dict) else {}
    wrong: dict[str, str] = {}
    for item in fields:
        name = f"{prefix}{item.name}"
        try:
            value = _value(item, typed[item.name], _at(base, item.path), allowed, name, wrong)
        except Wrong as error:
            wrong[name] = error.code
            continue
        _put(document, item, value)
    return Read(document, wrong)


def blank(fields: Sequence[Field]) -> Typed:
    """Give an empty row."""
    return typed_in(fields, {})


def is_blank(typed: Typed) -> bool:
    """Say whether nothing was typed into a row; a tick alone is nothing."""
    for name, value in typed.items():
        if isinstance(value, list):
            if any(not is_blank(row) for row in value):
                return False
        elif isinstance(value, dict):
            if any(text.strip() not in ("", "1") for text in value.values()):
                return False
        elif name != OF and value.strip() not in ("", "1"):
            return False
    return True


def _value(
    item: Field, typed: Any, base: Any, allowed: Allowed, name: str, wrong: dict[str, str]
) -> Any:
    if item.type == "week":
        week, days = week_stored(item, typed)
        wrong.update({f"{name}.{day}": code for day, code in days.items()})
        return week
    if item.type == "days":
        return [day for day in WEEKDAYS if typed[day]]
    if item.type == "rows":
        return _rows(item, typed, base, allowed, name, wrong)
    value = stored(item, typed)
    if item.type == "choice" and value and value not in set(allowed(item)):
        raise Wrong("choice")
    return value


def _rows(
    item: Field, typed: list[Typed], base: Any, allowed: Allowed, name: str, wrong: dict[str, str]
) -> list[Any]:
    rows = []
    before = base if isinstance(base, list) else []
    for number, row in enumerate(typed):
        if is_blank(row):
            continue
        place = int(row[OF]) if _NUMBER.fullmatch(row.get(OF, "")) else len(before)
        old = _by_name(item, before[place]) if place < len(before) else {}
        found = read(item.fields, row, old, allowed, f"{name}.{number}.")
        wrong.update(found.wrong)
        if not found.wrong:
            rows.append(_as_stored(item, found.document))
    if not rows and item.required and not any(key.startswith(f"{name}.") for key in wrong):
        raise Wrong("empty")
    if len(rows) > min(item.longest, MOST_ROWS):
        raise Wrong("many")
    return rows


def _by_name(item: Field, row: Any) -> Any:
    if item.stored == "only":
        return {item.fields[0].path: row}
    if item.stored == "row":
        return {one.path: value for one, value in zip(item.fields, row, strict=False)}
    return row


def _as_stored(item: Field, row: dict[str, Any]) -> Any:
    if item.stored == "only":
        return row[item.fields[0].path]
    if item.stored == "row":
        return [row[one.path] for one in item.fields]
    return row


def _at(document: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(document, Mapping) or part not in document:
            return None
        document = document[part]
    return document


def _put(document: dict[str, Any], item: Field, value: Any) -> None:
    *outer, last = item.path.split(".")
    empty = value is None or value in ("", [], {}) or (value is False and item.type == "check")
    for part in outer:
        if not isinstance(document.get(part), dict):
            if empty:
                return
            document[part] = {}
        document = document[part]
    if not empty or (last in document and item.kept_empty):
        document[last] = value
    else:
        document.pop(last, None)


def _numbers(form: Mapping[str, str], name: str) -> list[int]:
    start = f"{name}."
    found = {
        int(first)
        for first in (key[len(start) :].partition(".")[0] for key in form if key.startswith(start))
        if _NUMBER.fullmatch(first)
    }
    return sorted(found)[: MOST_ROWS + 1]
