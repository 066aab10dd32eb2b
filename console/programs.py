"""Long work outside the console: programs of ours in processes of their own, at low priority."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.exec_child import child_command

CHECKOUT = Path(__file__).resolve().parents[1]
_NICE = 10  # citizens and officers go first; at 19 a busy machine never ends a training


class Programs:
    """Starts programs that die with the console.

    Each is ``python -m <module>`` of the same Python and environment, leads a process group of
    its own, gets SIGTERM when the console ends, and writes to the console's own log.

    Args:
        environment: Variables on top of the console's own.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})
        # Linux ties a child's death signal to the thread that started it, and the web server's
        # threads come and go; this one stays.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="programs")
        self._started: dict[int, subprocess.Popen[bytes]] = {}

    def start(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> int:
        """Start a program, with more variables if given; gives its process id at once.

        Raises:
            OSError: The machine cannot start another process.
        """
        return self._starter.submit(self._start, module, arguments, environment or {}).result()

    def runs(self, pid: int) -> bool:
        """Say whether a program that was started here still runs."""
        program = self._started.get(pid)
        return program is not None and program.poll() is None

    def stop(self, pid: int, patience_s: float = 10.0) -> None:
        """End a program that was started here, with everything it started; waits until it has.

        Args:
            pid: What ``start`` gave; unknown ones are nothing to stop.
            patience_s: How long it may tidy up before it is killed.
        """
        program = self._started.get(pid)
        if program is None:
            return
        if program.poll() is None:
            program.terminate()
            try:
                program.wait(patience_s)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        _end_group(pid)

    def stop_all(self) -> None:
        """End every program, as the console does when it ends."""
        for pid in list(self._started):
            self.stop(pid)

    def _start(self, module: str, arguments: tuple[str, ...], more: Mapping[str, str]) -> int:
        for program in list(self._started.values()):
            program.poll()  # whoever ended is no longer kept by the kernel
        command = child_command(
            [sys.executable, "-m", module, *arguments], death_signal=signal.SIGTERM, nice=_NICE
        )
        program = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **self._environment, **more},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started[program.pid] = program
        return program.pid


def _end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left in it
