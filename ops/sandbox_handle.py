"""A sandbox as those who need one use it: the console, the trainer, `tanya journeys`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from ops.errors import ChildFailed
from ops.exec_child import child_command
from ops.sandbox_content import ALL, Drafts
from ops.sandbox_folder import Folder
from ops.settings import CHECKOUT

MODULE = "ops.sandbox"
_ANSWER_WITHIN_S = 30.0
_STOP_S = 30.0
_LOOK_EVERY_S = 0.05


class Starter(Protocol):
    """Starts programs that die with us (`console.programs.Programs` is one)."""

    def start(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> int:
        """Start `python -m module`; gives its pid."""
        ...

    def runs(self, pid: int) -> bool:
        """Say whether it still runs."""
        ...

    def stop(self, pid: int, patience_s: float = ...) -> None:
        """End it and wait for it."""
        ...


class DirectStarter:
    """Starts programs for a caller whose thread lives as long as they should."""

    def __init__(self) -> None:
        self._started: dict[int, subprocess.Popen[bytes]] = {}

    def start(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> int:
        """Start `python -m module`; gives its pid."""
        command = child_command(
            [sys.executable, "-m", module, *arguments], death_signal=signal.SIGTERM
        )
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started[process.pid] = process
        return process.pid

    def runs(self, pid: int) -> bool:
        """Say whether it still runs."""
        process = self._started.get(pid)
        return process is not None and process.poll() is None

    def stop(self, pid: int, patience_s: float = _STOP_S) -> None:
        """End it and wait for it."""
        process = self._started.pop(pid, None)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class SandboxState:
    """Where a sandbox stands.

    Attributes:
        name: `off`, `starting`, `ready`, `failed` or `ended`.
        step: While starting: `process`, `database`, `content` or `start`.
        code: Why it failed (`memory`, `model`, `slow`, `broken`) or ended (`idle`, `asked`,
            `orphaned`, `killed`).
        values: Numbers that belong to the code.
        url: Address of its gateway while it is ready.
        database_url: libpq URL of its database while it is ready.
        model: Name of its model's archive.
        took_s: Seconds its start took.
        data_key: With what its database is encrypted while it is ready; never the office's.
    """

    name: str
    step: str = ""
    code: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    url: str = ""
    database_url: str = ""
    model: str = ""
    took_s: float = 0.0
    data_key: str = field(default="", repr=False)


class SandboxHandle:
    """One sandbox, from `begin` to `stop`; also a context manager that waits until it is ready.

    Args:
        starter: starts its process; by default it must be used from one lasting thread.
        model: archive of its language model; None takes the one citizens are understood with.
        live_url: libpq URL of the office's database, by default that of the environment.
        idle_s: seconds without a question after which it ends by itself.
    """

    def __init__(
        self,
        starter: Starter | None = None,
        *,
        model: Path | None = None,
        live_url: str | None = None,
        idle_s: float = 600.0,
    ) -> None:
        self._starter = starter or DirectStarter()
        self._model = model
        self._environment = {} if live_url is None else {"DATABASE_URL": live_url}
        self._idle_s = idle_s
        self._folder: Folder | None = None
        self._pid = 0

    def begin(self) -> None:
        """Start it, if it does not run; returns at once.

        Raises:
            OSError: the machine cannot start another process.
        """
        if self._pid and self._starter.runs(self._pid):
            return
        self._forget()
        self._folder = Folder.new()
        arguments = ["--folder", str(self._folder.root), "--idle-s", str(self._idle_s)]
        if self._model is not None:
            arguments += ["--model", str(self._model)]
        self._pid = self._starter.start(MODULE, *arguments, environment=self._environment)

    def state(self) -> SandboxState:
        """Where it stands now."""
        if self._folder is None:
            return SandboxState("off")
        runs = self._starter.runs(self._pid)
        said = self._folder.read()  # after the look, so that the last word is never missed
        name = said.get("state", "starting")
        if not runs and name not in ("failed", "ended"):
            return SandboxState("ended", code="killed")
        known = SandboxState.__dataclass_fields__
        values = {key: value for key, value in said.items() if key in known}
        return SandboxState(**{"name": name, "step": "process" if name == "starting" else "",
                               **values})  # fmt: skip

    def wait_ready(self, timeout_s: float = 200.0) -> SandboxState:
        """Wait until a citizen can be answered.

        Raises:
            ChildFailed: it failed, or was not ready in time.
        """
        deadline = time.monotonic() + timeout_s
        while (state := self.state()).name == "starting" and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY_S)
        if state.name != "ready":
            detail = str(self._folder.read().get("detail", "")) if self._folder else ""
            raise ChildFailed(
                f"the sandbox is {state.name} ({state.code}): {detail}",
                name="sandbox", code=0, log=detail,
            )  # fmt: skip
        return state

    def renew(self, drafts: Drafts = ALL) -> dict[str, Any]:
        """Bring its content up to date, these drafts on top: `changed`, `drafts`, `unfit`.

        Raises:
            ChildFailed: it does not answer, or cannot do it.
        """
        return self.ask(do="renew", drafts=drafts if isinstance(drafts, str) else list(drafts))

    def explain(self, text: str) -> dict[str, Any]:
        """Say how its model understands a message (see `ops.sandbox_insight`).

        Raises:
            ChildFailed: it does not answer, or cannot do it.
        """
        return self.ask(do="explain", text=text)

    def touch(self) -> None:
        """Say that it is still needed.

        Raises:
            ChildFailed: it does not answer.
        """
        self.ask(do="touch")

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Ask one thing through its door.

        Raises:
            ChildFailed: it does not answer, or cannot do it.
        """
        try:
            with socket.socket(socket.AF_UNIX) as door:
                door.settimeout(_ANSWER_WITHIN_S)
                door.connect(str(self._folder.door if self._folder else ""))
                door.sendall(json.dumps(asked).encode() + b"\n")
                with door.makefile("rb") as lines:
                    answer = json.loads(lines.readline())
        except (OSError, ValueError) as error:
            raise ChildFailed("the sandbox does not answer", name="sandbox", code=0, log="") \
                from error  # fmt: skip
        if "error" in answer:
            raise ChildFailed(str(answer.get("detail")), name="sandbox", code=0, log="")
        return dict(answer)

    def stop(self) -> None:
        """End it and delete what it left; without effect when it does not run."""
        if self._pid:
            self._starter.stop(self._pid, _STOP_S)
        self._forget()

    def _forget(self) -> None:
        folder, self._folder, self._pid = self._folder, None, 0
        if folder is not None:
            folder.remove()

    def __enter__(self) -> SandboxHandle:
        self.begin()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
