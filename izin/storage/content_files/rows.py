"""Documents as rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from izin.content import StoredItem
from izin.storage.content_files.cells import Cell, written
from izin.storage.content_files.tables import (
    DETAILS,
    DETAILS_TABLE,
    LAYOUTS,
    LIVE,
    Layout,
    Table,
)

Rows = list[list[Cell]]

_SPECIAL = re.compile(r"([.\[\]\\])")
_STEP = re.compile(r"\[(\d{1,6})\]|(?:^|\.)((?:\\.|[^.\[\]\\])*)")

EMPTY_FIELDS: Mapping[str, Any] = {"questions": [], "location": None}
"""What a field in ``details`` is without any row; of all others it is an empty mapping."""


def rows_of(items: Mapping[str, Sequence[StoredItem]]) -> dict[str, tuple[Table, Rows]]:
    """Give the tables of items by kind; the table of details comes last."""
    found: dict[str, tuple[Table, Rows]] = {}
    details: Rows = []
    for kind, layout in LAYOUTS.items():
        if kind not in items:
            continue
        tables = ((layout.main,) if layout.main else ()) + layout.parts
        for table in tables:
            found[table.name] = (table, [])
        for item in items[kind]:
            fields = as_fields(layout, item.document)
            if layout.main:
                found[layout.main.name][1].append(_main_row(layout.main, fields, item.live))
            for part in layout.parts:
                found[part.name][1].extend(_part_rows(part, item.item.key, fields))
            details.extend(_detail_rows(layout, item.item.key, fields))
    if any(LAYOUTS[kind].loose for kind in items):
        found[DETAILS] = (DETAILS_TABLE, details)
    return found


def as_fields(layout: Layout, document: Any) -> Mapping[str, Any]:
    """Give a document by its fields; of a pair by the names of its two parts."""
    if layout.pair:
        return dict(zip(layout.pair, document, strict=True))
    fields: Mapping[str, Any] = document
    return fields


def at(fields: Mapping[str, Any], path: str) -> Any:
    """Give what stands at a path of names, or None."""
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give every text, number, truth and emptiness within a value, with its path."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            escaped = _SPECIAL.sub(r"\\\1", str(name))
            yield from leaves(inner, f"{path}.{escaped}" if path else escaped)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value, 1):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def grown(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Give the mapping that ``leaves`` with these paths came from.

    Raises:
        ValueError: A path cannot be read, or two cannot stand beside one another; its
            argument is the path.
    """
    root: dict[str, Any] = {}
    for path, value in rows:
        steps = path_steps(path)
        inner: Any = root
        for step, after in zip(steps, [*steps[1:], None], strict=True):
            _fitting(inner, step, path)
            if after is None:
                if step in inner:
                    raise ValueError(path)
                inner[step] = value
            else:
                made: dict[Any, Any] = {}
                inner = inner.setdefault(step, made)
    return {str(name): _listed(value, str(name)) for name, value in root.items()}


def path_steps(path: str) -> list[str | int]:
    """Give the names and places of a path.

    Raises:
        ValueError: It cannot be read; its argument is the path.
    """
    steps: list[str | int] = []
    end = 0
    for match in _STEP.finditer(path):
        if match.start() != end or (end == len(path) and steps):
            break
        steps.append(int(match[1]) if match[1] else re.sub(r"\\(.)", r"\1", match[2]))
        end = match.end()
    if end != len(path) or not steps or not isinstance(steps[0], str):
        raise ValueError(path)
    return steps


def _fitting(inner: Any, step: str | int, path: str) -> None:
    if not isinstance(inner, dict) or any(type(known) is not type(step) for known in inner):
        raise ValueError(path)


def _listed(value: Any, path: str) -> Any:
    """Give a mapping whose keys are places as the list it stands for."""
    if not isinstance(value, dict) or not value:
        return value
    inner = {key: _listed(one, path) for key, one in value.items()}
    if not all(isinstance(key, int) for key in inner):
        return inner
    if sorted(inner) != list(range(1, len(inner) + 1)):
        raise ValueError(path)
    return [inner[number] for number in range(1, len(inner) + 1)]


def _main_row(table: Table, fields: Mapping[str, Any], live: bool) -> list[Cell]:
    return [
        written(live if column.name == LIVE else at(fields, column.name), column)
        for column in table.columns
    ]


def _part_rows(table: Table, key: str, fields: Mapping[str, Any]) -> Iterator[list[Cell]]:
    first, *columns = table.columns
    for part in at(fields, table.part) or ():
        if table.scalar:
            values = [part]
        elif table.pair:
            values = list(part)
        else:
            values = [at(part, column.name) for column in columns]
        cells = [written(value, column) for value, column in zip(values, columns, strict=True)]
        yield [written(key, first), *cells]


def _detail_rows(layout: Layout, key: str, fields: Mapping[str, Any]) -> Iterator[list[Cell]]:
    kind, of_key, path_column, leaf = DETAILS_TABLE.columns
    for name in layout.loose:
        value = at(fields, name)
        if value is None or value == EMPTY_FIELDS.get(name, {}):
            continue
        for path, inner in leaves(value, name):
            yield [
                written(layout.kind, kind), written(key, of_key), written(path, path_column),
                written(inner, leaf),
            ]  # fmt: skip
