"""Reads a backup from its first to its last byte and compares it with its own manifest."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyrage import x25519

from izin.storage.schema_versions import newest_revision, state_of
from ops.backup import FORMAT, PRODUCT
from ops.backup_errors import BackupDamaged, BackupForeign, BackupNewer
from ops.backup_file import Summing, read_locked
from ops.exec_child import child_command
from ops.postgres_binaries import find_binaries

_LARGEST_DOCUMENT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says it holds.

    Attributes:
        version: the product's version that made it.
        schema: revision of its database.
        server_major: PostgreSQL's major version it came from.
        made_at: when, in ISO form.
        tables: rows by table.
        parts: files, size and digest by part.
    """

    version: str
    schema: str
    server_major: int
    made_at: str
    tables: dict[str, int]
    parts: dict[str, dict[str, Any]]


class BackupReader:
    """Meets the files of a backup; what is done with them is up to whoever extends it.

    Refuses at its first file what is not ours or too new, so before anything was done.
    """

    def __init__(self, file: Path) -> None:
        """Take the file that is read, for what is said about it."""
        self._file = file
        self._summing = Summing()
        self._name = ""
        self._document = b""
        self._seen_head = False
        self.manifest: Manifest | None = None

    def begin(self, name: str, size: int) -> None:
        """Meet a file."""
        self._name = name
        part, _, rest = name.partition("/")
        if not self._seen_head and name != "head.json":
            raise BackupForeign(f"{self._file} begins with {name[:40]}", file=str(self._file))
        if name in ("head.json", "manifest.json"):
            if size > _LARGEST_DOCUMENT:
                raise BackupForeign(f"{name} is too large", file=str(self._file))
            self._document = b""
            return
        if part not in ("database", "media", "models") or "/" in rest or rest in ("", ".", ".."):
            raise BackupForeign(f"{self._file} holds {name[:40]}", file=str(self._file))
        self._summing.begin(name, size)
        self.open(part, rest)

    def data(self, data: bytes) -> None:
        """Take bytes of the file met last."""
        if "/" not in self._name:
            self._document += data
            return
        self._summing.add(self._name, data)
        self.take(data)

    def end(self) -> None:
        """Take note that a file is whole."""
        if self._name == "head.json":
            self._seen_head = True
            self._check_head(self._read_document())
        elif self._name == "manifest.json":
            found = self._read_document()
            names = ("version", "schema", "server_major", "made_at", "tables", "parts")
            try:
                self.manifest = Manifest(**{name: found[name] for name in names})
            except KeyError as error:
                raise BackupForeign(f"no {error} in its manifest", file=str(self._file)) from error
        else:
            self.close()

    def finish(self) -> Manifest:
        """Give the manifest once everything was read.

        Raises:
            BackupDamaged: a part differs from what the manifest says.
        """
        if self.manifest is None:
            raise BackupDamaged("it has no manifest", file=str(self._file))
        found = {part: asdict(item) for part, item in self._summing.sums().items()}
        if found != self.manifest.parts:
            raise BackupDamaged("its parts differ from its manifest", file=str(self._file))
        return self.manifest

    def head(self, document: dict[str, Any]) -> None:
        """Take note of who made the backup."""

    def open(self, part: str, name: str) -> None:
        """Begin a file of a part."""

    def take(self, data: bytes) -> None:
        """Take bytes of it."""

    def close(self) -> None:
        """End it."""

    def _read_document(self) -> dict[str, Any]:
        try:
            document = json.loads(self._document)
        except ValueError as error:
            raise BackupForeign(f"{self._name}: {error}", file=str(self._file)) from error
        if not isinstance(document, dict):
            raise BackupForeign(f"{self._name} is no document of ours", file=str(self._file))
        return document

    def _check_head(self, head: dict[str, Any]) -> None:
        if head.get("product") != PRODUCT or not isinstance(head.get("format"), int):
            raise BackupForeign(f"{self._file} is of another product", file=str(self._file))
        if head["format"] > FORMAT or state_of(str(head.get("schema", ""))) == "newer":
            raise BackupNewer(
                f"made by {head.get('version')} with schema {head.get('schema')}",
                version=str(head.get("version", "?")),
                schema=str(head.get("schema", "?")),
                newest=newest_revision(),
            )
        self.head(head)


class _Checker(BackupReader):
    """Lets pg_restore read the database as well, without a server."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._process: subprocess.Popen[bytes] | None = None
        self._part = ""

    def open(self, part: str, name: str) -> None:
        self._part = part
        if part == "database" and self._process is None:
            argv = [find_binaries().program("pg_restore"), "--file=/dev/null"]
            self._process = subprocess.Popen(
                child_command(argv, death_signal=signal.SIGKILL),
                stdin=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )

    def take(self, data: bytes) -> None:
        if self._part == "database" and self._process and self._process.stdin:
            try:
                self._process.stdin.write(data)
            except BrokenPipeError:
                raise BackupDamaged("pg_restore cannot read it", file=str(self._file)) from None

    def finish(self) -> Manifest:
        manifest = super().finish()
        if self._process is None or self.stop() != 0:
            raise BackupDamaged("pg_restore cannot read its database", file=str(self._file))
        return manifest

    def stop(self) -> int:
        if self._process is None:
            return 0
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        return self._process.wait()


def check_backup(file: Path, keys: list[x25519.Identity]) -> Manifest:
    """Read a backup wholly and give its manifest; nothing is written anywhere.

    Raises:
        KeepingError: it is not sound, or not for this version or key.
    """
    checker = _Checker(file)
    try:
        read_locked(file, keys, checker)
        return checker.finish()
    finally:
        checker.stop()
