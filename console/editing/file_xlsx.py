"""Workbooks that people bring: looked through before they are opened, then read row by row."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from izin.content_imports import FileProblem
from izin.storage.content_files.grids import Grid, RawCell, Unusable

MOST_BYTES_UNPACKED = 160 * 1024 * 1024
MOST_FILES = 400
MOST_COLUMNS = 120
LAST_ROW = 60_000
"""A sheet whose rows go on below this is no list of content."""

_CHUNK = 1 << 20
_NO_XML = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T|<\x00?!\x00?E\x00?N\x00?T", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3}\d{1,7})")
_OVERLAP = 200
_ODD = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/")
_CODE = ("vbaproject.bin", "xl/macrosheets/")
_SHEETS = "xl/worksheets/"


class RefusedFile(Exception):
    """A file that is not read at all; ``problem`` says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.problem = FileProblem(code, values=values)


def safe_archive(content: bytes) -> zipfile.ZipFile:
    """Give an archive that unpacks to no more than we can bear.

    Raises:
        RefusedFile: It is broken, encrypted, or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise RefusedFile("broken") from error
    if len(members) > MOST_FILES or sum(m.file_size for m in members) > MOST_BYTES_UNPACKED:
        raise RefusedFile("bomb")
    if any(member.flag_bits & 1 for member in members):
        raise RefusedFile("password")
    return archive


def unpacked(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """Give a member's content in pieces, and not one byte more than ``most``.

    Raises:
        RefusedFile: It is broken, or holds more than ``most``.
    """
    taken = 0
    try:
        with archive.open(name) as stream:
            while piece := stream.read(_CHUNK):
                taken += len(piece)
                if taken > most:
                    raise RefusedFile("bomb")
                yield piece
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise RefusedFile("broken") from error
    except Exception as error:
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            raise RefusedFile("broken") from error
        raise


def xlsx_grids(content: bytes) -> tuple[list[Grid], list[FileProblem]]:
    """Give a workbook's sheets, and its merged cells as problems.

    Formulas are never calculated and nothing outside is fetched.

    Raises:
        RefusedFile: It is broken, holds code, links or entities, or unpacks to too much.
    """
    from openpyxl import load_workbook

    merged = _looked_through(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we do not read
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            pages = [page for page in book.worksheets if page.sheet_state == "visible"]
    except Exception as error:  # the library raises whatever a broken part leads to
        raise RefusedFile("broken") from error
    problems = [
        FileProblem("merged", page.title, row, values={"cells": cells})
        for page in pages
        for row, cells in merged.get(_path_of(page), ())
    ]
    return [Grid(page.title, _rows(page)) for page in pages], problems


def _path_of(page: Any) -> str:
    return str(getattr(page, "_worksheet_path", "")).lstrip("/").lower()


def _looked_through(content: bytes) -> dict[str, list[tuple[int, str]]]:
    """Give the merged cells by member; refuses what has no place in a list of content."""
    archive = safe_archive(content)
    names = [name for name in archive.namelist() if not name.endswith("/")]
    folded = [name.lower() for name in names]
    if not any(name == "xl/workbook.xml" for name in folded):
        raise RefusedFile("no_workbook")
    if any(name.startswith(_ODD) for name in folded):
        raise RefusedFile("links")
    if any(part in name for name in folded for part in _CODE):
        raise RefusedFile("macros")
    left = MOST_BYTES_UNPACKED
    merged: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        before = b""
        for piece in unpacked(archive, name, left):
            left -= len(piece)
            window = before + piece
            if name.lower().endswith((".xml", ".rels")) and _NO_XML.search(window):
                raise RefusedFile("entities")
            if name.lower().startswith(_SHEETS):
                found = merged.setdefault(name.lower(), [])
                for match in _MERGED.finditer(window):
                    cells = f"{match[1].decode()}{match[2].decode()}:{match[3].decode()}"
                    if (int(match[2]), cells) not in found and len(found) < 200:
                        found.append((int(match[2]), cells))
            before = piece[-_OVERLAP:]
    return merged


def _rows(page: Any) -> Iterator[tuple[int, Sequence[RawCell]]]:
    page.reset_dimensions()  # some programs write wrong ones
    try:
        for number, row in enumerate(page.iter_rows(), 1):
            if number > LAST_ROW:
                yield number, (Unusable("row_too_far"),)
                return
            yield number, [_value(cell) for cell in row[:MOST_COLUMNS]]
    except Exception as error:
        if isinstance(error, RefusedFile):
            raise
        raise RefusedFile("broken") from error


def _value(cell: Any) -> RawCell:
    value = cell.value
    if cell.data_type == "f":
        return Unusable("formula")
    if cell.data_type == "e":
        return Unusable("failed_formula")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
