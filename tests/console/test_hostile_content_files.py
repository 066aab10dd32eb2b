"""Files that are broken, hostile or too large are refused with a sentence, and cheaply."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from console.editing.file_reading import FileReader, ReadFile
from console.editing.file_writing import ContentWriter
from izin.content import ItemName, StoredItem
from izin.content_imports import MOST_ROWS, FileProblem
from izin.wording import Wording

WORDING = Wording()
HEADINGS = ["Tanggal", "Nama", "Jenis", "Tampil"]
DAY = StoredItem(
    ItemName("holiday", "2026-08-17"),
    {"day": "2026-08-17", "name": "Proklamasi", "kind": "libur_nasional"},
    True,
)


class Room:
    """Holds one holiday."""

    def __init__(self, *items: StoredItem) -> None:
        self._items = items or (DAY,)

    def items(self, kind: str) -> Sequence[StoredItem]:
        return [item for item in self._items if item.item.kind == kind]


def read(content: bytes, name: str = "isi.xlsx", *items: StoredItem) -> ReadFile:
    return FileReader(Room(*items), WORDING).read(name, content)


def codes(found: ReadFile) -> list[str]:
    for problem in found.problems:
        said = WORDING.say(f"files.problem.{problem.code}", **problem.values)
        assert said.strip()
    return [problem.code for problem in found.problems]


def book(*rows: Sequence[Any], title: str = "Hari libur") -> bytes:
    made = Workbook()
    page = made.active
    page.title = title
    for row in (HEADINGS, *rows):
        page.append(list(row))
    return saved(made)


def saved(made: Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def with_member(content: bytes, name: str, inner: bytes) -> bytes:
    """Give an archive with one member replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, inner)
    return stream.getvalue()


GOOD = book(["17/8/2026", "Proklamasi", "libur nasional", "ya"])
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><worksheet>&b;</worksheet>'


def test_a_good_workbook_is_read() -> None:
    found = read(GOOD)
    assert codes(found) == [] and found.items[0].document == DAY.document


def bomb() -> bytes:
    return with_member(GOOD, "xl/media/image1.xml", b"\0" * (200 << 20))


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "isi.xlsx", "empty_file"),
        (b"  \r\n", "isi.csv", "empty_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "isi.xlsx", "old_xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "isi.xlsx",
            "password",
        ),
        (b"%PDF-1.7 ...", "isi.xlsx", "wrong_type"),
        (b"<html><table></table></html>", "isi.xls", "wrong_type"),
        (b"PK\x03\x04 not really", "isi.xlsx", "broken"),
        (GOOD[: len(GOOD) // 2], "isi.xlsx", "broken"),
        (with_member(GOOD, "xl/vbaProject.bin", b"x"), "isi.xlsm", "macros"),
        (with_member(GOOD, "xl/externalLinks/externalLink1.xml", b"<a/>"), "isi.xlsx", "links"),
        (with_member(GOOD, "xl/connections.xml", b"<a/>"), "isi.xlsx", "links"),
        (with_member(GOOD, SHEET, LAUGHS), "isi.xlsx", "entities"),
        (with_member(GOOD, SHEET, LAUGHS.decode().encode("utf-16-le")), "isi.xlsx", "entities"),
        (with_member(GOOD, SHEET, b"<worksheet><sheetData><row>"), "isi.xlsx", "broken"),
        (with_member(GOOD, "mimetype", b"x").replace(b"[Content_Types]", b"[Content_Typez]"),
         "isi.ods", "ods"),
        (bytes(range(256)) * 40, "isi.csv", "encoding"),
        (b"\x01\x02\x03 bukan teks", "isi.csv", "no_text"),
        (b"Tanggal;Nama\r\n2026-01-01;\"a\r\n", "isi.csv", "broken_csv"),
        (b"\xef\xbb\xbfTanggal;Nama\r\n\xff\xfe;x\r\n", "isi.csv", "encoding"),
        (b"satu;dua\r\n1;2\r\n", "isi.csv", "unknown_sheet"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_reason(content: bytes, name: str, code: str) -> None:
    found = read(content, name)
    assert codes(found)[0] == code and not found.items


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert codes(read(bomb())) == ["bomb"]


def test_a_member_that_lies_about_its_size_is_not_unpacked() -> None:
    content = bytearray(bomb())
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + place : at + place + 4] = (100).to_bytes(4, "little")
    assert codes(read(bytes(content))) in (["broken"], ["bomb"])


def test_a_zip_of_data_files_cannot_write_outside() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../../faq/jahat.yml", "topic: x")
        archive.writestr("/etc/jahat.yml", "topic: x")
    found = read(stream.getvalue(), "data.zip")
    assert codes(found) and set(codes(found)) == {"data_file"}
    assert not any("jahat" in problem.sheet for problem in found.problems)


def test_formulas_and_failed_formulas_are_errors_with_their_place() -> None:
    made = Workbook()
    page = made.active
    page.title = "Hari libur"
    page.append(HEADINGS)
    page.append(["2026-08-17", '=HYPERLINK("http://jahat.example","klik")', "daerah", "ya"])
    page.append(["2026-08-18", "#REF!", "daerah", "ya"])
    page["B3"].data_type = "e"
    found = read(saved(made))
    assert [(p.code, p.row, p.column) for p in found.problems] == [
        ("formula", 2, "Nama"), ("failed_formula", 3, "Nama"),
    ]  # fmt: skip


def test_too_many_rows_are_refused_with_a_number() -> None:
    lines = "\r\n".join(f"{number};x" for number in range(MOST_ROWS + 50))
    found = read(f"Tanggal;Nama\r\n{lines}".encode(), "Hari libur.csv")
    assert "too_many_rows" in codes(found)


def test_a_row_at_the_end_of_the_world_is_an_error() -> None:
    row = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        sheet = archive.read(SHEET).replace(b"</sheetData>", row)
    assert "row_too_far" in codes(read(with_member(GOOD, SHEET, sheet)))


@pytest.mark.parametrize(
    "text", ["=1+1", "+62 812", "-5", "@SUM(A1)", "'=x", " =x", "|calc", "a\n=b"]
)
def test_texts_that_look_like_formulas_go_out_harmless_and_come_back(text: str) -> None:
    item = StoredItem(DAY.item, {**DAY.document, "name": text}, True)
    writer = ContentWriter(WORDING)
    items = {"holiday": [item]}
    for content, name in (
        (writer.workbook(items), "isi.xlsx"),
        (writer.single(items, "holiday"), "isi.csv"),
        (writer.archive(items), "isi.zip"),
    ):
        found = read(content, name, item)
        assert codes(found) == [] and found.items[0].document == item.document
    line = writer.single(items, "holiday").decode("utf-8-sig").split("\r\n")[1]
    assert not line.split(";")[1].strip('"').lstrip().startswith(("=", "+", "-", "@", "|"))


def test_a_text_too_long_for_a_cell_stays_as_it_is() -> None:
    item = StoredItem(DAY.item, {**DAY.document, "name": "panjang " * 5000 + "."}, True)
    found = read(ContentWriter(WORDING).workbook({"holiday": [item]}), "isi.xlsx", item)
    assert codes(found) == [] and found.items[0].document == item.document


def test_dates_and_numbers_of_a_spreadsheet_are_understood() -> None:
    found = read(book([date(2026, 10, 5), 2026, "daerah", True]))
    assert codes(found) == []
    assert found.items[0].document == {"day": "2026-10-05", "name": "2026", "kind": "daerah"}


def test_a_problem_of_the_whole_file_has_no_row() -> None:
    assert read(b"").problems == [FileProblem("empty_file")]
