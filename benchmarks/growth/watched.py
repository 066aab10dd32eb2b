"""Looks at a piece of work from beside it: time, memory, and how long it held a transaction."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_PEAK_AGAIN = "5"


@dataclass
class Seen:
    """What was seen of a piece of work.

    Attributes:
        wall_s: From its beginning to its end.
        cpu_s: Of this process; the database's is not in it.
        longest_s: The longest transaction that it held open; it holds no lock longer.
        memory_mb: How much more memory the process held at the worst moment than before.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    longest_s: float = 0.0
    memory_mb: float = 0.0


@contextmanager
def watched(engine: Engine) -> Iterator[Seen]:
    """Look at what the block does with an engine."""
    seen, begun = Seen(), {}

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return  # each statement is a commit of its own, as of the watcher's lock
        begun[id(connection)] = time.perf_counter()

    def end(connection: Connection) -> None:
        at = begun.pop(id(connection), None)
        if at is not None:
            seen.longest_s = max(seen.longest_s, time.perf_counter() - at)

    listeners: tuple[tuple[str, Any], ...] = (("begin", begin), ("commit", end), ("rollback", end))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    _CLEAR.write_text(_PEAK_AGAIN)
    before, wall, cpu = _mb("VmRSS"), time.perf_counter(), time.process_time()
    try:
        yield seen
    finally:
        seen.wall_s = time.perf_counter() - wall
        seen.cpu_s = time.process_time() - cpu
        seen.memory_mb = max(0.0, _mb("VmHWM") - before)
        for name, listener in listeners:
            event.remove(engine, name, listener)


def _mb(field: str) -> float:
    found = re.search(rf"^{field}:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
