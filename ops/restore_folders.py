"""Files of a backup: written beside the folder they belong to, then put in its place."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import shutil
from pathlib import Path
from typing import BinaryIO

from ops.backup_errors import BackupFolderUnusable, DiskFull

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BesideFolder:
    """A folder that is filled beside another and takes its place at the end.

    Args:
        folder: whose place it will take; where it is a link, its target.
        stamp: tells this restoring from others.
    """

    def __init__(self, folder: Path, stamp: str) -> None:
        self.folder = folder.resolve()
        self._fresh = self.folder.with_name(f"{self.folder.name}.restoring-{stamp}")
        self.kept = self.folder.with_name(f"{self.folder.name}.before-{stamp}")
        self._stamp = stamp
        # What a killed restoring left; only one runs at a time.
        for left in self.folder.parent.glob(f"{self.folder.name}.restoring-*"):
            shutil.rmtree(left, ignore_errors=True)
        self._open: BinaryIO | None = None
        self._moved = False

    @property
    def holds_files(self) -> bool:
        """Whether the folder holds anything that is not hidden."""
        return self.folder.is_dir() and any(
            not entry.name.startswith(".") for entry in self.folder.iterdir()
        )

    def begin(self, name: str) -> None:
        """Begin a file."""
        with _told(self.folder):
            self._fresh.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._fresh / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._open = os.fdopen(handle, "wb")

    def take(self, data: bytes) -> None:
        """Write bytes of it."""
        if self._open is not None:
            with _told(self.folder):
                self._open.write(data)

    def end(self) -> None:
        """End it."""
        if self._open is not None:
            with _told(self.folder):
                self._open.flush()
                os.fsync(self._open.fileno())
            self._open.close()
            self._open = None

    def leave_out(self, name: str) -> None:
        """Remove a filled file that may not come back."""
        with _told(self.folder):
            (self._fresh / name).unlink(missing_ok=True)

    def take_place(self) -> None:
        """Put the filled folder where it belongs; what was there is kept beside it."""
        with _told(self.folder):
            self._fresh.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.folder.exists():
                self.folder.rename(self.kept)
                self._moved = True
            self._fresh.rename(self.folder)
            if self._moved and not any(self.kept.iterdir()):
                self.kept.rmdir()

    def give_back(self) -> None:
        """Undo `take_place`."""
        if not self._fresh.exists() and self.folder.exists():
            self.folder.rename(self._fresh)
        if self.kept.exists():
            self.kept.rename(self.folder)
        elif self._moved:
            self.folder.mkdir(mode=0o700)

    def join(self) -> None:
        """Put the files among those of the folder; a different one of the same name is kept."""
        if not self._fresh.is_dir():
            return
        with _told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for file in self._fresh.iterdir():
                there = self.folder / file.name
                if there.exists() and not filecmp.cmp(there, file, shallow=False):
                    there.rename(there.with_name(f"{there.name}.before-{self._stamp}"))
                file.replace(there)

    def discard(self) -> None:
        """Remove what was filled and took no place."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.close()
            self._open = None
        shutil.rmtree(self._fresh, ignore_errors=True)


class _told(contextlib.AbstractContextManager[None]):
    """Turns an error of the disk into a sentence for the operator."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, OSError):
            return
        place = str(self._folder.parent)
        if error.errno in _FULL:
            raise DiskFull(f"{place}: {error.strerror}", folder=place) from error
        raise BackupFolderUnusable(f"{place}: {error.strerror}", folder=place) from error
