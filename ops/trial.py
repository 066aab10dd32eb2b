"""A throwaway stack: all of `tanya up --demo` in folders of its own on free ports.

Journeys and benchmarks run against it, beside a `make run` of the same checkout. Only the trained
models are shared with the checkout, so that one training serves all.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from ops.data_key import DATA_KEY, key_file
from ops.embedded_postgres import running_dsn
from ops.errors import ChildFailed
from ops.exec_child import child_command
from ops.http_probe import http_get
from ops.kept_key import kept_key
from ops.postgres_owner import ready_pid
from ops.settings import CHECKOUT, LOOPBACK

FIRST_START_S = 400.0
"""A first start may have to train the language model on a busy machine."""

_STOP_S = 60.0
_PLATFORMS = (
    "TELEGRAM_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "TELEGRAM_API",
    "WHATSAPP_TOKEN",
    "WHATSAPP_PHONE_ID",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "WHATSAPP_API",
    "TANYA_PUBLIC_URL",
)
_STARTED = re.compile(r"event='child_started' name='(?P<name>\w+)' pid=(?P<pid>\d+)")


class Trial:
    """A whole stack, ready between `start` and `stop`; also a context manager.

    Start and stop it from one thread: the stack dies with the thread that started it.

    Args:
        environment: variables for its processes, for example the address of a fake platform.
            Platforms and databases that the caller's own environment names are not used.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tanya-trial-"))
        self.folder.chmod(0o755)  # as root, the account of PostgreSQL must pass through
        gateway, rasa, actions, metrics, console = free_ports(5)
        self.gateway_url = f"http://{LOOPBACK}:{gateway}"
        self.rasa_url = f"http://{LOOPBACK}:{rasa}"
        self.actions_url = f"http://{LOOPBACK}:{actions}"
        self.metrics_url = f"http://{LOOPBACK}:{metrics}/metrics"
        self.console_url = f"http://{LOOPBACK}:{console}"
        self._gateway_port = gateway
        self._console_port = console
        self._var = self.folder / "var"
        self._data_root = self.folder / "pg"
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            # An empty value is one the checkout's `.env` cannot fill in.
            **dict.fromkeys(("DATABASE_URL", "PERMIT_DATABASE_URL", *_PLATFORMS), ""),
            "TANYA_VAR_FOLDER": str(self._var),
            "TANYA_DEMO_DESK": "0",  # the queue begins empty
            "TANYA_PG_DATA": str(self._data_root),
            "TANYA_MEDIA_FOLDER": str(self._var / "media"),
            "TANYA_GATEWAY_HOST": LOOPBACK,
            "TANYA_GATEWAY_PORT": str(gateway),
            "TANYA_RASA_PORT": str(rasa),
            "TANYA_ACTIONS_PORT": str(actions),
            "TANYA_METRICS_PORT": str(metrics),
            "TANYA_CONSOLE_HOST": LOOPBACK,
            "TANYA_CONSOLE_PORT": str(console),
            **(environment or {}),
        }

    def start(self) -> float:
        """Start everything; returns the seconds until it was ready.

        Raises:
            ChildFailed: it ended, or was not ready within `FIRST_START_S`; the message holds its
                last lines.
        """
        self._share_models()
        began = time.monotonic()
        command = child_command(
            [sys.executable, "-m", "ops.cli", "up", "--demo"], death_signal=signal.SIGTERM
        )
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_ready(FIRST_START_S)
        return time.monotonic() - began

    @property
    def output(self) -> Path:
        """File of what `tanya up` printed."""
        return self.folder / "up.txt"

    def is_ready(self) -> bool:
        """Say whether a citizen can be answered now, and an officer can work."""
        ports = (self._gateway_port, self._console_port)
        return all(http_get(LOOPBACK, port, "/readyz")[0] == 200 for port in ports)

    def wait_ready(self, timeout_s: float = 60.0) -> None:
        """Return once a citizen can be answered.

        Raises:
            ChildFailed: as for `start`.
        """
        deadline = time.monotonic() + timeout_s
        while not self.is_ready():
            ended = self._process.poll() if self._process else -1
            if ended is not None or time.monotonic() > deadline:
                last = self.output.read_text(errors="replace")[-3000:]
                raise ChildFailed(
                    f"the trial stack is not ready:\n{last}",
                    name="tanya up",
                    code=ended or 0,
                    log=str(self.output),
                )
            time.sleep(0.05)

    @property
    def database_url(self) -> str:
        """libpq URL of its PostgreSQL."""
        url = running_dsn(self._data_root)
        if url is None:
            raise ChildFailed(
                "the trial's PostgreSQL does not run", name="postgres", code=0, log=""
            )
        return url

    @property
    def data_key(self) -> str:
        """With what its database is encrypted: the caller's own key, else the one it has drawn."""
        return self.environment.get(DATA_KEY) or kept_key(key_file(self._var))

    @property
    def pid(self) -> int:
        """Pid of its `tanya up`."""
        if self._process is None:
            raise ChildFailed("the trial was not started", name="tanya up", code=0, log="")
        return self._process.pid

    def pid_of(self, name: str) -> int:
        """Pid of a part started last: postgres (its owner), rasa, actions, gateway, console.

        Raises:
            KeyError: no such part was started.
        """
        log = (self._var / "log" / "tanya.log").read_text(errors="replace")
        return {match["name"]: int(match["pid"]) for match in _STARTED.finditer(log)}[name]

    def server_pid(self) -> int:
        """Pid of the PostgreSQL server itself.

        Raises:
            ChildFailed: it does not accept connections now.
        """
        pid = ready_pid(self._data_root / "data")
        if pid is None:
            raise ChildFailed(
                "the trial's PostgreSQL does not run", name="postgres", code=0, log=""
            )
        return pid

    def log(self, name: str) -> str:
        """What a part has written so far."""
        return (self._var / "log" / f"{name}.log").read_text(errors="replace")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `tanya` command against this stack, for example `command("demo", "renew")`."""
        return subprocess.run(
            [sys.executable, "-m", "ops.cli", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def kill(self) -> None:
        """Kill `tanya up` itself, as `kill -9` does, and wait for its end; `start` works again.

        Raises:
            ChildFailed: it was not started.
        """
        os.kill(self.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait(_STOP_S)
        self._process = None

    def stop(self, *, keep: bool = False) -> None:
        """Stop everything and delete its folders, unless `keep` wants another `start`."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Trial:
        try:
            self.start()
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

    def _share_models(self) -> None:
        shared = CHECKOUT / "var" / "models"
        shared.mkdir(parents=True, exist_ok=True)
        self._var.mkdir(exist_ok=True)
        own = self._var / "models"
        if not own.is_symlink():
            own.symlink_to(shared)


def free_ports(count: int) -> list[int]:
    """Loopback TCP ports nobody listens on now."""
    # All are held at once, so that none is given twice.
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports
