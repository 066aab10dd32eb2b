"""A split house that can be shaken: `tanya up` (doors and work), one more door, one more worker."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import psycopg

from ops.errors import ChildFailed, OpsError
from ops.exec_child import child_command
from ops.postgres_binaries import find_binaries
from ops.settings import CHECKOUT, LOOPBACK
from ops.trial import Trial, free_ports
from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram

READY_S = 300.0  # on a busy machine; an idle one needs 15 s at most
FILES_MB, DATABASE_MB = 48, 2048
_PROGRAMS = {
    "gateway": "bot.main",
    "rasa": "nlu.components.launcher",
    "actions": "actions.main",
    "postgres": "ops.embedded_postgres",
}
_SECRETS = ("TANYA_ACTIONS_SECRET", "TANYA_MODEL_SERVER_TOKEN", "TANYA_SEAL_KEY", "TANYA_AUDIT_KEY",
            "TANYA_CONSOLE_KEY", "TANYA_DATA_KEY")  # fmt: skip
_CLOCK = Path(__file__).with_name("clock.c")
_SECONDS = struct.Struct("=q")


class Kept:
    """One process beside `tanya up`, started again at once whenever it ends, as systemd does."""

    def __init__(self, part: str, environment: Mapping[str, str], log: Path) -> None:
        self.environment = dict(environment)
        self._part = part
        self._log = log
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # A process dies with the thread that started it, so one thread starts them all.
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int:
        """Its pid now.

        Raises:
            ProcessLookupError: It is being started again.
        """
        process = self._process
        if process is None or process.poll() is not None:
            raise ProcessLookupError(self._part)
        return process.pid

    def again(self) -> None:
        """Stop it cleanly; it comes back with its environment as it is now."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        """Stop it for good."""
        self._ended.set()
        self.again()
        self._keeper.join(20)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def _keep(self) -> None:
        while not self._ended.is_set():
            command = child_command(
                [sys.executable, "-m", "ops.cli", "run", self._part], death_signal=signal.SIGKILL
            )
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(
                    command, cwd=CHECKOUT, env=self.environment, stdin=subprocess.DEVNULL,
                    stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
                self._process.wait()
            self._ended.wait(0.2)


class House:
    """The running house; use :func:`running`."""

    def __init__(self, trial: Trial, doors: tuple[str, str], clock: Path | None, disks: bool):
        self.trial = trial
        self.doors = doors
        self.disks = disks
        self._clock = clock
        self.others: dict[str, Kept] = {}
        self.late_starts = 0

    @property
    def has_clock(self) -> bool:
        """Say whether the clock can be moved."""
        return self._clock is not None

    def move_clock(self, seconds: int) -> None:
        """Let the clock of every process of ours and of PostgreSQL be off by so much."""
        assert self._clock is not None
        with self._clock.open("r+b", buffering=0) as stream:  # in place: they have it mapped
            stream.write(_SECONDS.pack(seconds))

    def pid_of(self, part: str) -> int:
        """Give the pid of a part that `tanya up` runs, read from the system, not from its log.

        Raises:
            ProcessLookupError: It is being started again.
        """
        if part in self.others:
            return self.others[part].pid
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with suppress(OSError, ValueError):
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                words = (folder / "cmdline").read_bytes().decode(errors="replace")
                if int(status[1]) == self.trial.pid and _PROGRAMS[part] in words.split("\0"):
                    return int(folder.name)
        raise ProcessLookupError(part)

    def restart_after_kill(self) -> None:
        """Start `tanya up` again after it was killed, as its service manager does."""
        deadline = time.monotonic() + READY_S
        while True:
            try:
                self.trial.start()
                return
            except (ChildFailed, OpsError):
                # A process of before may still hold its port for a moment.
                self.late_starts += 1
                if time.monotonic() > deadline:
                    raise
                time.sleep(1.0)

    def is_ready(self) -> bool:
        """Say whether everything runs."""
        with suppress(httpx.HTTPError, OSError):
            doors = [f"{door}/readyz" for door in self.doors]
            doors.append(f"{self.others['worker'].environment['CHAOS_URL']}/readyz")
            return all(
                httpx.get(door, trust_env=False, timeout=15).status_code == 200 for door in doors
            )
        return False

    def wait_ready(self, timeout_s: float = READY_S) -> None:
        """Return when everything runs.

        Raises:
            TimeoutError: It does not within ``timeout_s``.
        """
        deadline = time.monotonic() + timeout_s
        while not self.is_ready():
            if time.monotonic() > deadline:
                last = self.trial.output.read_text(errors="replace")[-2000:]
                raise TimeoutError(f"the house does not come back:\n{last}")
            time.sleep(0.2)

    @contextmanager
    def registry_locked(self) -> Iterator[None]:
        """Let every look into the registry hang."""
        with psycopg.connect(self.trial.database_url) as connection:
            tables = connection.execute(
                "select format('%I.%I', schemaname, tablename) from pg_tables"
                " where schemaname = 'demo_registry'"
            ).fetchall()
            for (table,) in tables:
                connection.execute(f"lock table {table} in access exclusive mode")
            yield
            with suppress(psycopg.Error):
                connection.rollback()

    @contextmanager
    def full_disk(self, which: str) -> Iterator[None]:
        """Fill the disk of ``var`` (files and logs) or ``pg`` to its last byte."""
        filler = self.trial.folder / which / "chaos-filler"
        with filler.open("wb", buffering=0) as stream:
            room = os.statvfs(filler)
            with suppress(OSError):  # at once, or a busy house frees and fills for a minute
                os.posix_fallocate(stream.fileno(), 0, room.f_bavail * room.f_frsize)
            stream.seek(0, os.SEEK_END)
            with suppress(OSError):
                while True:
                    stream.write(b"\0" * 65_536)
            with suppress(OSError):
                while True:
                    stream.write(b"\0")
        try:
            yield
        finally:
            filler.unlink()


@contextmanager
def running(telegram: FakeTelegram, meta: FakeMeta) -> Iterator[House]:
    """Give the house, ready; everything of it is gone afterwards."""
    with ExitStack() as stack:
        environment = _environment(telegram, meta)
        trial = Trial(environment)
        stack.callback(shutil.rmtree, trial.folder, ignore_errors=True)
        disks = _mounted(trial, stack)
        web, worker = free_ports(2)
        trial.environment["TANYA_PUBLIC_URL"] = trial.gateway_url
        clock = _with_clock(trial)
        house = House(trial, (trial.gateway_url, f"http://{LOOPBACK}:{web}"), clock, disks)
        stack.callback(trial.stop, keep=True)
        trial.start()
        for part, port in (("gateway", web), ("worker", worker)):
            more = {
                "TANYA_GATEWAY_ROLE": "web" if part == "gateway" else "worker",
                "TANYA_GATEWAY_PORT": str(port), "TANYA_METRICS_PORT": "0", "TANYA_DEMO": "1",
                "CHAOS_URL": f"http://{LOOPBACK}:{port}",
            }  # fmt: skip
            name = "web" if part == "gateway" else part
            log = trial.folder / f"{name}.log"
            kept = Kept(part, {**trial.environment, **more}, log)
            house.others[name] = kept
            stack.callback(kept.end)
        house.wait_ready()
        yield house


def _environment(telegram: FakeTelegram, meta: FakeMeta) -> dict[str, str]:
    return {
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_WEBHOOK_SECRET": "rahasia-contoh",
        "WHATSAPP_TOKEN": meta.token,
        "WHATSAPP_PHONE_ID": meta.phone_id,
        "WHATSAPP_APP_SECRET": meta.app_secret,
        "WHATSAPP_VERIFY_TOKEN": meta.verify_token,
        "WHATSAPP_API": meta.url,
        **{name: f"{name.lower()}-{'x' * 32}" for name in _SECRETS},
    }


def _mounted(trial: Trial, stack: ExitStack) -> bool:
    """Put files and database each on a small disk of their own; False where only root may."""
    for name, size in (("var", FILES_MB), ("pg", DATABASE_MB)):
        folder = trial.folder / name
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "tmpfs", str(folder)]
        if os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
            return False
        stack.callback(subprocess.run, ["umount", "-l", str(folder)], check=False)
    return True


def _with_clock(trial: Trial) -> Path | None:
    """Let all processes read a clock that can be moved; None without Linux and a C compiler."""
    compiler = shutil.which("cc")
    library = trial.folder / "clock.so"
    if sys.platform != "linux" or compiler is None:
        return None
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_CLOCK)],
                   check=True)  # fmt: skip
    clock = trial.folder / "clock"
    clock.write_bytes(_SECONDS.pack(0))
    for path in (library, clock):
        path.chmod(0o755)  # as root, the account of PostgreSQL reads them
    moved = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(clock)}
    trial.environment.update(moved)
    # PostgreSQL is given none of our variables; its program sets them itself.
    binaries = find_binaries(for_other_user=os.getuid() == 0)
    folder = trial.folder / "pgbin"
    folder.mkdir()
    for name in ("postgres", "initdb", "pg_ctl", "pg_dump", "pg_restore", "psql"):
        with suppress(OSError, OpsError):
            real = Path(binaries.program(name))
            if not real.exists():
                continue
            script = folder / name
            words = " ".join(f"{key}={value}" for key, value in moved.items())
            only = words if name == "postgres" else ""
            script.write_text(f'#!/bin/sh\nexec env {only} {real} "$@"\n')
            script.chmod(0o755)
    trial.environment["TANYA_PG_BIN"] = str(folder)
    return clock
