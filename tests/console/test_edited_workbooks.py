"""Workbooks come back as people leave them: respaced, with columns and rows of their own."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from console.editing.file_reading import FileReader, ReadFile
from console.editing.file_writing import ContentWriter
from izin.content_imports import ItemState, plan
from izin.wording import Wording
from tests.storage.test_content_files import DATA, Items, Room, of_seed

WORDING = Wording()
Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def stored() -> Items:
    return of_seed(DATA)


def read_edited(stored: Items, edit: Edit) -> ReadFile:
    some = {kind: stored[kind] for kind in ("faq", "fee_table", "place")}
    book = load_workbook(io.BytesIO(ContentWriter(WORDING).workbook(some)))
    for page in book.worksheets[1:]:
        edit(page)
    stream = io.BytesIO()
    book.save(stream)
    return FileReader(Room(stored), WORDING).read("isi.xlsx", stream.getvalue())  # type: ignore[arg-type]


def respaced(page: Any) -> None:
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = f"\u00a0{cell.value.replace(chr(10), chr(13) + chr(10))}  "


def more_rows(page: Any) -> None:
    page.insert_rows(3)
    page.insert_rows(1)
    page.cell(page.max_row + 5, 1).value = "   "


def turned(page: Any) -> None:
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(reversed(row), 1):
            page.cell(number, column).value = value


def more_columns(page: Any) -> None:
    page.insert_cols(2)
    page.cell(4, 2).value = "catatan saya"


def as_texts(page: Any) -> None:
    for row in page.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, float):
                cell.value = str(cell.value).replace(".", ",")
            elif isinstance(cell.value, int) and not isinstance(cell.value, bool):
                cell.value = str(cell.value)
            elif cell.is_date:
                cell.value = f"{cell.value:%d/%m/%Y}"


@pytest.mark.parametrize("edit", [respaced, more_rows, turned, more_columns, as_texts])
def test_what_says_the_same_changes_nothing(stored: Items, edit: Edit) -> None:
    found = read_edited(stored, edit)
    assert found.problems == []
    assert {one.state for one in plan(found.items, stored)} == {ItemState.SAME}


def test_numbers_of_which_one_cannot_be_sure_are_asked_for(stored: Items) -> None:
    def with_points(page: Any) -> None:
        for row in page.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, float):
                    cell.value = str(cell.value)

    found = read_edited(stored, with_points)
    assert {problem.code for problem in found.problems} == {"two_numbers"}
    assert "1,135 atau 1135" in WORDING.say("files.problem.two_numbers", **found.problems[0].values)


def test_a_column_of_ones_own_with_a_title_is_named(stored: Items) -> None:
    def noted(page: Any) -> None:
        page.cell(1, page.max_column + 1).value = "Catatan saya"

    found = read_edited(stored, noted)
    assert {(one.code, one.column) for one in found.problems} == {
        ("unknown_column", "Catatan saya")
    }
