"""CSV files that people bring, from whatever program in whatever encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from console.editing.file_xlsx import RefusedFile
from izin.storage.content_files.grids import Grid, RawCell, Unusable

_DELIMITERS = (";", ",", "\t")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_LONGEST_FIELD = 1_000_000


def csv_grid(title: str, content: bytes) -> Grid:
    """Give a CSV file's rows; the table is told by its headings when the name does not.

    Raises:
        RefusedFile: It is empty, no text, or of an encoding that cannot be told.
    """
    text = decoded(content)
    if not text.strip():
        raise RefusedFile("empty_file")
    delimiter = _delimiter(text)
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    return Grid(title, _rows(text, delimiter), guess=True)


def decoded(content: bytes) -> str:
    """Give a file's text: by its mark, as UTF-8, as UTF-16 without a mark, or as cp1252.

    Raises:
        RefusedFile: It is none of these.
    """
    try:
        for mark, encoding in _BOMS:
            if content.startswith(mark):
                return _no_binary(content.decode(encoding))
        for encoding in _likely(content):
            return _no_binary(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise RefusedFile("encoding") from error
    return ""


def _likely(content: bytes) -> Iterator[str]:
    start = content[:2000]
    if start.count(0) > len(start) // 4:
        yield "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        yield "cp1252"
    else:
        yield "utf-8"


def _no_binary(text: str) -> str:
    if any(char in text for char in "\x00\x01\x02\x03\x04\x05\x06"):
        raise RefusedFile("no_text")
    return text


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first[:4].lower() == "sep=" and len(first) > 4:
        return first[4]
    outside = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, Sequence[RawCell]]]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            yield number, [_value(cell) for cell in row]
    except csv.Error as error:
        raise RefusedFile("broken_csv", row=reader.line_num) from error


def _value(cell: str) -> RawCell:
    return Unusable("formula") if cell.lstrip().startswith("=") else cell
