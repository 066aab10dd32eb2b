"""Sheets as they come out of a file, and their headings as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from izin.content_imports import MOST_ROWS, FileProblem
from izin.storage.content_files.cells import KEPT, LONGEST_CELL, Cell, Unreadable, read
from izin.storage.content_files.tables import TABLES, Column, Table

_HEADING_WITHIN = 20
"""Rows: above the headings there may be a title of the office's own."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell that holds no value: a formula, or what a formula failed with."""

    code: str


RawCell = Cell | Unusable


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet of a file.

    Attributes:
        title: Of the sheet, or the name of a CSV file.
        rows: (row number from 1, cells); rows without content may be left out.
        guess: The title says nothing: the headings tell which table it is.
    """

    title: str
    rows: Iterable[tuple[int, Sequence[RawCell]]]
    guess: bool = False


class TableWords(Protocol):
    """Titles of tables, columns and choices, as people read them."""

    def table(self, name: str) -> str:
        """Give a table's title."""
        ...

    def column(self, table: str, name: str) -> str:
        """Give a column's title."""
        ...

    def choice(self, value: str) -> str:
        """Give the word for a choice."""
        ...


@dataclass(slots=True)
class ReadTable:
    """A sheet's rows as values.

    Attributes:
        table: Which one it is.
        title: Of its sheet.
        columns: By name, those that the sheet has.
        rows: (row number, values by column name, columns that could not be read).
    """

    table: Table
    title: str
    columns: Mapping[str, Column]
    rows: list[tuple[int, dict[str, Any], frozenset[str]]] = field(default_factory=list)


class GridReader:
    """Reads grids one by one and remembers every problem met on the way."""

    def __init__(self, words: TableWords, ignored: frozenset[str] = frozenset()) -> None:
        """Take the titles, and (casefolded) titles of sheets to pass over."""
        self._words = words
        self._ignored = ignored
        self._titles = {_folded(words.table(name)): table for name, table in TABLES.items()}
        self._titles |= {_folded(name): table for name, table in TABLES.items()}
        self._choices = {
            _folded(words.choice(value)): value
            for table in TABLES.values()
            for column in table.columns
            for value in column.choices
        }
        self.problems: list[FileProblem] = []
        self.notes: list[FileProblem] = []
        self.count = 0

    def read(self, grid: Grid) -> ReadTable | None:
        """Give a sheet's values; None when it cannot be read at all, or is to be passed over."""
        title = grid.title
        if _folded(title) in self._ignored:
            return None
        rows = iter(grid.rows)
        heading = _heading(rows)
        table = self._titles.get(_folded(title))
        if table is None and grid.guess and heading:
            table = self._guessed(heading[1])
        if heading is None:
            if table is None and not grid.guess:
                return None  # an empty sheet such as spreadsheets add by themselves
            self._wrong("empty", title)
            return None
        if table is None:
            self._wrong("unknown_sheet", title)
            return None
        places = self._places(table, title, *heading)
        if places is None:
            return None
        found = ReadTable(table, title, {column.name: column for column, _ in places})
        for number, cells in rows:
            if all(_blank(cell) for cell in cells):
                continue
            self.count += 1
            if self.count > MOST_ROWS:
                self._wrong("too_many_rows", title, values={"most": MOST_ROWS})
                break
            found.rows.append(self._row(found, number, cells, places))
        return found

    def _guessed(self, heading: Sequence[RawCell]) -> Table | None:
        titles = {_folded(cell) for cell in heading if isinstance(cell, str)}
        best: tuple[int, Table] | None = None
        for table in TABLES.values():
            known = {self._title(table, column) for column in table.columns}
            first = self._title(table, table.columns[0])
            fits = 2 * len(titles & known) - len(known) - len(titles - known)
            if first in titles and (best is None or fits > best[0]):
                best = (fits, table)
        return best[1] if best else None

    def _places(
        self, table: Table, title: str, row: int, heading: Sequence[RawCell]
    ) -> list[tuple[Column, int]] | None:
        by_title = {self._title(table, column): column for column in table.columns}
        by_title |= {column.name: column for column in table.columns}
        places: list[tuple[Column, int]] = []
        before = len(self.problems)
        for place, cell in enumerate(heading):
            if _blank(cell):
                continue
            column = by_title.get(_folded(cell)) if isinstance(cell, str) else None
            if column is None:
                self._wrong("unknown_column", title, row, _shown(cell))
            elif any(known is column for known, _ in places):
                self._wrong("column_twice", title, row, _shown(cell))
            else:
                places.append((column, place))
        here = {column.name for column, _ in places}
        for column in table.columns:
            if column.name in here:
                continue
            # Rows of a list replace it as a whole, so they must say everything.
            wanted = column.required or table.part
            note = FileProblem("missing_column" if wanted else "column_kept", title, row,
                               self._words.column(table.name, column.name))  # fmt: skip
            (self.problems if wanted else self.notes).append(note)
        return places if len(self.problems) == before else None

    def _row(
        self, found: ReadTable, number: int, cells: Sequence[RawCell],
        places: Sequence[tuple[Column, int]],
    ) -> tuple[int, dict[str, Any], frozenset[str]]:  # fmt: skip
        values: dict[str, Any] = {}
        broken: set[str] = set()
        for column, place in places:
            cell = cells[place] if place < len(cells) else None
            if cell == KEPT:
                continue
            try:
                values[column.name] = self._value(cell, column)
            except Unreadable as error:
                broken.add(column.name)
                self._wrong(
                    error.code, found.title, number,
                    self._words.column(found.table.name, column.name), error.values,
                )  # fmt: skip
        return number, values, frozenset(broken)

    def _value(self, cell: RawCell, column: Column) -> Any:
        if isinstance(cell, Unusable):
            raise Unreadable(cell.code)
        if isinstance(cell, str) and len(cell) > 2 * LONGEST_CELL:
            raise Unreadable("too_long", most=LONGEST_CELL)
        value = read(cell, column)
        if column.required and (value is None or value == ""):
            raise Unreadable("needed")
        if column.kind == "choice" and value is not None:
            value = self._choices.get(_folded(value), value)
            if value not in column.choices:
                known = ", ".join(self._words.choice(one) for one in column.choices)
                raise Unreadable("no_choice", value=str(value)[:60], known=known)
        return value

    def _title(self, table: Table, column: Column) -> str:
        return _folded(self._words.column(table.name, column.name))

    def _wrong(
        self, code: str, sheet: str, row: int | None = None, column: str = "",
        values: Mapping[str, str | int] | None = None,
    ) -> None:  # fmt: skip
        self.problems.append(FileProblem(code, sheet, row, column, values or {}))


def _heading(
    rows: Iterator[tuple[int, Sequence[RawCell]]],
) -> tuple[int, Sequence[RawCell]] | None:
    for number, cells in rows:
        if sum(not _blank(cell) for cell in cells) > 1:
            return number, cells
        if number >= _HEADING_WITHIN:
            break
    return None


def _blank(cell: RawCell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _folded(text: object) -> str:
    return " ".join(str(text).casefold().split()).rstrip("*").strip()


def _shown(cell: RawCell) -> str:
    return str(cell)[:60] if not isinstance(cell, Unusable) else "?"
