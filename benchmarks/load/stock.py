"""Stock Rasa as an office would run it: its server with its Telegram connector, its action server.

The actions run our use cases over a PostgreSQL of the same kind as ours (see ``stock_actions``).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from benchmarks.load.fake_platform import BOT, TOKEN
from benchmarks.load.stock_model import KEPT, PROJECT, quiet_environment
from benchmarks.load.webhooks import Door
from benchmarks.processes import cpu_ms, memory
from izin.storage.migrate import upgrade
from izin.storage.postgres.engine import create
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.seed import seed_all
from ops import demo
from ops.embedded_postgres import EmbeddedPostgres
from ops.exec_child import child_command
from ops.http_probe import http_get
from ops.settings import CHECKOUT, LOOPBACK
from ops.trial import free_ports

FIRST_CHAT = 700_000_000
CHATS = 60_000
"""Conversations made before the load, so that the action server finds its rows."""

_READY_S = 600.0
_STOP_S = 20.0
_CONVERSATIONS = text(
    "insert into conversations (id, namespace, channel, chat)"
    " select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'live', 'telegram',"
    " n::text from generate_series(cast(:first as bigint), cast(:last as bigint)) n"
)


class StockDown(RuntimeError):
    """A process of the stock side did not start."""


class Stock:
    """The stock side, ready between `start` and `stop`; also a context manager.

    Args:
        python: Interpreter with unmodified Rasa.
        project: Folder of the trained project.
        platform_url: The Bot API its connector speaks to.
        durable: Conversations are kept in PostgreSQL; else in memory, as is Rasa's default.
    """

    def __init__(self, python: Path, project: Path, platform_url: str, *, durable: bool) -> None:
        self._python = python
        self._project = project
        self._platform_url = platform_url
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="tanya-stock-"))
        self._folder.chmod(0o755)  # as root, the account of PostgreSQL must pass through
        self._postgres = EmbeddedPostgres(self._folder / "pg", durable=True)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._port, self._actions_port = free_ports(2)
        self.cold_start_s = 0.0

    @property
    def telegram(self) -> Door:
        """Where its connector takes updates; it checks no secret."""
        return Door("telegram", self._port, "/webhooks/telegram/webhook", "")

    def start(self) -> None:
        """Start everything.

        Raises:
            StockDown: A process ended or was not ready in time.
        """
        url = self._postgres.start()
        _fill(url)
        began = time.monotonic()
        actions = [sys.executable, "-m", "benchmarks.load.stock_actions", str(self._actions_port)]
        self._spawn("actions", actions, CHECKOUT, self._action_environment(url))
        endpoints = "endpoints-sql.yml" if self._durable else "endpoints.yml"
        server = [
            *(str(self._python), str(PROJECT / "server.py"), self._platform_url),
            *("run", "--model", "models/stock.tar.gz", "--endpoints", endpoints),
            *("--credentials", "credentials.yml", "-i", LOOPBACK, "-p", str(self._port)),
        ]
        self._spawn("rasa", server, self._project, self._rasa_environment(url))
        self._wait("actions", self._actions_port, "/health")
        self._wait("rasa", self._port, "/")
        self.cold_start_s = time.monotonic() - began

    def _action_environment(self, url: str) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": url,
            "TANYA_SEAL_KEY": "k" * 32,
            "TANYA_DEMO": "1",
            "MALLOC_ARENA_MAX": "2",
        }

    def _rasa_environment(self, url: str) -> dict[str, str]:
        parts = urlsplit(url)
        return {
            **quiet_environment(),
            "STOCK_ACTIONS_URL": f"http://{LOOPBACK}:{self._actions_port}/webhook",
            "STOCK_TOKEN": TOKEN,
            "STOCK_BOT": BOT,
            "STOCK_WEBHOOK": "https://contoh.invalid/webhooks/telegram/webhook",
            "STOCK_SQL_DATABASE": parts.path.lstrip("/"),
            "STOCK_SQL_USER": parts.username or "",
            "STOCK_SQL_FOLDER": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        }

    def _spawn(
        self, name: str, command: list[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        log = KEPT / f"stock-{name}.log"
        with log.open("wb") as output:
            self._processes[name] = subprocess.Popen(
                child_command(command, death_signal=signal.SIGKILL),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _wait(self, name: str, port: int, path: str) -> None:
        deadline = time.monotonic() + _READY_S
        while http_get(LOOPBACK, port, path)[0] != 200:
            if self._processes[name].poll() is not None or time.monotonic() > deadline:
                last = (KEPT / f"stock-{name}.log").read_text(errors="replace")[-3000:]
                raise StockDown(f"{name} of the stock side is not ready:\n{last}")
            time.sleep(0.05)

    def spent_ms(self) -> dict[str, float]:
        """Give the CPU milliseconds of each part so far."""
        return {name: sum(cpu_ms(pid).values()) for name, pid in self._pids().items()}

    def memory_mb(self) -> dict[str, float]:
        """Give the memory (PSS) of each part now."""
        return {
            name: sum(size.pss_mb for size in memory(pid).values())
            for name, pid in self._pids().items()
        }

    def _pids(self) -> dict[str, int]:
        pids = {name: process.pid for name, process in self._processes.items()}
        return {**pids, "postgres": self._postgres.owner_pid}

    def stop(self) -> None:
        """Stop everything and delete its database."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._postgres.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Stock:
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


def _fill(url: str) -> None:
    """Bring schema, catalogue, office, FAQ, demo registry and the citizens' conversations in."""
    upgrade(url)
    seed_all(url, CHECKOUT / "data")
    engine = create(url, pool_size=1)
    try:
        today = datetime.now(PostgresOfficeBook(engine).office().zone).date()
        demo.load(url, today, again=False, data_folder=CHECKOUT / "data")
        with engine.begin() as connection:
            connection.execute(
                _CONVERSATIONS, {"first": FIRST_CHAT, "last": FIRST_CHAT + CHATS - 1}
            )
    finally:
        engine.dispose()
