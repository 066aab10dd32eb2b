"""`tanya up`: every process of one machine, started, watched, and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

from izin.wording import Wording
from ops.child_output import show_prefixed
from ops.children import POSTGRES, PREPARE, Children, postgres_owner
from ops.embedded_postgres import owner_error
from ops.errors import AlreadyRunning, ChildFailed, PartMissing
from ops.http_probe import http_get
from ops.log_files import forget_old_logs
from ops.nlu_training import newest_model
from ops.settings import OpsSettings
from ops.supervisor import ChildSpec, Supervisor, require_free_ports, until_true
from ops.supervisor_sign import SupervisorSign
from ops.welcome import welcome

logger = structlog.get_logger(__name__)

_CRASHES_BEFORE_GIVING_UP = 4  # only until everything was ready once
_SLOW_AFTER_S = 60.0
_DATABASE_ROUTINE = re.compile(r" (LOG|INFO):? ")  # only in its log file, not on the screen


class Up:
    """One run of `tanya up`.

    Args:
        settings: what to run and where.
        wording: the operator's sentences.
        children: describes the processes to run.
    """

    def __init__(
        self, settings: OpsSettings, wording: Wording, children: type[Children] = Children
    ) -> None:
        self._settings = settings
        self._describe = children
        self._wording = wording
        self._began = time.monotonic()
        self._stop = asyncio.Event()
        self._supervisor = Supervisor(settings.logs, self._show, self._on_event)
        self._sign = SupervisorSign(settings.var)
        self._specs: list[ChildSpec] = []
        self._database: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Start everything and stay until SIGINT, SIGTERM or SIGHUP; then stop everything.

        Raises:
            OpsError: something could not be started; what was started is stopped again.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop_asked)
        work = asyncio.create_task(self._bring_up())
        stop = asyncio.create_task(self._stop.wait())
        signing = asyncio.create_task(self._sign.keep_writing())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                await stop
        finally:
            await self._supervisor.stop()
            for task in (work, stop, signing):
                task.cancel()
            # What the stop itself broke off is no error to report.
            await asyncio.gather(work, stop, signing, return_exceptions=True)
            self._sign.end()
        self._say("ops.up.stopped")

    def _stop_asked(self) -> None:
        if self._stop.is_set():
            self._supervisor.kill()
            self._say("ops.up.killing")
        else:
            self._stop.set()
            self._say("ops.up.stopping")

    async def _bring_up(self) -> None:
        settings = self._settings
        if not settings.rasa_python.exists():
            raise PartMissing("the Rasa environment is not installed", name="nlu/.venv")
        # Asked before anything is started, so that nothing must be undone.
        planned = self._describe(settings, "")
        require_free_ports(
            [planned.rasa(Path()), planned.actions(), planned.gateway(), planned.console()]
        )
        database_url = settings.database_url or await self._start_postgres()
        children = self._describe(settings, database_url)
        self._say("ops.up.preparing")
        await self._supervisor.run_once(children.prepare())
        model = newest_model(settings)
        if model is None:
            raise PartMissing("no model although preparing succeeded", name="var/models")
        self._say("ops.up.starting")
        self._specs = [
            children.rasa(model), children.actions(), children.gateway(), children.console(),
        ]  # fmt: skip
        for spec in self._specs:
            self._supervisor.start(spec)
        await self._until_ready()
        took_s = time.monotonic() - self._began
        logger.info("stack_ready", took_s=round(took_s, 1))
        print(welcome(settings, self._wording, took_s), flush=True)

    async def _start_postgres(self) -> str:
        self._say("ops.up.database")
        self._supervisor.start(postgres_owner(self._settings))

        async def probe() -> bool:
            self._give_up_when_hopeless(POSTGRES)
            return self._database.done()

        await until_true(probe, every_s=0.02)
        return self._database.result()

    def _owner_said(self, answer: dict[str, Any]) -> None:
        if self._database.done():
            return
        if "dsn" in answer:
            self._database.set_result(str(answer["dsn"]))
        else:
            self._database.set_exception(owner_error(answer))

    async def _until_ready(self) -> None:
        told_slow = False

        async def probe() -> bool:
            nonlocal told_slow
            for spec in self._specs:
                self._give_up_when_hopeless(spec.name)
            if not told_slow and time.monotonic() - self._began > _SLOW_AFTER_S:
                told_slow = True
                self._say("ops.up.slow", logs=str(self._settings.logs))
            return await asyncio.to_thread(self._all_ready)

        await until_true(probe, every_s=0.1)

    def _all_ready(self) -> bool:
        settings = self._settings
        doors = (
            (settings.gateway_connect_host, settings.gateway_port),
            (settings.console_connect_host, settings.console_port),
        )
        return all(http_get(host, port, "/readyz")[0] == 200 for host, port in doors)

    def _give_up_when_hopeless(self, name: str) -> None:
        if self._supervisor.crashes(name) >= _CRASHES_BEFORE_GIVING_UP:
            last = "\n".join(self._supervisor.last_lines(name))
            raise ChildFailed(
                f"{name} keeps dying:\n{last}",
                name=name,
                code=self._supervisor.crashes(name),
                log=str(self._settings.logs / f"{name}.log"),
            )

    def _on_event(self, event: str, name: str, number: int) -> None:
        if event == "started" and name != PREPARE:
            self._sign.started(name)
        if event == "died" and not self._stop.is_set():
            self._sign.died(name)
            self._say("ops.up.died", name=name, code=number)

    def _show(self, name: str, line: str) -> None:
        if name == POSTGRES and line.startswith("{"):
            self._owner_said(json.loads(line))  # the owner's one line for machines
        elif name == PREPARE:
            print(line, flush=True)
        elif name != POSTGRES or not _DATABASE_ROUTINE.search(line):
            show_prefixed(name, line)

    def _say(self, key: str, /, **parameters: object) -> None:
        with contextlib.suppress(OSError):  # the terminal may be closed
            print(self._wording.say(key, **parameters), flush=True)


@contextlib.contextmanager
def only_one_up(settings: OpsSettings) -> Iterator[None]:
    """Hold this checkout's only `tanya up`.

    Raises:
        AlreadyRunning: another one holds it.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                "tanya up already runs here", folder=str(settings.var.parent)
            ) from None
        yield


def up(settings: OpsSettings, wording: Wording) -> None:
    """Run everything until told to stop; see `Up.run` for the errors."""
    with only_one_up(settings):
        forget_old_logs(settings)
        asyncio.run(_run(settings, wording))


async def _run(settings: OpsSettings, wording: Wording) -> None:
    await Up(settings, wording).run()
