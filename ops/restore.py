"""Brings a house back from a backup; what was there stays until the new one is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyrage import x25519

from ops.backup_check import BackupReader, Manifest, check_backup
from ops.backup_errors import HouseRunning, RestoreMismatch, TargetNotEmpty
from ops.backup_file import read_locked
from ops.databases import database
from ops.errors import AlreadyRunning
from ops.prepare import migrate
from ops.restore_database import (
    Filling,
    counts_of,
    create_beside,
    drop,
    drop_left,
    empty_again,
    look_at,
    take_place,
)
from ops.restore_erasures import erase_marked, erasures_beside
from ops.restore_folders import BesideFolder
from ops.settings import OpsSettings
from ops.up import only_one_up

_LONGEST_NAME = 30
"""Characters of a database's name that its fresh and kept twins begin with (63 in all)."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where what was there before is kept.

    Attributes:
        erased: chats that were erased again; None when no list of erasures was found.
    """

    manifest: Manifest
    kept_database: str
    kept_media: Path | None
    erased: int | None = None


def restore(
    settings: OpsSettings,
    file: Path,
    keys: list[x25519.Identity],
    *,
    replace: bool = False,
    tell: Callable[[str], None] = lambda step: None,
) -> Restored:
    """Bring database, citizens' files and models back, at the schema of this release.

    The backup is read wholly before anything is done, then filled in beside what is there, and
    compared with its manifest; chats whose erasure was asked for since then are erased again;
    only then do the new ones take their places.

    Args:
        settings: where the database and the folders are.
        file: the backup.
        keys: secret keys that may open it.
        replace: put it in place of what is there, which is kept under another name.
        tell: told each step: ``checking``, ``filling``, ``comparing``.

    Raises:
        KeepingError: it could not be done; everything is as it was.
    """
    try:
        with only_one_up(settings):
            tell("checking")
            check_backup(file, keys)
            with database(settings) as url:
                return _Restoring(settings, file, keys, url, tell).run(replace=replace)
    except AlreadyRunning as error:
        raise HouseRunning(str(error), count=1) from error


class _Restoring(BackupReader):
    """One restoring: a reader that fills the new database and folders."""

    def __init__(
        self,
        settings: OpsSettings,
        file: Path,
        keys: list[x25519.Identity],
        url: str,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(file)
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        self._keys, self._url, self._target, self._tell = keys, url, url, tell
        self._stamp = stamp
        self._media = BesideFolder(settings.media, stamp)
        self._models = BesideFolder(settings.models, stamp)
        self._lists = (file.resolve().parent, settings.backups)
        self._filling: Filling | None = None
        self._part = ""

    def run(self, *, replace: bool) -> Restored:
        found = look_at(self._url)
        if not replace and (found.tables or self._media.holds_files):
            raise TargetNotEmpty(
                f"database {found.name}: {found.tables} tables",
                database=found.name,
                tables=found.tables,
                media=str(self._media.folder),
            )
        name = found.name[:_LONGEST_NAME]
        drop_left(self._url, f"{name}_restoring_")
        fresh = f"{name}_restoring_{self._stamp}" if found.tables else ""
        if fresh:
            self._target = create_beside(self._url, fresh)
        try:
            return self._bring_back(fresh, f"{name}_before_{self._stamp}")
        except BaseException:
            if self._filling is not None:
                self._filling.stop()
            if fresh:
                drop(self._url, fresh)
            else:
                empty_again(self._url)
            raise
        finally:
            self._media.discard()
            self._models.discard()

    def _bring_back(self, fresh: str, kept: str) -> Restored:
        self._tell("filling")
        read_locked(self._file, self._keys, self)
        manifest = self.finish()
        if self._filling is not None:
            self._filling.finish()
            self._filling.stop()
        self._tell("comparing")
        _compare(counts_of(self._target), manifest.tables)
        migrate(self._target)
        erased = self._erase_again()
        self._models.join()
        self._media.take_place()
        if fresh:
            try:
                take_place(self._url, fresh, kept)
            except BaseException:
                self._media.give_back()
                raise
        return Restored(
            manifest,
            kept if fresh else "",
            self._media.kept if self._media.kept.exists() else None,
            erased,
        )

    def _erase_again(self) -> int | None:
        marks = erasures_beside(self._lists)
        if marks is None:
            return None
        erased, files = erase_marked(self._target, marks)
        for name in files:
            self._media.leave_out(name)
        return erased

    def open(self, part: str, name: str) -> None:
        self._part = part
        if part == "database" and self._filling is None:
            self._filling = Filling(self._target)
        elif part != "database":
            self._folder.begin(name)

    def take(self, data: bytes) -> None:
        if self._part == "database" and self._filling is not None:
            self._filling.take(data)
        else:
            self._folder.take(data)

    def close(self) -> None:
        if self._part != "database":
            self._folder.end()

    @property
    def _folder(self) -> BesideFolder:
        return self._media if self._part == "media" else self._models


def _compare(found: dict[str, int], wanted: dict[str, int]) -> None:
    different = sorted(
        name for name in {*found, *wanted} if found.get(name, -1) != wanted.get(name, -1)
    )
    if different:
        raise RestoreMismatch(
            f"other rows than in the backup: {', '.join(different[:10])}",
            tables=", ".join(different[:10]),
        )
