"""The filled database and the console process that is measured on it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import Engine, text

from benchmarks.console.editing import fill_editing
from benchmarks.console.world import Size, fill
from console.door import COOKIE
from console.house import House
from console.main import join
from izin.accounts import Account, Role
from izin.ports.accounts import Accounts
from izin.settings import Settings
from izin.storage.migrate import upgrade
from izin.storage.postgres.engine import create
from izin.storage.seed import seed_all
from ops import demo
from ops.embedded_postgres import EmbeddedPostgres
from ops.exec_child import child_command
from ops.settings import CHECKOUT, LOOPBACK

SECRETS = {"TANYA_AUDIT_KEY": "a" * 32, "TANYA_SEAL_KEY": "k" * 32,
           "TANYA_CONSOLE_KEY": "c" * 32}  # fmt: skip
OFFICERS = 12
READY_S = 120.0


@dataclass
class BenchHouse:
    """A filled database with accounts of every role, and doors to look at it."""

    database_url: str
    settings: Settings
    engine: Engine
    postgres_pid: int
    accounts: dict[Role, Account] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """The console's ports over the same database."""
        return join(self.settings, self.engine)

    def secret(self, role: Role) -> str:
        """Give the cookie of a new session of the role's account."""
        return self.house.signing.begin(self.accounts[role])[1]

    def one(self, statement: str, **values: object) -> str:
        """Give the single value of a query as text."""
        with self.engine.connect() as connection:
            return str(connection.execute(text(statement), values).scalar_one())


@contextmanager
def filled_house(size: Size, keep: Path | None = None) -> Iterator[tuple[BenchHouse, float]]:
    """Give a house of this size, and the seconds its filling took (0 when it was kept).

    Args:
        size: How much to invent.
        keep: Keep the database in this folder, and use the one that is there.
    """
    folder = keep or Path(tempfile.mkdtemp(prefix="tanya-bench-pg-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # as root, the account of PostgreSQL must pass through
    try:
        server = EmbeddedPostgres(folder / "pg")
        with server as url:
            upgrade(url)
            media = folder / "media"
            media.mkdir(exist_ok=True)
            settings = Settings(
                database_url=url, media_folder=str(media), demo=True,
                audit_key=SECRETS["TANYA_AUDIT_KEY"], seal_key=SECRETS["TANYA_SEAL_KEY"],
                console_key=SECRETS["TANYA_CONSOLE_KEY"],
            )  # fmt: skip
            engine = create(url, pool_size=2)
            try:
                bench = BenchHouse(url, settings, engine, server.owner_pid)
                yield bench, _fill_once(bench, size)
            finally:
                engine.dispose()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _fill_once(bench: BenchHouse, size: Size) -> float:
    began, now = time.monotonic(), datetime.now(UTC)
    if int(bench.one("select count(*) from turns")):
        bench.accounts = _accounts(bench)
        _tell(fill_editing(bench.engine, now, size.answers, size.clusters))
        return 0.0
    seed_all(bench.database_url, CHECKOUT / "data")
    demo.load(bench.database_url, now.date())
    bench.accounts = _accounts(bench)
    officers = [bench.accounts[Role.OFFICER], *_more_officers(bench)]
    rows = fill(bench.engine, size, now, [account.id for account in officers],
                SECRETS["TANYA_AUDIT_KEY"])  # fmt: skip
    _tell({**rows, **fill_editing(bench.engine, now, size.answers, size.clusters)})
    return time.monotonic() - began


def _tell(rows: Mapping[str, int]) -> None:
    for name, count in rows.items():
        print(f"  {name}: {count:,}", file=sys.stderr)


def _accounts(bench: BenchHouse) -> dict[Role, Account]:
    book = bench.house.accounts
    return {role: _account(book, f"bench-{role.value}", role) for role in Role}


def _more_officers(bench: BenchHouse) -> Sequence[Account]:
    book = bench.house.accounts
    return [_account(book, f"bench-petugas-{n}", Role.OFFICER) for n in range(2, OFFICERS + 1)]


def _account(accounts: Accounts, login: str, role: Role) -> Account:
    found = accounts.by_login(login)
    if found is None:
        account = Account(str(uuid.uuid4()), login, f"Uji {login}", frozenset({role}))
        accounts.add(account, "!", datetime.now(UTC))
        return account
    return found[0]


@dataclass(frozen=True)
class RunningConsole:
    """A console process of its own."""

    url: str
    pid: int

    def client(self, secret: str) -> httpx.Client:
        """Give a client with a session's cookie."""
        return httpx.Client(base_url=self.url, cookies={COOKIE: secret}, timeout=60,
                            trust_env=False)  # fmt: skip


@contextmanager
def console_process(bench: BenchHouse) -> Iterator[RunningConsole]:
    """Run ``python -m console.main`` on the house until the block ends.

    Raises:
        RuntimeError: It is not ready within :data:`READY_S`.
    """
    port = _free_port()
    environment = {
        **os.environ, **SECRETS, "DATABASE_URL": bench.database_url, "TANYA_DEMO": "1",
        "TANYA_MEDIA_FOLDER": bench.settings.media_folder, "TANYA_CONSOLE_HOST": LOOPBACK,
        "TANYA_CONSOLE_PORT": str(port), "PERMIT_DATABASE_URL": "",
        "TANYA_CONSOLE_URL": f"http://{LOOPBACK}:{port}",
    }  # fmt: skip
    command = child_command([sys.executable, "-m", "console.main"], death_signal=signal.SIGTERM)
    log = Path(bench.settings.media_folder).parent / "console.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=output,
                                   stderr=subprocess.STDOUT)  # fmt: skip
        try:
            url = f"http://{LOOPBACK}:{port}"
            _wait_ready(url, process, log)
            yield RunningConsole(url, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the console is not ready:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as held:
        return int(held.getsockname()[1])
