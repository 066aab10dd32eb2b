"""Files that people bring, whatever they are, as items of content."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from console.editing.file_csv import csv_grid
from console.editing.file_words import FileWords
from console.editing.file_xlsx import RefusedFile, safe_archive, unpacked, xlsx_grids
from izin.content_imports import FileProblem, ImportedItem
from izin.errors import InvalidInput
from izin.ports import ContentRoom
from izin.storage.content_files.folder_items import read_folder
from izin.storage.content_files.grids import Grid, GridReader
from izin.storage.content_files.reading import Assembler, kinds_of
from izin.wording import Wording

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
)  # fmt: skip
_DATA_FOLDERS = ("catalog", "faq", "office")
_MOST_YAML_BYTES = 30 * 1024 * 1024


@dataclass(slots=True)
class ReadFile:
    """What a file says: its items, or what keeps it from being used.

    Attributes:
        items: What it says of items; nothing when there are problems.
        problems: Everything wrong in it.
        notes: What to know besides.
    """

    items: Sequence[ImportedItem] = ()
    problems: list[FileProblem] = field(default_factory=list)
    notes: list[FileProblem] = field(default_factory=list)


class FileReader:
    """Reads uploads against what is in force."""

    def __init__(self, room: ContentRoom, wording: Wording) -> None:
        """Take the items in force, and the sentences."""
        self._room = room
        self._wording = wording
        self._words = FileWords(wording)

    def read(self, name: str, content: bytes) -> ReadFile:
        """Give what a file says; nothing is raised, all that is wrong is among the problems."""
        try:
            return self._read(PurePosixPath(name.replace("\\", "/")).name, content)
        except RefusedFile as error:
            return ReadFile(problems=[error.problem])

    def _read(self, name: str, content: bytes) -> ReadFile:
        if not content.strip(b"\x00 \r\n\t"):
            raise RefusedFile("empty_file")
        if content.startswith(_OLE):
            raise RefusedFile("password" if _ENCRYPTED in content else "old_xls")
        if content.startswith(_OTHER):
            raise RefusedFile("wrong_type")
        if content.startswith(b"PK"):
            return self._archive(content)
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
            raise RefusedFile("wrong_type")
        return self._tables([csv_grid(name.rpartition(".")[0] or name, content)], [])

    def _archive(self, content: bytes) -> ReadFile:
        archive = safe_archive(content)
        names = [name for name in archive.namelist() if not name.endswith("/")]
        folded = [name.lower() for name in names]
        if "[content_types].xml" in folded:
            grids, problems = xlsx_grids(content)
            return self._tables(grids, problems)
        if "mimetype" in folded:
            raise RefusedFile("ods")
        if any(name.endswith((".yml", ".yaml")) for name in folded):
            return self._data_files(archive, names)
        sheets = [name for name in names if name.lower().endswith((".csv", ".txt"))]
        if not sheets or len(sheets) > 60:
            raise RefusedFile("unknown_archive")
        grids = []
        for sheet in sheets:
            inner = b"".join(unpacked(archive, sheet, _MOST_YAML_BYTES))
            grids.append(csv_grid(PurePosixPath(sheet).stem, inner))
        return self._tables(grids, [])

    def _tables(self, grids: Sequence[Grid], problems: Sequence[FileProblem]) -> ReadFile:
        guide = self._wording.say("files.guide").casefold()
        reader = GridReader(self._words, frozenset({guide}))
        tables = [table for grid in grids if (table := reader.read(grid)) is not None]
        found = ReadFile(problems=[*problems, *reader.problems], notes=reader.notes)
        if not tables:
            found.problems = found.problems or [FileProblem("nothing_inside")]
            return found
        stored = {
            kind: {item.item.key: item for item in self._room.items(kind)}
            for kind in kinds_of(tables)
        }
        assembler = Assembler(tables, stored, self._words)
        found.items = assembler.items()
        found.problems += assembler.problems
        if not found.items and not found.problems:
            found.problems.append(FileProblem("nothing_inside"))
        return found

    def _data_files(self, archive: zipfile.ZipFile, names: Sequence[str]) -> ReadFile:
        with tempfile.TemporaryDirectory(prefix="tanya-impor-") as folder:
            left = _MOST_YAML_BYTES
            for name in names:
                parts = PurePosixPath(name).parts
                inner = _below_data(parts)
                if inner is None:
                    continue
                target = Path(folder, *inner)
                target.parent.mkdir(parents=True, exist_ok=True)
                content = b"".join(unpacked(archive, name, left))
                left -= len(content)
                target.write_bytes(content)
            try:
                return ReadFile(read_folder(Path(folder), self._room))
            except InvalidInput as error:
                lines = str(error).split("\n- ")[1:] or [str(error)]
                return ReadFile(problems=[_of_data_file(line) for line in lines])


def _below_data(parts: Sequence[str]) -> tuple[str, ...] | None:
    """Give a data file's path within ``data``; None for another file, or one that leads out."""
    if ".." in parts or not parts or not parts[-1].endswith(".yml"):
        return None
    for start, part in enumerate(parts):
        if part in _DATA_FOLDERS and len(parts) - start <= 3:
            return tuple(parts[start:])
    return (parts[-1],) if parts[-1] == "canned.yml" else None


def _of_data_file(line: str) -> FileProblem:
    name, _, rest = line.partition(": ")
    return FileProblem("data_file", name, values={"detail": rest[:300]})
