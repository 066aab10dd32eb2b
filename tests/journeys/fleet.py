"""Several machines: every process by itself, on ports of its own, against one PostgreSQL.

Each process reaches the database and the others through links that a test can cut.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from psycopg.conninfo import conninfo_to_dict

from ops.embedded_postgres import EmbeddedPostgres
from ops.exec_child import child_command
from ops.http_probe import http_get
from ops.settings import CHECKOUT, LOOPBACK
from ops.trial import free_ports
from tests.journeys.links import Link

GATEWAYS, WORKERS = ("gateway-1", "gateway-2"), ("worker-1", "worker-2")
RASAS, ACTIONS = ("rasa-1", "rasa-2", "rasa-3"), ("actions-1", "actions-2")
CONSOLES = ("console-1", "console-2")
MACHINES = (*GATEWAYS, *WORKERS, *RASAS, *ACTIONS, *CONSOLES)
START_S = 240.0
"""Eleven processes and perhaps a training, on a busy machine."""


@dataclass
class Machine:
    """One process with the links that lead to the database and to its own door."""

    name: str
    port: int
    database: Link
    door: Link
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def part(self) -> str:
        """What `tanya run` is told."""
        return self.name.partition("-")[0]


class Fleet:
    """All machines, ready between entering and leaving the context.

    Args:
        platforms: Variables that name tokens and addresses of the platforms.
    """

    def __init__(self, platforms: dict[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tanya-fleet-"))
        self.folder.chmod(0o755)  # as root, the account of PostgreSQL must pass through
        self._postgres = EmbeddedPostgres(self.folder / "pg", ephemeral=True)
        self._var = self.folder / "var"
        self._platforms = platforms
        self._secrets = {
            name: secrets.token_urlsafe(32)
            for name in (
                "TANYA_RASA_SECRET", "TANYA_ACTIONS_SECRET", "TANYA_MODEL_SERVER_TOKEN",
                "TANYA_SEAL_KEY", "TANYA_AUDIT_KEY", "TANYA_CONSOLE_KEY",
            )
        }  # fmt: skip
        self.machines: dict[str, Machine] = {}
        self.database_url = ""

    def __enter__(self) -> Fleet:
        try:
            self.database_url = self._postgres.__enter__()
            self._prepare()
            self._connect()
            for name in MACHINES:
                self.start(name)
            for name in MACHINES:
                self.wait_ready(name)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for machine in self.machines.values():
            if machine.process is not None:
                self.kill(machine.name)
            machine.database.close()
            machine.door.close()
        self._postgres.__exit__(kind, error, trace)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str, path: str = "") -> str:
        """Give the address of a machine's own door, past any link."""
        return f"http://{LOOPBACK}:{self.machines[name].port}{path}"

    def start(self, name: str) -> None:
        """Start one process."""
        machine = self.machines[name]
        command = child_command(
            [sys.executable, "-m", "ops.cli", "run", machine.part], death_signal=signal.SIGKILL
        )
        with (self.folder / f"{name}.log").open("ab") as output:
            machine.process = subprocess.Popen(
                command, cwd=CHECKOUT, env=self._environment(machine), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """`kill -9` it."""
        process = self.machines[name].process
        assert process is not None
        process.kill()
        process.wait()
        self.machines[name].process = None

    def cut_off(self, name: str) -> None:
        """Pull its cables: it reaches no database, and nobody reaches it."""
        self.machines[name].database.cut()
        self.machines[name].door.cut()

    def put_back(self, name: str) -> None:
        """Plug them in again."""
        self.machines[name].database.heal()
        self.machines[name].door.heal()

    def is_ready(self, name: str) -> bool:
        """Say whether it would take work now."""
        machine = self.machines[name]
        return bool(http_get(LOOPBACK, machine.port, "/readyz")[0] == 200)

    def wait_ready(self, name: str) -> None:
        """Return once it would take work.

        Raises:
            AssertionError: It ended, or did not become ready; the message holds its last lines.
        """
        machine = self.machines[name]
        until(lambda: self.is_ready(name) or _ended(machine), START_S)
        assert self.is_ready(name), self.log(name)[-3000:]

    def log(self, name: str) -> str:
        """What a machine has written so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _connect(self) -> None:
        given = conninfo_to_dict(self.database_url)
        socket_file = f"{given['host']}/.s.PGSQL.{given.get('port') or 5432}"
        for name, port in zip(MACHINES, free_ports(len(MACHINES)), strict=True):
            self.machines[name] = Machine(name, port, Link(socket_file), Link((LOOPBACK, port)))

    def _common(self) -> dict[str, str]:
        return {
            **os.environ,
            **dict.fromkeys(("PERMIT_DATABASE_URL", "TANYA_PUBLIC_URL"), ""),
            **self._secrets,
            "TANYA_DEMO": "1",
            "TANYA_DEMO_DESK": "0",
            "TANYA_VAR_FOLDER": str(self._var),
            "TANYA_MEDIA_FOLDER": str(self._var / "media"),
            "TANYA_METRICS_PORT": "0",
        }

    def _prepare(self) -> None:
        """Schema, seed, demo and model, once for all."""
        shared = CHECKOUT / "var" / "models"
        shared.mkdir(parents=True, exist_ok=True)
        self._var.mkdir()
        (self._var / "models").symlink_to(shared)
        done = subprocess.run(
            [sys.executable, "-m", "ops.cli", "prepare", "--demo"],
            cwd=CHECKOUT, env={**self._common(), "DATABASE_URL": self.database_url},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]

    def _environment(self, machine: Machine) -> dict[str, str]:
        given = conninfo_to_dict(self.database_url)
        own = {
            "gateway": ("TANYA_GATEWAY_PORT", "web"),
            "worker": ("TANYA_GATEWAY_PORT", "worker"),
            "rasa": ("TANYA_RASA_PORT", ""),
            "actions": ("TANYA_ACTIONS_PORT", ""),
            "console": ("TANYA_CONSOLE_PORT", ""),
        }
        port_variable, role = own[machine.part]
        return {
            **self._common(),
            **self._platforms,
            "DATABASE_URL": (
                f"postgresql://{given.get('user', 'postgres')}@{LOOPBACK}:{machine.database.port}"
                f"/{given['dbname']}?sslmode=disable&gssencmode=disable"
            ),
            "TANYA_RASA_URL": ",".join(self._behind(RASAS, "")),
            "TANYA_ACTIONS_URL": ",".join(self._behind(ACTIONS, "/webhook")),
            "TANYA_MODEL_SERVER_URL": "",
            port_variable: str(machine.port),
            **({"TANYA_GATEWAY_ROLE": role} if role else {}),
        }

    def _behind(self, names: tuple[str, ...], path: str) -> list[str]:
        return [f"http://{LOOPBACK}:{self.machines[name].door.port}{path}" for name in names]


def until(true: Callable[[], bool], timeout_s: float) -> None:
    """Return when it is so, or when the time is over."""
    deadline = time.monotonic() + timeout_s
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)


def _ended(machine: Machine) -> bool:
    return machine.process is None or machine.process.poll() is not None
