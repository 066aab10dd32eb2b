"""What goes wrong during a run, and when: drawn from the seed, done to the running house."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import psycopg

from benchmarks.chaos.evidence import Shaken
from benchmarks.chaos.house import House
from benchmarks.chaos.ledger import Ledger
from izin.settings import Settings
from ops.errors import OpsError

RECOVERED_S = 30.0
"""How long after a kill a delivery may still be found in the middle: 20 s until a worker without
a heartbeat is given up, and looking for such every 5 s."""

HANG_S = 7.0
FULL_S = 8.0
CLOCK_S = 12.0
JUMP_S = 90
Act = Callable[["Shaker"], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes:
        act: Does it; returns when it is over.
        struck: How many processes that deliver lose what they were recording.
        whole: Everything must run before it, as it needs others or takes down what they need.
        possible: Says whether it can be done here.
    """

    act: Act
    struck: int = 0
    whole: bool = False
    possible: Callable[[House], bool] = lambda house: True


@dataclass
class Shaker:
    """Does the faults, one after another."""

    house: House
    ledger: Ledger
    random: Random
    answered: Callable[[], None]
    """Called when something was started again."""
    share: float = 1.0
    """How much of its usual time a fault lasts."""
    skipped: list[str] = field(default_factory=list)

    def shake(self, name: str) -> None:
        """Do one fault and note when it was."""
        fault = FAULTS[name]
        if not fault.possible(self.house):
            self.skipped.append(name)
            return
        if fault.whole:
            self.house.wait_ready()
        began = self.ledger.now()
        fault.act(self)
        ended = self.ledger.now() + (RECOVERED_S if fault.struck else 0.0)
        under_way = fault.struck * Settings.worker_concurrency
        self.ledger.shaken.append(Shaken(name, began, ended, fault.struck > 0, under_way))
        if fault.struck:
            self.answered()

    def kill(self, part: str) -> None:
        """Kill a part with signal 9 once it runs."""
        deadline = time.monotonic() + 60
        while True:
            try:
                os.kill(self.house.pid_of(part), signal.SIGKILL)
                return
            except ProcessLookupError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def move_clock(self, seconds: int) -> None:
        """Move the house's clock and see that PostgreSQL's has moved.

        Raises:
            TimeoutError: It has not.
        """
        self.house.move_clock(seconds)
        deadline = time.monotonic() + 60
        while True:
            [(at,)] = self.database("select extract(epoch from clock_timestamp())::float8")
            if abs(float(str(at)) - time.time() - seconds) < 5:
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the clock of PostgreSQL does not move")
            time.sleep(0.2)

    def database(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the house's database, outside of the house."""
        deadline = time.monotonic() + 60
        while True:
            try:
                with psycopg.connect(self.house.trial.database_url, autocommit=True) as connection:
                    found = connection.execute(statement)  # type: ignore[call-overload]
                    return found.fetchall() if found.description else []
            except (psycopg.Error, OpsError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _killing(part: str) -> Act:
    return lambda shaker: shaker.kill(part)


def _kill_postmaster(shaker: Shaker) -> None:
    shaker.database("select 1")
    os.kill(shaker.house.trial.server_pid(), signal.SIGKILL)


def _kill_backend(shaker: Shaker) -> None:
    rows = shaker.database(
        "select pid from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid() order by pid"
    )
    with suppress(ProcessLookupError):
        os.kill(int(str(shaker.random.choice(rows)[0])), signal.SIGKILL)


def _restart_database(shaker: Shaker) -> None:
    os.kill(shaker.house.pid_of("postgres"), signal.SIGTERM)


def _kill_supervisor(shaker: Shaker) -> None:
    shaker.house.trial.kill()
    shaker.house.restart_after_kill()


def _to_polling(shaker: Shaker) -> None:
    """Kill the supervisor, and start everything again without a public address."""
    house = shaker.house
    house.trial.environment["TANYA_PUBLIC_URL"] = ""
    for kept in house.others.values():
        kept.environment["TANYA_PUBLIC_URL"] = ""
        kept.again()
    _kill_supervisor(shaker)


def _hang_registry(shaker: Shaker) -> None:
    with shaker.house.registry_locked():
        time.sleep(shaker.share * HANG_S)


def _fill(which: str) -> Act:
    def act(shaker: Shaker) -> None:
        with shaker.house.full_disk(which):
            time.sleep(shaker.share * FULL_S)

    return act


def _move_clock(seconds: int) -> Act:
    def act(shaker: Shaker) -> None:
        shaker.move_clock(seconds)
        time.sleep(shaker.share * CLOCK_S)
        shaker.move_clock(0)

    return act


def _order(telegram: Callable[[Ledger], None], whatsapp: Callable[[Ledger], None]) -> Act:
    def act(shaker: Shaker) -> None:
        telegram(shaker.ledger)
        whatsapp(shaker.ledger)
        time.sleep(0.5)

    return act


FAULTS: Mapping[str, Fault] = {
    "platforms: 429 with a pause": Fault(_order(
        lambda ledger: ledger.telegram.fail(
            "sendMessage", 429, "Too Many Requests: retry after 2", 6, retry_after=2),
        lambda ledger: ledger.meta.fail("messages", 130429, 6),
    )),
    "platforms: 5xx": Fault(_order(
        lambda ledger: ledger.telegram.fail("sendMessage", 502, "Bad Gateway", 6),
        lambda ledger: ledger.meta.fail("messages", 131016, 6),
    )),
    "platforms: no answer, nothing done": Fault(_order(
        lambda ledger: ledger.telegram.hang("sendMessage", times=3),
        lambda ledger: ledger.meta.hang("messages", times=3),
    )),
    "platforms: no answer, but done": Fault(_order(
        lambda ledger: ledger.telegram.hang("sendMessage", acts=True, times=2),
        lambda ledger: ledger.meta.hang("messages", acts=True, times=2),
    )),
    "platforms: connection closed in mid-answer": Fault(_order(
        lambda ledger: ledger.telegram.drop("sendMessage", times=3),
        lambda ledger: ledger.meta.drop("messages", times=3),
    )),
    "kill -9 action server": Fault(_killing("actions")),
    "kill -9 web": Fault(_killing("web")),
    "kill -9 worker": Fault(_killing("worker"), struck=1),
    "registry hangs": Fault(_hang_registry, whole=True),
    "kill -9 PostgreSQL backend": Fault(_kill_backend, struck=2),
    "kill -9 Rasa": Fault(_killing("rasa")),
    "kill -9 gateway": Fault(_killing("gateway"), struck=1),
    "disk of files and logs full": Fault(_fill("var"), possible=lambda house: house.disks),
    "kill -9 postmaster": Fault(_kill_postmaster, struck=2),
    "clock forward": Fault(_move_clock(JUMP_S), possible=lambda house: house.has_clock),
    "disk of the database full": Fault(
        _fill("pg"), struck=2, possible=lambda house: house.disks),
    "database restart": Fault(_restart_database, struck=2),
    "clock back": Fault(_move_clock(-JUMP_S), possible=lambda house: house.has_clock),
    "kill -9 supervisor": Fault(_kill_supervisor, struck=2, whole=True),
    "kill -9 supervisor, then by polling": Fault(_to_polling, struck=2, whole=True),
}  # fmt: skip

POLLING = "kill -9 supervisor, then by polling"


def schedule(random: Random, rounds: int, only: str = "") -> list[tuple[float, str]]:
    """Give (share of all messages, fault) in the order they come.

    Every kind once a round in an order of its own; from the middle on Telegram is polled.
    ``only`` keeps those faults whose name holds one of its words (separated by commas).
    """
    names: list[str] = []
    for _ in range(rounds):
        of_round = [name for name in FAULTS if name != POLLING]
        random.shuffle(of_round)
        names += of_round
    names.insert(len(names) * 3 // 5, POLLING)
    names = [name for name in names if any(word in name for word in only.split(","))]
    return [(0.02 + 0.9 * place / len(names), name) for place, name in enumerate(names)]


def counted(shaken: Sequence[Shaken]) -> dict[str, int]:
    """Give how often each fault was done."""
    found: dict[str, int] = {}
    for item in shaken:
        found[item.name] = found.get(item.name, 0) + 1
    return found
