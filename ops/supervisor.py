"""Starts child processes stage by stage, heals them, and stops them in the reverse order.

One asyncio loop in the main thread does everything, because a child's death signal is tied to the
thread that started it (see `ops.exec_child`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from ops.child_output import ChildOutput
from ops.errors import ChildFailed, PortInUse
from ops.exec_child import child_command

logger = structlog.get_logger(__name__)

_LINE_LIMIT = 1 << 20
_LAST_LINES_S = 2.0
_RESTART_PAUSES_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # the first restart is immediate
_SETTLED_AFTER_S = 60.0  # a child that ran this long starts the row of pauses anew


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One process to keep running.

    Attributes:
        name: short word shown before its lines, and the name of its log file.
        argv: program and arguments.
        environment: its whole environment.
        folder: working folder.
        stage: children of a lower stage start earlier and stop later; one stage goes in parallel.
        ports: (variable that sets it, TCP port on `host`) pairs it will listen on.
        host: address its ports are checked on.
        stop_patience_s: how long it may take to finish its work after SIGTERM.
        death_signal: what it gets when the supervisor itself is killed.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    stage: int = 0
    ports: Sequence[tuple[str, int]] = ()
    host: str = "127.0.0.1"
    stop_patience_s: float = 20.0
    death_signal: signal.Signals = signal.SIGKILL


@dataclass(slots=True)
class _Child:
    spec: ChildSpec
    output: ChildOutput
    process: asyncio.subprocess.Process | None = None
    keeper: asyncio.Task[Any] | None = None
    crashes: int = 0
    crashes_in_a_row: int = 0
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=15))


ChildEvent = Callable[[str, str, int], None]
"""Called with an event (`started`, `died`), the child's name, and its pid or exit code."""


