"""Programs that the console starts: with low priority, and never longer than itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from console.programs import CHECKOUT, Programs

# A program stands in a module of its own, as ours do.
LOOP = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()} {child.pid} {os.nice(0)} {os.environ['UJI']}")
time.sleep(600)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "a_long_work.py").write_text(LOOP)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "a_long_work"


@pytest.fixture
def programs() -> Iterator[Programs]:
    programs = Programs({"UJI": "ya"})
    yield programs
    programs.stop_all()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def begun(note: Path) -> list[str]:
    until(lambda: note.exists() and len(note.read_text().split()) == 4)
    return note.read_text().split()


def test_a_program_runs_beside_the_console_and_stands_back(
    programs: Programs, module: str, tmp_path: Path
) -> None:
    pid = programs.start(module, str(tmp_path / "note"))

    own, child, nice, given = begun(tmp_path / "note")

    assert (int(own), nice, given) == (pid, "10", "ya")
    assert programs.runs(pid)
    programs.stop(pid)
    assert not programs.runs(pid)
    until(lambda: gone(int(child)))


def test_a_program_dies_with_a_killed_console(module: str, tmp_path: Path) -> None:
    console = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from console.programs import Programs;"
            "Programs({'UJI': 'ya'}).start(sys.argv[1], sys.argv[2]); time.sleep(600)",
            module,
            str(tmp_path / "note"),
        ],
        cwd=CHECKOUT,
    )
    own, child, *_ = begun(tmp_path / "note")
    console.kill()
    console.wait()

    until(lambda: gone(int(own)))
    os.kill(int(child), signal.SIGKILL)  # what a program starts, it looks after itself


def test_what_never_ran_is_nothing_to_stop(programs: Programs) -> None:
    programs.stop(1)

    assert not programs.runs(1)
