"""The list of erased chats that lies beside the backups: restoring an older one erases them again.

A line holds a day and the mark of a chat, nothing of a person: chats have random ids of 122 bits,
so nobody finds an id by its mark, and whoever holds the chat itself can tell that it is meant.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Collection
from datetime import date
from hashlib import sha256
from pathlib import Path

FILE = "tanya-izin-penghapusan.txt"

_LINE = re.compile(r"(\d{4}-\d\d-\d\d) ([0-9a-f]{64})")
_PURPOSE = "tanya-izin/erased-chat/"


def mark_of(conversation_id: str) -> str:
    """Give the mark of a chat."""
    return sha256(f"{_PURPOSE}{conversation_id}".encode()).hexdigest()


def read_list(folder: Path) -> dict[str, date] | None:
    """Give the day of each mark in a folder's list, None where there is no list.

    Raises:
        OSError: It cannot be read.
    """
    try:
        lines = (folder / FILE).read_text("utf-8", errors="replace").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = (_LINE.fullmatch(line.strip()) for line in lines)
    return {line[2]: date.fromisoformat(line[1]) for line in found if line}


def add_to_list(folder: Path, marks: Collection[tuple[date, str]]) -> int:
    """Add marks to a folder's list; gives how many were new.

    What the list holds already stays, so that a house restored from an older backup loses none.
    A kill leaves the list as it was or as it becomes.

    Raises:
        OSError: It cannot be written.
    """
    with (folder / f".{FILE}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = read_list(folder)
        known = kept or {}
        new = {mark: day for day, mark in marks if mark not in known}
        if new or kept is None:
            _write(folder / FILE, {**known, **new})
    return len(new)


def _write(file: Path, marks: dict[str, date]) -> None:
    fresh = file.with_name(f".{file.name}.part")
    lines = sorted(f"{day.isoformat()} {mark}\n" for mark, day in marks.items())
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
