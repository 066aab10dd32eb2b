"""CPU time and memory of the stack's processes, read from Linux's /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
# The first mark found in a command line names its part; a PostgreSQL server has no module name.
_MARKS = (
    ("nlu.components.launcher", "rasa"),
    ("actions.main", "actions"),
    ("bot.main", "gateway"),
    ("console.main", "console"),
    ("ops.embedded_postgres", "postgres owner"),
    ("ops.cli", "tanya up"),
    ("postgres", "postgres"),
)


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a part in MB: `pss` shares common pages fairly, `rss` counts them in each."""

    processes: int
    pss_mb: float
    rss_mb: float


def family(root: int) -> dict[int, str]:
    """Pids of a process and all its descendants, each with the name of its part."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children[int(fields[1])].append(int(folder.name))
    found, left = {}, [root]
    while left:
        pid = left.pop()
        found[pid] = _part(pid)
        left += children[pid]
    return found


def cpu_ms(root: int) -> dict[str, float]:
    """CPU time each part has used since its start, in milliseconds.

    Time of ended children is counted with the process that waited for them, so that a database
    session which ends between two readings is not lost.
    """
    total: dict[str, float] = defaultdict(float)
    for pid, part in family(root).items():
        if fields := _stat(pid):
            total[part] += sum(int(ticks) for ticks in fields[11:15]) * _TICK_MS
    return dict(total)


def memory(root: int) -> dict[str, Memory]:
    """Memory each part uses now."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for pid, part in family(root).items():
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:  # it ended meanwhile
            continue
        kb = {line.split(":")[0]: line.split()[1] for line in lines[1:]}
        found[part].append((int(kb["Pss"]) / 1024, int(kb["Rss"]) / 1024))
    return {
        part: Memory(len(sizes), sum(pss for pss, _ in sizes), sum(rss for _, rss in sizes))
        for part, sizes in found.items()
    }


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat from the third (state) on; empty when the process is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def _part(pid: int) -> str:
    try:
        command = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return "ended"
    return next((name for mark, name in _MARKS if mark in command), "other")
