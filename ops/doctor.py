"""`tanya doctor`: looks at every part and says what is wrong with it and what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from izin.wording import Wording
from ops import (
    doctor_accounts,
    doctor_addresses,
    doctor_alarms,
    doctor_audit,
    doctor_channels,
    doctor_database,
)
from ops.embedded_postgres import running_dsn
from ops.errors import PostgresError
from ops.http_probe import http_get
from ops.nlu_training import newest_model
from ops.postgres_binaries import find_binaries
from ops.production_home import in_production
from ops.settings import LOOPBACK, OpsSettings

Level = Literal["ok", "warn", "fail"]
_LEAST_FREE_BYTES = 500_000_000
_ENOUGH_FREE_BYTES = 2_000_000_000
_LEAST_MEMORY_KB = 300_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one part.

    Attributes:
        level: ok; warn, when it works for now; fail, when citizens would notice.
        sentence: id of the sentence that says it, with what to do.
        parameters: values of the sentence's placeholders.
    """

    level: Level
    sentence: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    def said(self, wording: Wording) -> str:
        """The sentence for the operator."""
        return wording.say(in_production(self.sentence, wording), **self.parameters)


def finding(level: Level, part: str, **parameters: object) -> Finding:
    """The finding whose sentence id is `ops.doctor.<part>`."""
    return Finding(level, f"ops.doctor.{part}", parameters)


def examine(settings: OpsSettings, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Findings on every part, in the order a message needs them.

    Nothing is changed and nothing is started; each check waits a few seconds at most.
    """
    env = os.environ if environment is None else environment
    found = [*_machine(settings), *_postgres(settings)]
    url = settings.database_url or running_dsn(settings.data_root)
    if url:
        for level, part, parameters in doctor_database.examine(settings, url):
            found.append(finding(level, part, **parameters))
        for level, part, parameters in doctor_accounts.examine(settings, url):
            found.append(finding(level, part, **parameters))
        for level, part, parameters in doctor_audit.examine(settings, url, env):
            found.append(finding(level, part, **parameters))
        for level, part, parameters in doctor_alarms.examine(url):
            found.append(finding(level, part, **parameters))
    found += [_model(settings), *_processes(settings)]
    for level, part, parameters in doctor_channels.examine(env):
        found.append(finding(level, part, **parameters))
    for level, part, parameters in doctor_addresses.examine(env):
        found.append(finding(level, part, **parameters))
    return found


def _machine(settings: OpsSettings) -> Iterator[Finding]:
    rasa = settings.rasa_python
    works = rasa.exists() and _runs([str(rasa), "-c", "import sanic, tanya_language"], settings)
    yield finding("ok" if works else "fail", "rasa_env.ok" if works else "rasa_env.missing")
    yield from _disks(settings)
    memory_kb = _available_memory_kb()
    if memory_kb is not None and memory_kb < _LEAST_MEMORY_KB:
        yield finding("warn", "memory.warn", free=memory_kb // 1000)


def _disks(settings: OpsSettings) -> Iterator[Finding]:
    ours = (settings.checkout, settings.var, settings.data_root, settings.media)
    rooms = [_free(folder) for folder in ours]
    free = min(room for _, room in rooms)
    level: Level = (
        "fail" if free < _LEAST_FREE_BYTES else "warn" if free < _ENOUGH_FREE_BYTES else "ok"
    )
    yield finding(level, f"disk.{level}", free=_gigabytes(free))
    device, free = _free(settings.backups)
    if free < _ENOUGH_FREE_BYTES and device not in {ours for ours, _ in rooms}:
        folder = str(settings.backups)
        yield finding("warn", "disk.backups", free=_gigabytes(free), folder=folder)


def _free(folder: Path) -> tuple[int, int]:
    """The file system a folder lies or will lie on, and the free bytes there."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return there.stat().st_dev, shutil.disk_usage(there).free


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f}".replace(".", ",")


def _runs(command: list[str], settings: OpsSettings) -> bool:
    try:
        done = subprocess.run(
            command, cwd=settings.checkout, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _available_memory_kb() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1])
    return None


def _postgres(settings: OpsSettings) -> Iterator[Finding]:
    if settings.database_url:
        return  # an external server: only its answers matter
    try:
        binaries = find_binaries()
    except PostgresError as error:
        yield Finding("fail", error.sentence, error.parameters)
        return
    version_file = settings.data_root / "data" / "PG_VERSION"
    written_by = version_file.read_text().strip() if version_file.exists() else None
    if written_by not in (None, str(binaries.major)):
        yield finding("fail", "postgres.other_version", found=written_by, programs=binaries.major)
    elif running_dsn(settings.data_root):
        yield finding("ok", "postgres.running", version=binaries.major)
    else:
        yield finding("fail", "postgres.stopped", folder=settings.data_root)


def _model(settings: OpsSettings) -> Finding:
    archive = newest_model(settings)
    if archive is None:
        return finding("fail", "model.missing")
    return finding("ok", "model.ok", file=archive.name)


def _processes(settings: OpsSettings) -> Iterator[Finding]:
    for part, host, port, path in (
        ("rasa", LOOPBACK, settings.rasa_port, "/readyz"),
        ("actions", LOOPBACK, settings.actions_port, "/readyz"),
        ("console", settings.console_connect_host, settings.console_port, "/readyz"),
    ):
        status, _ = http_get(host, port, path)
        log = settings.logs / f"{part}.log"
        if status == 200:
            yield finding("ok", "process.ok", name=part, port=port)
        elif status is None:
            yield finding("fail", "process.silent", name=part, port=port, log=log)
        else:
            yield finding("fail", "process.not_ready", name=part, port=port, log=log)
    yield _gateway(settings)


def _gateway(settings: OpsSettings) -> Finding:
    port = settings.gateway_port
    status, body = http_get(settings.gateway_connect_host, port, "/readyz")
    if status == 200:
        return finding("ok", "process.ok", name="gateway", port=port)
    if status is None:
        return finding(
            "fail", "process.silent", name="gateway", port=port, log=settings.logs / "gateway.log"
        )
    try:
        parts = json.loads(body)["parts"]
        broken = ", ".join(name for name, works in parts.items() if not works)
    except (ValueError, KeyError, AttributeError):
        return finding("fail", "process.other_program", name="gateway", port=port)
    return finding("fail", "gateway.not_ready", parts=broken, folder=settings.logs)
