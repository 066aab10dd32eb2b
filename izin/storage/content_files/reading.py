"""Items from the tables of a file, on top of what is in force."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from izin import content
from izin.content import ItemName, StoredItem
from izin.content_imports import FileProblem, ImportedItem
from izin.errors import InvalidInput
from izin.storage.content_files.grids import ReadTable, TableWords
from izin.storage.content_files.rows import EMPTY_FIELDS, as_fields, at, grown, path_steps
from izin.storage.content_files.tables import DETAILS, LAYOUTS, LIVE, Column, Layout, Table
from izin.storage.content_kinds import CONTENT_KINDS

Stored = Mapping[str, Mapping[str, StoredItem]]
"""Items in force by kind and key."""

_REFERRED = {
    (content.FAQ, "permits"): content.PERMIT,
    (content.AMBIGUOUS_TERM, "codes"): content.PERMIT,
    (content.LEGACY_NAME, "code"): content.PERMIT,
    (content.ACTIVITY, "permits"): content.PERMIT,
    (content.PERMIT, "fee.calculator"): content.FEE_TABLE,
    (content.COMPLAINT_CATEGORY, "class_code"): content.COMPLAINT_CLASS,
}
"""Fields that name items of another kind."""


def kinds_of(tables: Sequence[ReadTable]) -> list[str]:
    """Give the kinds whose stored items are needed to understand these tables."""
    kinds = {table.table.kind for table in tables if table.table.kind}
    for table in tables:
        if table.table.name == DETAILS:
            kinds |= {str(row.get("item_kind")) for _, row, _ in table.rows} & set(LAYOUTS)
    needed = {other for (kind, _), other in _REFERRED.items() if kind in kinds}
    return [kind for kind in LAYOUTS if kind in kinds | needed]


@dataclass(slots=True)
class _Said:
    """What a file says of one item: row of its own, and rows of its parts."""

    row: tuple[str, int, dict[str, Any]] | None = None
    parts: dict[str, list[Any]] = field(default_factory=dict)
    details: list[tuple[str, Any]] = field(default_factory=list)
    place: tuple[str, int] = ("", 0)
    broken: bool = False


class Assembler:
    """Puts rows together; ``problems`` grows on the way."""

    def __init__(self, tables: Sequence[ReadTable], stored: Stored, words: TableWords) -> None:
        """Take every table of the file, and what is in force of ``kinds_of(tables)``."""
        self._tables = tables
        self._stored = stored
        self._words = words
        self._said: dict[ItemName, _Said] = {}
        self._parts_here = {table.table.name for table in tables}
        self.problems: list[FileProblem] = []

    def items(self) -> list[ImportedItem]:
        """Give every item that the file speaks of and that can be used."""
        for table in self._tables:
            if table.table.name == DETAILS:
                self._take_details(table)
            elif table.table.part:
                self._take_parts(table)
            else:
                self._take_main(table)
        items = []
        for name, said in self._said.items():
            item = self._item(name, said)
            if item is not None:
                items.append(item)
        self._look_at_references(items)
        order = list(LAYOUTS)
        return sorted(items, key=lambda item: order.index(item.item.kind))

    def _take_main(self, table: ReadTable) -> None:
        layout = LAYOUTS[table.table.kind]
        for number, row, broken in table.rows:
            key = self._key(layout, row)
            if broken.intersection(layout.key_columns):
                continue
            said = self._of(ItemName(layout.kind, key), table, number)
            if said.row is not None:
                column = (
                    layout.key_columns[-1] if layout.key_columns else table.table.columns[0].name
                )
                self._wrong("twice", table, number, column, key=key, first=said.row[1])
                continue
            said.row, said.place = (table.title, number, row), (table.title, number)
            said.broken = said.broken or bool(broken)

    def _take_parts(self, table: ReadTable) -> None:
        first, *columns = table.table.columns
        for number, row, broken in table.rows:
            if first.name in broken:
                continue
            said = self._of(ItemName(table.table.kind, row[first.name]), table, number)
            said.broken = said.broken or bool(broken)
            values = [_meant(row.get(column.name), column) for column in columns]
            part: Any = values
            if table.table.scalar:
                part = values[0]
            elif not table.table.pair:
                part = {column.name: value for column, value in zip(columns, values, strict=True)}
            said.parts.setdefault(table.table.part, []).append(part)

    def _take_details(self, table: ReadTable) -> None:
        for number, row, broken in table.rows:
            if broken:
                continue
            said = self._of(ItemName(row["item_kind"], row["item_key"]), table, number)
            try:
                path_steps(row["path"])
            except ValueError:
                said.broken = True
                self._wrong("path", table, number, "path", path=row["path"])
                continue
            said.details.append((row["path"], row.get("leaf")))

    def _of(self, name: ItemName, table: ReadTable, number: int) -> _Said:
        return self._said.setdefault(name, _Said(place=(table.title, number)))

    def _key(self, layout: Layout, row: dict[str, Any]) -> str:
        if layout.kind == content.OFFICE:
            return content.OFFICE
        if layout.kind == content.CANNED and not row.get("id"):
            named = f"{row.get('category')}/{row.get('title')}"
            row["id"] = str(uuid.uuid5(uuid.NAMESPACE_OID, named))
        return ":".join(str(row.get(name)) for name in layout.key_columns)

    def _item(self, name: ItemName, said: _Said) -> ImportedItem | None:
        layout = LAYOUTS[name.kind]
        known = self._stored.get(name.kind, {}).get(name.key)
        sheet, number = said.place
        if known is None and said.row is None:
            self.problems.append(
                FileProblem("unknown_item", sheet, number, values={"key": name.key})
            )
            return None
        if said.broken:
            return None
        fields = copy.deepcopy(dict(as_fields(layout, known.document))) if known else {}
        live = self._own_row(layout, fields, said)
        self._lists(layout, fields, said)
        try:
            self._loose(layout, fields, said)
            document: Any = [fields[part] for part in layout.pair] if layout.pair else fields
            if known is None or document != known.document:
                CONTENT_KINDS[name.kind].checked(name.key, document)
        except ValueError as error:
            self.problems.append(FileProblem("path", sheet, number, values={"path": str(error)}))
            return None
        except InvalidInput as error:
            self.problems.append(self._invalid(layout, sheet, number, error))
            return None
        return ImportedItem(name, document, live)

    def _own_row(self, layout: Layout, fields: dict[str, Any], said: _Said) -> bool | None:
        columns = layout.main.columns if layout.main else ()
        row = said.row[2] if said.row else {}
        for column in columns:
            if column.name == LIVE:
                continue
            if column.name in row:
                put(fields, column.name, _meant(row[column.name], column))
            elif at(fields, column.name) is None and said.row:
                put(fields, column.name, _meant(None, column))
        live: bool | None = row.get(LIVE)
        return bool(fields.get("active", True)) if "active" in row else live

    def _lists(self, layout: Layout, fields: dict[str, Any], said: _Said) -> None:
        for part in layout.parts:
            told = part.part in said.parts or (said.row and part.name in self._parts_here)
            if told or part.part not in fields:
                fields[part.part] = said.parts.get(part.part, [])

    def _loose(self, layout: Layout, fields: dict[str, Any], said: _Said) -> None:
        told = said.details or (said.row and DETAILS in self._parts_here)
        found = grown(said.details) if told else {}
        for name in layout.loose:
            missing = "." not in name and name not in fields
            if told or missing or at(fields, name) is None:
                value = at(found, name)
                empty = EMPTY_FIELDS.get(name, {})
                put(fields, name, copy.copy(empty) if value is None else value)

    def _invalid(self, layout: Layout, sheet: str, number: int, error: InvalidInput) -> FileProblem:
        path = error.field or ""
        tables: list[Table] = [layout.main] if layout.main else []
        parts = {part.part: part for part in layout.parts}
        first, _, rest = path.partition(".")
        if first in parts:
            tables, path = [parts[first]], rest.partition(".")[2]
        titles = [
            self._words.column(table.name, column.name)
            for table in tables
            for column in table.columns
            if path == column.name or path.startswith(f"{column.name}.")
        ]
        return FileProblem("unfit", sheet, number, titles[0] if titles else "",
                           {"field": error.field or "-"})  # fmt: skip

    def _look_at_references(self, items: Sequence[ImportedItem]) -> None:
        known = {(kind, key) for kind, of_kind in self._stored.items() for key in of_kind}
        known |= {(item.item.kind, item.item.key) for item in items}
        known |= {(name.kind, name.key) for name in self._said}
        for item in items:
            layout = LAYOUTS[item.item.kind]
            for (kind, path), other in _REFERRED.items():
                if kind != layout.kind:
                    continue
                value = at(as_fields(layout, item.document), path)
                for code in _codes(value):
                    if (other, code) not in known:
                        self._unknown(layout, item.item, path, code)

    def _unknown(self, layout: Layout, name: ItemName, path: str, code: str) -> None:
        sheet, number = self._said[name].place
        tables = [part for part in layout.parts if part.part == path]
        table = tables[0] if tables else layout.main
        column = "code" if tables else path
        title = self._words.column(table.name, column) if table else ""
        self.problems.append(
            FileProblem("unknown_code", sheet, number, title, {"code": code, "key": name.key})
        )

    def _wrong(
        self, code: str, table: ReadTable, row: int, column: str, **values: str | int
    ) -> None:
        title = self._words.column(table.table.name, column)
        self.problems.append(FileProblem(code, table.title, row, title, values))


def put(fields: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path of names; an optional part of ``apply_at`` that is empty is none."""
    *outer, last = path.split(".")
    for name in outer:
        fields = fields.setdefault(name, {})
    if value is None and outer == ["apply_at"]:
        fields.pop(last, None)
        return
    fields[last] = value


def _meant(value: Any, column: Column) -> Any:
    """Give what a value means; an empty cell means the column's own default."""
    return copy.copy(column.default) if value is None else value


def _codes(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one if isinstance(one, str) else one[0] for one in value or ()]
