"""What a child process writes: to its rotated log file, and to the operator with its name."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import sys
from collections.abc import Callable
from pathlib import Path

_FILE_BYTES = 5_000_000  # four files of 5 MB a process: some days of a small office
_OLD_FILES = 3
_NAME_WIDTH = 9
_COLOURS = {"rasa": 35, "actions": 36, "gateway": 32, "postgres": 34, "console": 33}


class ChildOutput:
    """Takes one child's lines.

    Args:
        name: the child's short name; its file is `<name>.log`.
        folder: folder of the log files (made when missing).
        show: prints one line (name, line) for the operator.
    """

    def __init__(self, name: str, folder: Path, show: Callable[[str, str], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._name = name
        self._show = show
        self._file = logging.handlers.RotatingFileHandler(
            folder / f"{name}.log", maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8"
        )

    def line(self, line: str) -> None:
        """Write one line (without its end)."""
        self._file.emit(logging.makeLogRecord({"msg": line, "args": None}))
        with contextlib.suppress(OSError):  # a terminal that was closed must not stop the reading
            self._show(self._name, line)

    def close(self) -> None:
        """Close the log file."""
        self._file.close()


def show_prefixed(name: str, line: str) -> None:
    """Print `name | line`, the name in its own colour on a terminal."""
    label = name.ljust(_NAME_WIDTH)
    if sys.stdout.isatty():
        label = f"\033[{_COLOURS.get(name, 37)}m{label}\033[0m"
    print(f"{label}| {line}", flush=True)
