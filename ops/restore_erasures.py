"""Erases again, in a restored house, what citizens had erased after its backup was made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from izin.errors import DataLocked, InvalidInput
from izin.storage.erasure_list import FILE, read_list
from izin.storage.postgres.engine import create, transaction
from izin.storage.postgres.erased_chats import erase_again
from ops.backup_errors import BackupFolderUnusable, ErasuresLocked


def erasures_beside(folders: Iterable[Path]) -> set[str] | None:
    """Give the marks of the lists in these folders together, None when there is no list.

    Raises:
        BackupFolderUnusable: a list is there and cannot be read.
    """
    found = None
    for folder in folders:
        try:
            marks = read_list(folder)
        except OSError as error:
            raise BackupFolderUnusable(
                f"{folder / FILE}: {error.strerror}", folder=str(folder)
            ) from error
        if marks is not None:
            found = (found or set()) | set(marks)
    return found


def erase_marked(url: str, marks: set[str]) -> tuple[int, list[str]]:
    """Erase the chats of these marks in a database; gives how many, and the files they leave.

    Raises:
        ErasuresLocked: the data key of the backup is not here.
    """
    if not marks:
        return 0, []
    engine = create(url, pool_size=1)
    try:
        with transaction(engine) as connection:
            return erase_again(connection, marks)
    except (DataLocked, InvalidInput) as error:
        raise ErasuresLocked(str(error)) from error
    finally:
        engine.dispose()
