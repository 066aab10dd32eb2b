"""What the machine is, and how much others disturb it while we measure."""

from __future__ import annotations

import os
import platform
import statistics
import time
from pathlib import Path

_ROUNDS = 300_000


def describe() -> dict[str, object]:
    """Processor, cores and memory, for judging figures of other machines."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
        "python": platform.python_version(),
    }


def noise() -> float:
    """How much longer a fixed piece of work takes than its CPU time: 1.0 on an idle machine.

    On a loaded machine wall times below are inflated by about this factor; CPU times are not.
    """
    found = []
    for _ in range(9):
        wall, cpu = time.perf_counter(), time.process_time()
        sum(number * number for number in range(_ROUNDS))
        found.append((time.perf_counter() - wall) / (time.process_time() - cpu))
    return statistics.median(found)


def load_average() -> float:
    """Processes that wanted to run during the last minute."""
    return os.getloadavg()[0]
