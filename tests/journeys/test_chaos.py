"""The short version of `make chaos`: every kind of fault once, while some hundred are written."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ops.settings import CHECKOUT

MOST_S = 600
"""About 80 s on an idle machine; others may be at work beside it."""


@pytest.mark.timeout(MOST_S + 60)
def test_nothing_is_lost_or_doubled_while_everything_breaks() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", "--short"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_S,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-6000:]}"
