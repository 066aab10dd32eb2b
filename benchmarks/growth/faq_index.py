"""`python -m benchmarks.growth.faq_index URL`: what holding all answers costs an action server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ops.settings import CHECKOUT

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class IndexCost:
    """What the first question of a new process costs.

    Attributes:
        entries: Published answers.
        cpu_s: Reading them and building the index.
        memory_mb: What the process holds afterwards and did not before.
    """

    entries: int
    cpu_s: float
    memory_mb: float


def index_cost(database_url: str) -> IndexCost:
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.growth.faq_index", database_url],
        cwd=CHECKOUT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return IndexCost(**json.loads(done.stdout.splitlines()[-1]))


def _measure(database_url: str) -> IndexCost:
    from actions.main import build_parts
    from izin.settings import Settings
    from izin.storage.postgres.engine import create
    from izin.usecases.search_faq import SearchFaq

    settings = Settings(database_url=database_url, demo=True, seal_key="k" * 32)
    engine = create(database_url)
    parts = build_parts(settings, engine)
    parts.catalogue.permits()
    before, began = _resident_mb(), time.process_time()
    faq = SearchFaq(parts.faq, parts.make_index)
    faq.search("berapa lama izin jadi")
    cost = IndexCost(len(parts.faq.entries()), time.process_time() - began, _resident_mb() - before)
    engine.dispose()
    return cost


def _resident_mb() -> float:
    found = re.search(r"^VmRSS:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    _cost = _measure(sys.argv[1])
    print(json.dumps({"entries": _cost.entries, "cpu_s": _cost.cpu_s,
                      "memory_mb": _cost.memory_mb}))  # fmt: skip