class Supervisor:
    """Keeps a set of children running.

    Args:
        log_folder: one rotated file per child is written here.
        show: prints one line of a child (name, line) for the operator.
        on_event: hears of starts and deaths.
    """

    def __init__(
        self,
        log_folder: Path,
        show: Callable[[str, str], None],
        on_event: ChildEvent = lambda event, name, number: None,
    ) -> None:
        self._log_folder = log_folder
        self._show = show
        self._on_event = on_event
        self._children: dict[str, _Child] = {}
        self._stopping = asyncio.Event()

    def start(self, spec: ChildSpec) -> None:
        """Start a child and keep it running until `stop`; returns at once."""
        child = _Child(spec, self._output(spec.name))
        self._children[spec.name] = child
        child.keeper = asyncio.create_task(self._keep(child), name=f"keep {spec.name}")

    async def run_once(self, spec: ChildSpec) -> None:
        """Run a step to its end.

        Raises:
            ChildFailed: it ended with an error, or was stopped.
        """
        child = _Child(spec, self._output(spec.name))
        self._children[spec.name] = child
        running = asyncio.create_task(self._run(child), name=f"run {spec.name}")
        child.keeper = running
        code = await running
        del self._children[spec.name]
        child.output.close()
        if code != 0:
            raise ChildFailed(
                f"{spec.name} ended with exit code {code}",
                name=spec.name,
                code=code,
                log=str(self._log_folder / f"{spec.name}.log"),
            )

    def pid(self, name: str) -> int | None:
        """Pid of a running child, None while it is not running."""
        child = self._children.get(name)
        process = child.process if child else None
        return process.pid if process and process.returncode is None else None

    def crashes(self, name: str) -> int:
        """How often a child has ended although it should run."""
        return self._children[name].crashes

    def last_lines(self, name: str) -> list[str]:
        """The newest lines a child wrote, oldest first."""
        return list(self._children[name].last_lines)

    async def stop(self) -> None:
        """Stop every child, highest stage first; each gets SIGTERM, and SIGKILL when too slow."""
        self._stopping.set()
        for stage in sorted({child.spec.stage for child in self._children.values()}, reverse=True):
            members = [c for c in self._children.values() if c.spec.stage == stage]
            await asyncio.gather(*(self._stop_child(child) for child in members))

    def kill(self) -> None:
        """Kill every child with its own children, now."""
        self._stopping.set()
        for child in self._children.values():
            _signal_group(child.process, signal.SIGKILL)

    def _output(self, name: str) -> ChildOutput:
        return ChildOutput(name, self._log_folder, self._show)

    async def _keep(self, child: _Child) -> None:
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            began = clock()
            code = await self._run(child)
            if self._stopping.is_set():
                return
            child.crashes += 1
            if clock() - began >= _SETTLED_AFTER_S:
                child.crashes_in_a_row = 0
            step = min(child.crashes_in_a_row, len(_RESTART_PAUSES_S) - 1)
            child.crashes_in_a_row += 1
            pause_s = _RESTART_PAUSES_S[step]
            logger.error("child_died", name=child.spec.name, exit=code, restart_in_s=pause_s)
            self._on_event("died", child.spec.name, code)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)

    async def _run(self, child: _Child) -> int:
        spec = child.spec
        process = await asyncio.create_subprocess_exec(
            *child_command(list(spec.argv), death_signal=spec.death_signal),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LINE_LIMIT,
            cwd=spec.folder,
            env=dict(spec.environment),
            start_new_session=True,  # Ctrl-C must reach the supervisor alone; and a group to kill
        )
        child.process = process
        if self._stopping.is_set():  # it was being born while the stop was asked
            _signal_group(process, signal.SIGTERM)
        logger.info("child_started", name=spec.name, pid=process.pid)
        self._on_event("started", spec.name, process.pid)
        reading = asyncio.create_task(self._read(child, process))
        code = await process.wait()
        # A grandchild that outlives the child would keep its port and its pipe.
        _signal_group(process, signal.SIGKILL)
        await asyncio.wait([reading], timeout=_LAST_LINES_S)
        reading.cancel()
        return code

    async def _read(self, child: _Child, process: asyncio.subprocess.Process) -> None:
        stream = process.stdout
        if stream is None:
            raise AssertionError("stdout is a pipe")
        while True:
            try:
                raw = await stream.readline()
            except ValueError:  # a line beyond the limit: what was read of it is dropped
                continue
            if not raw:
                return
            line = raw.decode(errors="replace").rstrip()
            child.last_lines.append(line)
            child.output.line(line)

    async def _stop_child(self, child: _Child) -> None:
        if child.keeper is None:
            return
        if child.process and child.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.process.terminate()
        _, late = await asyncio.wait([child.keeper], timeout=child.spec.stop_patience_s)
        if late:
            logger.warning("child_stop_ignored", name=child.spec.name)
            _signal_group(child.process, signal.SIGKILL)
            await asyncio.wait([child.keeper])
        child.output.close()


def _signal_group(process: asyncio.subprocess.Process | None, number: signal.Signals) -> None:
    if process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)


def require_free_ports(specs: Sequence[ChildSpec]) -> None:
    """Check that nobody listens where our children will.

    Raises:
        PortInUse: names the first such port and the variable that chooses another.
    """
    for spec in specs:
        for variable, port in spec.ports:
            if port and not port_is_free(spec.host, port):
                raise PortInUse(
                    f"port {port} of {spec.name} is in use",
                    port=port,
                    variable=variable,
                    name=spec.name,
                    other_port=port + 1000 if port < 64000 else port - 1000,
                )


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen on this TCP port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: the remains of closed connections are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


async def until_true(
    probe: Callable[[], Awaitable[bool]], *, every_s: float = 0.1, timeout_s: float | None = None
) -> bool:
    """Ask `probe` until it says True; False when the time is over first."""
    clock = asyncio.get_running_loop().time
    deadline = None if timeout_s is None else clock() + timeout_s
    while not await probe():
        if deadline is not None and clock() >= deadline:
            return False
        await asyncio.sleep(every_s)
    return True
