"""Content as a workbook, or as CSV files in an archive."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from console.editing.file_words import FileWords
from izin.content import StoredItem
from izin.storage.content_files.cells import KEPT, LONGEST_CELL, Cell, number_text
from izin.storage.content_files.rows import Rows, rows_of
from izin.storage.content_files.tables import Column, Table
from izin.storage.content_files.zipped import zipped
from izin.wording import Wording

BOM = b"\xef\xbb\xbf"
_WIDE = {"text": 34, "list": 34, "leaf": 44, "day": 13, "whole": 13, "number": 13, "yes": 12}


class ContentWriter:
    """Writes items for people to fill in and bring back."""

    def __init__(self, wording: Wording) -> None:
        """Take the sentences."""
        self._wording = wording
        self._words = FileWords(wording)

    def workbook(self, items: Mapping[str, Sequence[StoredItem]]) -> bytes:
        """Give an XLSX: what the columns mean, then a sheet for each table."""
        # Only whoever downloads a workbook pays for the library's memory.
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font

        book = Workbook(write_only=True)
        bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        tables = rows_of(items)
        page = book.create_sheet(self._wording.say("files.guide"))
        page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 30
        page.column_dimensions["C"].width = 110
        for number, row in enumerate(self._guide(tables)):
            page.append([_cell(page, one, bold if number == 0 else None, wrapped) for one in row])
        for table, rows in tables.values():
            page = book.create_sheet(self._words.table(table.name))
            page.freeze_panes = "B2"
            for number, column in enumerate(table.columns):
                wide = 28 if number == 0 else _WIDE.get(column.kind, 20)
                page.column_dimensions[_letters(number)].width = wide
            page.append([_cell(page, self._heading(table, one), bold) for one in table.columns])
            for row in rows:
                page.append([_cell(page, one, None, wrapped) for one in self._shown(table, row)])
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def archive(self, items: Mapping[str, Sequence[StoredItem]]) -> bytes:
        """Give a ZIP with a CSV for each table that has rows."""
        return zipped(
            {
                f"{self._words.table(table.name)}.csv": self._csv(table, rows)
                for table, rows in rows_of(items).values()
                if rows
            }
        )

    def single(self, items: Mapping[str, Sequence[StoredItem]], name: str) -> bytes:
        """Give one table as CSV."""
        table, rows = rows_of(items)[name]
        return self._csv(table, rows)

    def _csv(self, table: Table, rows: Rows) -> bytes:
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow([self._heading(table, column) for column in table.columns])
        for row in rows:
            writer.writerow([_csv_text(one) for one in self._shown(table, row)])
        return BOM + stream.getvalue().encode()

    def _guide(self, tables: Mapping[str, tuple[Table, Rows]]) -> list[list[str]]:
        say = self._wording.say
        lines = [[say("files.guide.sheet"), say("files.guide.column"), say("files.guide.meaning")]]
        lines += [
            ["", "", say(f"files.guide.{name}"), ]
            for name in ("keep", "list", "formula", "missing", "details")
        ]  # fmt: skip
        for table, _ in tables.values():
            for column in table.columns:
                about = self._words.about(table.name, column.name)
                if column.choices and table.name != "details":
                    about += " " + ", ".join(self._words.choice(one) for one in column.choices)
                if column.required:
                    about += " " + say("files.guide.needed")
                lines.append(
                    [self._words.table(table.name), self._heading(table, column), about.strip()]
                )
        return lines

    def _heading(self, table: Table, column: Column) -> str:
        return self._words.column(table.name, column.name)

    def _shown(self, table: Table, row: Sequence[Cell]) -> list[Cell]:
        return [
            self._words.choice(cell) if column.choices and isinstance(cell, str) else cell
            for cell, column in zip(row, table.columns, strict=True)
        ]


def _cell(page: Any, value: Cell, font: Any = None, alignment: Any = None) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or value == "":
        return None
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        value = KEPT  # it would be cut; so it says that what is in force stays
    made = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        made.data_type = "s"  # never a formula, whatever it begins with
        if alignment is not None:
            made.alignment = alignment
    elif isinstance(value, date):
        made.number_format = "yyyy-mm-dd"
    if font is not None:
        made.font = font
    return made


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        return number_text(cell)
    return str(cell)


def _letters(number: int) -> str:
    return chr(65 + number) if number < 26 else _letters(number // 26 - 1) + chr(65 + number % 26)
