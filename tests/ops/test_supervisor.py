"""The supervisor heals, orders and stops real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ops import supervisor
from ops.errors import ChildFailed, PortInUse
from ops.supervisor import ChildSpec, Supervisor, require_free_ports, until_true

CHECKOUT = Path(__file__).resolve().parents[2]
SERVE = """
import signal, sys, time
def leave(*_):
    print("bye " + sys.argv[1], flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("hello " + sys.argv[1], flush=True)
time.sleep(600)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""


class Stage:
    """A supervisor with what its children said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.events: list[tuple[str, str]] = []
        self.supervisor = Supervisor(
            folder / "log",
            lambda name, line: self.lines.append(f"{name}: {line}"),
            lambda event, name, number: self.events.append((event, name)),
        )

    def child(self, name: str, code: str, stage: int = 0, **more: float) -> ChildSpec:
        argv = [sys.executable, "-c", textwrap.dedent(code), name]
        return ChildSpec(name, argv, dict(os.environ), self.folder, stage, **more)

    async def said(self, line: str, times: int = 1) -> None:
        async def probe() -> bool:
            return self.lines.count(line) >= times

        assert await until_true(probe, every_s=0.01, timeout_s=20), self.lines


async def until(condition: Callable[[], bool]) -> None:
    async def probe() -> bool:
        return condition()

    assert await until_true(probe, every_s=0.01, timeout_s=20)


def test_a_killed_child_is_started_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_RESTART_PAUSES_S", (0.0, 600.0))

    async def scene() -> None:
        stage = Stage(tmp_path)
        stage.supervisor.start(stage.child("rasa", SERVE))
        await stage.said("rasa: hello rasa")
        pid = stage.supervisor.pid("rasa")
        assert pid
        os.kill(pid, signal.SIGKILL)
        await stage.said("rasa: hello rasa", times=2)
        assert stage.events == [("started", "rasa"), ("died", "rasa"), ("started", "rasa")]
        await stage.supervisor.stop()

    asyncio.run(scene())


def test_a_child_that_keeps_dying_is_restarted_ever_more_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_RESTART_PAUSES_S", (0.0, 0.5, 1.0, 600.0))

    async def scene() -> None:
        stage = Stage(tmp_path)
        clock = asyncio.get_running_loop().time
        began = clock()
        stage.supervisor.start(stage.child("actions", "raise SystemExit('no database')"))
        await stage.said("actions: no database", times=4)
        assert clock() - began > 1.4  # pauses of 0, 0.5 and 1 s
        assert stage.supervisor.last_lines("actions")[-1] == "no database"
        assert stage.supervisor.crashes("actions") >= 3
        await asyncio.wait_for(stage.supervisor.stop(), 20)

    asyncio.run(scene())


def test_stages_stop_in_the_reverse_order_and_cleanly(tmp_path: Path) -> None:
    async def scene() -> None:
        stage = Stage(tmp_path)
        for number, name in enumerate(["postgres", "rasa", "gateway"]):
            stage.supervisor.start(stage.child(name, SERVE, stage=number))
            await stage.said(f"{name}: hello {name}")
        await stage.supervisor.stop()
        assert stage.lines[3:] == [
            "gateway: bye gateway",
            "rasa: bye rasa",
            "postgres: bye postgres",
        ]
        assert ("died", "rasa") not in stage.events

    asyncio.run(scene())


def test_a_child_that_ignores_the_stop_is_killed(tmp_path: Path) -> None:
    async def scene() -> None:
        stage = Stage(tmp_path)
        stage.supervisor.start(stage.child("rasa", DEAF, stop_patience_s=0.3))
        await stage.said("rasa: deaf")
        pid = stage.supervisor.pid("rasa")
        await stage.supervisor.stop()
        assert pid
        assert not psutil.pid_exists(pid)

    asyncio.run(scene())


def test_a_second_request_kills_everything_and_its_children(tmp_path: Path) -> None:
    code = """
        import subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        print(child.pid, flush=True)
        time.sleep(600)
    """

    async def scene() -> None:
        stage = Stage(tmp_path)
        stage.supervisor.start(stage.child("rasa", code))
        await until(lambda: bool(stage.lines))
        grandchild = int(stage.lines[0].split()[1])
        stage.supervisor.kill()
        await stage.supervisor.stop()
        await until(lambda: gone(grandchild))

    asyncio.run(scene())


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    program = f"""
import asyncio, os, sys
from pathlib import Path
from ops.supervisor import ChildSpec, Supervisor

async def scene():
    supervisor = Supervisor(Path({str(tmp_path)!r}), lambda name, line: print(line, flush=True))
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    supervisor.start(ChildSpec("rasa", [sys.executable, "-c", code], dict(os.environ), Path(".")))
    await asyncio.sleep(600)

asyncio.run(scene())
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout
    with parent.stdout:
        lines = iter(parent.stdout.readline, "")
        child = next(int(line) for line in lines if line.strip().isdigit())
        parent.kill()
        parent.wait()
    asyncio.run(until(lambda: gone(child)))


def test_every_child_has_a_log_file_of_its_own(tmp_path: Path) -> None:
    async def scene() -> None:
        stage = Stage(tmp_path)
        stage.supervisor.start(stage.child("rasa", SERVE))
        await stage.said("rasa: hello rasa")
        await stage.supervisor.stop()

    asyncio.run(scene())
    assert (tmp_path / "log" / "rasa.log").read_text() == "hello rasa\nbye rasa\n"


def test_a_line_beyond_all_bounds_does_not_stop_the_reading(tmp_path: Path) -> None:
    async def scene() -> None:
        stage = Stage(tmp_path)
        code = "print('x' * 5_000_000); print('after', flush=True); import time; time.sleep(600)"
        stage.supervisor.start(stage.child("rasa", code))
        await stage.said("rasa: after")
        await stage.supervisor.stop()

    asyncio.run(scene())


def test_a_step_that_fails_is_an_error_with_its_code(tmp_path: Path) -> None:
    async def scene() -> None:
        stage = Stage(tmp_path)
        await stage.supervisor.run_once(stage.child("prepare", "print('done')"))
        assert stage.lines == ["prepare: done"]
        with pytest.raises(ChildFailed) as caught:
            await stage.supervisor.run_once(stage.child("prepare", "raise SystemExit(3)"))
        assert caught.value.parameters["code"] == 3

    asyncio.run(scene())


def test_a_port_in_use_is_named_with_the_variable_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        spec = ChildSpec("gateway", ["true"], {}, tmp_path, ports=[("TANYA_GATEWAY_PORT", port)])
        with pytest.raises(PortInUse) as caught:
            require_free_ports([spec])
    assert caught.value.parameters["port"] == port
    assert caught.value.parameters["variable"] == "TANYA_GATEWAY_PORT"
    require_free_ports([spec])
