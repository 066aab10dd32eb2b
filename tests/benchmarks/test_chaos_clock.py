"""The clock that `make chaos` moves: the time of day alone, and nobody who waits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.chaos.house import House, _with_clock

LOOK = """
import queue, threading, time
there, back = queue.SimpleQueue(), queue.SimpleQueue()
def answer():
    while (item := there.get()) is not None:
        back.put(item)
threading.Thread(target=answer).start()
for number in range(2000):  # each waits for the interpreter lock
    there.put(number)
    back.get()
there.put(None)
time.sleep(0.01)
threading.Event().wait(0.01)
print(time.time())
"""


@pytest.mark.parametrize("seconds", [0, 90, -90])
def test_the_time_of_day_moves_and_waiting_does_not_suffer(tmp_path: Path, seconds: int) -> None:
    trial = cast("Any", SimpleNamespace(folder=tmp_path, environment={}))
    clock = _with_clock(trial)
    if clock is None:
        pytest.skip("needs Linux and a C compiler")
    House(trial, ("", ""), clock, disks=False).move_clock(seconds)
    began = time.time()
    seen = subprocess.run(
        [sys.executable, "-c", LOOK], env={**os.environ, **trial.environment},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert began + seconds - 1 < float(seen.stdout) < time.time() + seconds + 1
