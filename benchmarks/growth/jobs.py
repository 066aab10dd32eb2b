"""What runs by itself: retention, reminders, figures, and the watcher of followed applications.

All on a copy of the house that is dropped afterwards, as the jobs delete and change much.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import structlog
from sqlalchemy import Engine, text

from benchmarks.console.house import BenchHouse
from benchmarks.growth.watched import Seen, watched
from bot.jobs.schedule import Schedule
from bot.jobs.webhooks import WebhookJobs, WebhookSender
from izin.privacy import CHAT_LIVES
from izin.settings import Settings
from izin.storage.postgres.engine import create
from izin.storage.postgres.integration import PostgresWebhooks
from izin.storage.postgres.media import FolderMediaStore
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.registry import DEMO_SCHEMA
from izin.storage.vault import Vault
from izin.usecases.serve_citizen import ServeCitizen
from izin.wording import Wording

COPY = "growth_copy"
CHANGED = 100
"""Of so many followed applications one changes before the watcher looks again."""

OFTEN_S, HOURLY_S, LOCKED_S, MEMORY_MB = 30.0, 300.0, 1.0, 150.0
"""A job of every minute is done in half of it, one of every hour in five minutes; none holds a
transaction longer than a second, or needs so much more memory than before."""

Job = Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a job ran in the full house.

    Attributes:
        name: Of the job.
        when: What was due: a day's worth, everything, and so on.
        often: It runs every minute.
        did: What it says that it did.
        seen: What it took.
        failed: Why it broke off, "" if it did not.
    """

    name: str
    when: str
    often: bool
    did: int
    seen: Seen
    failed: str = ""

    @property
    def bound_s(self) -> float:
        """Give what it may take."""
        return OFTEN_S if self.often else HOURLY_S

    @property
    def met(self) -> bool:
        """Say whether it stayed within every bound."""
        seen = self.seen
        return (
            not self.failed and seen.wall_s <= self.bound_s and seen.longest_s <= LOCKED_S
            and seen.memory_mb <= MEMORY_MB
        )  # fmt: skip


def run_jobs(bench: BenchHouse) -> list[Ran]:
    """Run every job on a copy of the house: with an ordinary day's work, then with all there is."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with _copied(bench) as (engine, settings):
        jobs = _schedule(settings, engine).jobs()
        ran = [_run(engine, "forget_old_messages", "a day's messages", False,
                    jobs.hourly["forget_old_messages"], _day_before(engine))]  # fmt: skip
        now = datetime.now(UTC)
        hourly = [("forget_old_messages", jobs.hourly["forget_old_messages"])]
        hourly += [one for one in jobs.hourly.items() if one[0] != "forget_old_messages"]
        for name, job in hourly:
            ran.append(_run(engine, name, "all that is due", False, job, now))
        ran += _watching(engine, jobs.often)
        for name, job in jobs.often.items():
            if name != "watch_registry":
                now = datetime.now(UTC)
                ran.append(_run(engine, name, "first run", True, job, now))
                ran.append(_run(engine, name, "a minute later", True, job, _later(now)))
    return ran


def _later(now: datetime) -> datetime:
    return now + timedelta(minutes=1)


def _watching(engine: Engine, often: Mapping[str, Job]) -> Iterator[Ran]:
    """Let the watcher compare all, then what changed, then nothing."""
    watch = often["watch_registry"]
    now = datetime.now(UTC)
    yield _run(engine, "watch_registry", "hourly look at all", False, watch, now)
    now = datetime.now(UTC)  # a moment far from the real time would be the simulator's
    with engine.begin() as connection:
        connection.execute(
            text(
                f"update {DEMO_SCHEMA}.contoh_permohonan set berubah_pada = :now,"  # noqa: S608
                " tahap = tahap || ' (lanjut)' where nomor in (select number from subscriptions"
                f" where abs(hashtext(number)) % {CHANGED} = 0)"
            ),
            {"now": now},
        )
    yield _run(engine, "watch_registry", "1 % changed", True, watch, now)
    yield _run(engine, "watch_registry", "nothing changed", True, watch, datetime.now(UTC))


def _run(engine: Engine, name: str, when: str, often: bool, job: Job, now: datetime) -> Ran:
    did, failed = 0, ""
    with watched(engine) as seen:
        try:
            did = job(now)
        except Exception as error:
            failed = f"{type(error).__name__}: {error}"[:200]
    ran = Ran(name, when, often, did, seen, failed)
    print(f"  {name} ({when}): {did:,}, {seen.wall_s:.2f} s, CPU {seen.cpu_s:.2f} s, longest"
          f" {seen.longest_s:.2f} s, {seen.memory_mb:.0f} MB {failed}"
          f"{'' if ran.met else '  MISSED'}", file=sys.stderr, flush=True)  # fmt: skip
    return ran


def _day_before(engine: Engine) -> datetime:
    """Give a moment by which the messages of the world's second day have just expired."""
    with engine.connect() as connection:
        first: datetime = connection.execute(text("select min(office_now) from turns")).scalar_one()
    return first + timedelta(days=2) + CHAT_LIVES


def _schedule(settings: Settings, engine: Engine) -> Schedule:
    wording = Wording()
    return Schedule(
        settings, engine, wording, Vault(settings.seal_key),
        FolderMediaStore(engine, Path(settings.media_folder)), PostgresOfficerChats(engine),
        ServeCitizen(PostgresOfficers(engine), PostgresOfficeBook(engine), wording),
        WebhookJobs(PostgresWebhooks(engine), WebhookSender(lambda _: b"")), str,
    )  # fmt: skip


@contextmanager
def _copied(bench: BenchHouse) -> Iterator[tuple[Engine, Settings]]:
    """Give engine and settings of a copy of the house's database, which nobody else may use."""
    parts = urlsplit(bench.database_url)
    original = parts.path.strip("/")
    bench.engine.dispose()
    server = create(urlunsplit(parts._replace(path="/postgres")), pool_size=1)
    url = urlunsplit(parts._replace(path=f"/{COPY}"))
    try:
        _administer(server, f'drop database if exists "{COPY}" with (force)')
        _leave_alone(server, original)
        _administer(server, f'create database "{COPY}" template "{original}" strategy file_copy')
        engine = create(url, pool_size=2)
        try:
            yield engine, replace(bench.settings, database_url=url)
        finally:
            engine.dispose()
    finally:
        _administer(server, f'drop database if exists "{COPY}" with (force)')
        server.dispose()


def _leave_alone(server: Engine, database: str) -> None:
    """End sessions that pools still keep: a database in use cannot be copied."""
    with server.connect() as connection:
        connection.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"),
            {"name": database},
        )


def _administer(server: Engine, statement: str) -> None:
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
