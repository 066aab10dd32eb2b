"""A throwaway house for trying out drafts: `python -m ops.sandbox`, stopped when nobody needs it.

PostgreSQL, Rasa, action server and gateway with the simulator, on free ports and in a folder of
their own: no console, no platform, no citizen. Its content is the office's own (`DATABASE_URL`)
with drafts on top; its people and its permit registry are the demo's. Whoever starts one speaks
to it through `ops.sandbox_handle`.

::

    <folder>/control/state.json   where it stands, written anew at every step
    <folder>/control/door         unix socket: one JSON line asks, one JSON line answers
    <folder>/pg, <folder>/var     database, logs and files, deleted at the end
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from izin.errors import TanyaError
from ops.children import Children, postgres_owner
from ops.data_key import key_file
from ops.embedded_postgres import owner_error
from ops.errors import ChildFailed, OpsError, PartMissing
from ops.explain import extract_model
from ops.house_model import live_archive
from ops.http_probe import http_get
from ops.kept_key import kept_key
from ops.nlu_training import newest_model
from ops.sandbox_folder import Folder, sweep
from ops.sandbox_settings import NEEDED_MB, free_mb, sandbox_environment, sandbox_settings
from ops.sandbox_work import SandboxWork
from ops.settings import OpsSettings
from ops.supervisor import Supervisor, until_true

logger = structlog.get_logger(__name__)

IDLE_S = 600.0
_CRASHES_BEFORE_GIVING_UP = 4
_READY_WITHIN_S = 180.0
_LOOK_EVERY_S = 1.0


class Unable(OpsError):
    """A sandbox cannot run here; `code` is what the console says about it."""

    def __init__(self, code: str, message: str = "", **values: int) -> None:
        super().__init__(message or code)
        self.code = code
        self.values = values


class Sandbox:
    """One sandbox, from its start to its end.

    Args:
        folder: where it lives.
        model: archive of the language model; None takes the one that citizens are understood with.
        live_url: libpq URL of the office's database; empty leaves the release's content and the
            model used last.
        idle_s: seconds without a question after which it ends.
    """

    def __init__(
        self, folder: Folder, model: Path | None, live_url: str, idle_s: float = IDLE_S
    ) -> None:
        self._folder = folder
        self._model = model
        self._live_url = live_url
        self._idle_s = idle_s
        self._began = self._heard = time.monotonic()
        self._settings = sandbox_settings(folder.root)
        self._environment = sandbox_environment(self._settings)
        self._stop = asyncio.Event()
        self._why = "asked"
        self._supervisor = Supervisor(self._settings.logs, self._show)
        self._database: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._names: list[str] = []
        self._work: SandboxWork | None = None
        self._parent = os.getppid()

    async def run(self) -> int:
        """Start everything, serve until nobody needs it, and stop; gives the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        work = asyncio.create_task(self._bring_up())
        watch = asyncio.create_task(self._watch())
        stop = asyncio.create_task(self._stop.wait())
        last: dict[str, Any] = {"state": "ended", "code": self._why}
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
                await stop
            last = {"state": "ended", "code": self._why}
        except (TanyaError, OSError) as error:
            last = _failure(error)
        finally:
            for task in (work, watch, stop):
                task.cancel()
            await asyncio.gather(work, watch, stop, return_exceptions=True)
            if self._work is not None:
                self._work.close()
            await self._supervisor.stop()
            self._folder.write(last)
        return 1 if last["state"] == "failed" else 0

    async def _bring_up(self) -> None:
        model = await asyncio.to_thread(self._checked)
        self._tell("database")
        self._supervisor.start(postgres_owner(self._settings, throwaway=True))
        url = await self._database
        children = Children(self._settings, url, self._environment)
        # Rasa loads its model while the database is filled.
        self._start(children.rasa(model))
        self._tell("content")
        self._work = SandboxWork(self._settings, url, self._live_url, model)
        await asyncio.to_thread(self._work.fill)
        self._tell("start")
        self._start(children.actions())
        self._start(children.gateway())
        await self._until_ready()
        await asyncio.start_unix_server(self._answer, str(self._folder.door))
        took_s = round(time.monotonic() - self._began, 1)
        ready = {
            "state": "ready",
            "url": f"http://127.0.0.1:{self._settings.gateway_port}",
            "database_url": url,
            "model": model.name,
            "took_s": took_s,
            "pid": os.getpid(),
        }
        data_key = kept_key(key_file(self._settings.var))
        self._folder.write({**ready, "data_key": data_key})
        print(json.dumps({**ready, "folder": str(self._folder.root)}), flush=True)

    def _checked(self) -> Path:
        model = self._model or _live_model(self._live_url)
        if model is None or not _is_whole(model):
            raise Unable("model")
        if not self._settings.rasa_python.exists():
            raise PartMissing("the Rasa environment is not installed", name="nlu/.venv")
        free = free_mb()
        if free is not None and free < NEEDED_MB:
            raise Unable("memory", needed=NEEDED_MB, free=free)
        return model

    def _start(self, spec: Any) -> None:
        self._supervisor.start(spec)
        self._names.append(spec.name)

    async def _until_ready(self) -> None:
        port = self._settings.gateway_port

        async def probe() -> bool:
            for name in self._names:
                if self._supervisor.crashes(name) >= _CRASHES_BEFORE_GIVING_UP:
                    last = "\n".join(self._supervisor.last_lines(name))
                    raise ChildFailed(f"{name} keeps dying:\n{last}", name=name, code=0, log="")
            status, _ = await asyncio.to_thread(http_get, "127.0.0.1", port, "/readyz")
            return status == 200

        if not await until_true(probe, every_s=0.1, timeout_s=_READY_WITHIN_S):
            raise Unable("slow")

    async def _watch(self) -> None:
        """End it when nobody has asked anything for long, or whoever started it is gone."""
        while not self._stop.is_set():
            await asyncio.sleep(_LOOK_EVERY_S)
            if os.getppid() != self._parent:
                self._why = "orphaned"
                self._stop.set()
            elif time.monotonic() - self._heard > self._idle_s:
                self._why = "idle"
                self._stop.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = json.loads(await reader.readline())
            self._heard = time.monotonic()
            answer = await self._done(asked)
        except (ValueError, KeyError, TypeError) as error:
            answer = {"error": "question", "detail": str(error)}
        except (TanyaError, OSError) as error:
            answer = {"error": "work", "detail": str(error)}
        self._heard = time.monotonic()
        writer.write(json.dumps(answer).encode() + b"\n")
        try:
            await writer.drain()
        except ConnectionError:
            return  # whoever asked does not wait any more
        finally:
            writer.close()

    async def _done(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if self._work is None or asked["do"] == "touch":
            return {}
        if asked["do"] == "renew":
            return await asyncio.to_thread(self._work.renew, asked["drafts"])
        if asked["do"] == "explain":
            return await asyncio.to_thread(self._work.explain, str(asked["text"]))
        if asked["do"] == "stop":
            self._stop.set()
            return {}
        raise ValueError(f"nobody can do {asked['do']!r}")

    def _tell(self, step: str) -> None:
        self._folder.write({"state": "starting", "step": step, "pid": os.getpid()})

    def _show(self, name: str, line: str) -> None:
        if name != "postgres" or not line.startswith("{") or self._database.done():
            return
        answer = json.loads(line)
        if "dsn" in answer:
            self._database.set_result(str(answer["dsn"]))
        else:
            self._database.set_exception(owner_error(answer))


def _live_model(live_url: str) -> Path | None:
    settings = OpsSettings.from_environment()
    if not live_url:
        return newest_model(settings)
    return live_archive(replace(settings, database_url=live_url))


def _is_whole(model: Path) -> bool:
    """Say whether Rasa can load an archive; it would only keep dying of a damaged one."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            extract_model(model, Path(folder))
        except PartMissing as error:
            logger.error("sandbox_model_unusable", reason=str(error))
            return False
    return True


def _failure(error: Exception) -> dict[str, Any]:
    code = error.code if isinstance(error, Unable) else "broken"
    values = error.values if isinstance(error, Unable) else {}
    return {"state": "failed", "code": code, "values": values, "detail": str(error)[-2000:]}


async def _run(folder: Folder, options: argparse.Namespace) -> int:
    live_url = os.environ.get("DATABASE_URL", "")
    return await Sandbox(folder, options.model, live_url, options.idle_s).run()


def main(arguments: list[str] | None = None) -> int:
    """Run a sandbox; gives the exit code.

    Writes one JSON line to standard output when it is ready.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.sandbox")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--idle-s", type=float, default=IDLE_S)
    options = parser.parse_args(arguments)
    sweep()
    folder = Folder(options.folder) if options.folder else Folder.new()
    folder.hold()
    try:
        return asyncio.run(_run(folder, options))
    finally:
        folder.remove(keep_state=options.folder is not None)


if __name__ == "__main__":
    sys.exit(main())
