"""Sheets as files that Excel, LibreOffice and programs open."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.sheets import Kind, Sheet, Value, harmless, plain

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMATS: dict[Kind, str] = {
    "whole": "#,##0", "decimal": "#,##0.0", "exact": "#,##0.00", "percent": '0.0"%"',
    "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm",
}  # fmt: skip
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_LONGEST_TITLE = 31


def csv_file(sheet: Sheet, about: Sequence[tuple[str, str]], zone: ZoneInfo) -> bytes:
    """Give a CSV: what it is about, an empty line, the headers, the rows.

    With semicolons and decimal commas, as Indonesian spreadsheets read it; dates are ISO.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    for name, value in about:
        writer.writerow([harmless(name), harmless(value)])
    writer.writerow([])
    writer.writerow([harmless(column.title) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow(
            [
                _text(plain(value, column.kind, zone))
                for value, column in zip(row, sheet.columns, strict=True)
            ]
        )
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def xlsx_file(sheets: Sequence[Sheet], about: Sequence[tuple[str, str]], zone: ZoneInfo) -> bytes:
    """Give a workbook with a page for each sheet; numbers and dates are such."""
    # Only whoever downloads a workbook pays for the library's memory.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    bold = Font(bold=True)
    taken: set[str] = set()

    def cell(page: Any, value: Value, kind: Kind = "text", font: Any = None) -> Any:
        made = WriteOnlyCell(page, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula, whatever it begins with
        elif kind in _FORMATS:
            made.number_format = _FORMATS[kind]
        if font is not None:
            made.font = font
        return made

    for sheet in sheets:
        page = book.create_sheet(_title(sheet.title, taken))
        page.freeze_panes = f"A{len(about) + 3}"
        for number, column in enumerate(sheet.columns):
            wide = 28 if number == 0 else max(12, min(24, len(column.title) + 2))
            page.column_dimensions[_letters(number)].width = wide
        for name, value in about:
            page.append([cell(page, harmless(name), font=bold), cell(page, harmless(value))])
        page.append([])
        page.append([cell(page, harmless(column.title), font=bold) for column in sheet.columns])
        for row in sheet.rows:
            page.append(
                [
                    cell(page, plain(value, column.kind, zone), column.kind)
                    for value, column in zip(row, sheet.columns, strict=True)
                ]
            )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _title(title: str, taken: set[str]) -> str:
    short = _NO_TITLE.sub(" ", title)[:_LONGEST_TITLE].strip()
    number = 2
    unique = short
    while unique.casefold() in taken:
        unique = f"{short[: _LONGEST_TITLE - 3]} {number}"
        number += 1
    taken.add(unique.casefold())
    return unique


def _letters(number: int) -> str:
    return chr(65 + number) if number < 26 else _letters(number // 26 - 1) + chr(65 + number % 26)


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if abs(value) < 1e6 else f"{value:.2f}"
    return str(value)
