"""The jobs that watch the house's health: a sign of life, a look, and gauges for monitoring."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import structlog
from sqlalchemy import Engine

from bot.gateway.channels import Channels
from bot.gateway.metrics import Metrics
from bot.health_probes import TIMEOUT_S, OutsideLook
from izin.conversations import ChatAddress
from izin.errors import DeliveryFailed, StorageUnavailable
from izin.health import GATEWAY, Sign
from izin.health_disks import BACKUP, DATA
from izin.health_words import HealthWords
from izin.replies import Reply
from izin.settings import Settings
from izin.storage.postgres import engine, health
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.alarm_book import PostgresAlarmBook, PostgresChatAddresses
from izin.storage.postgres.house_facts import REFUSED, PostgresHouseFacts
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.storage.supervisor_file import read_supervisor
from izin.usecases.tell_admins import TellAdmins
from izin.usecases.watch_health import WatchHealth
from izin.wording import Wording

log = structlog.get_logger()

SEND_TIMEOUT_S = 15.0


class Refusals:
    """Counts webhook calls with a wrong secret until they are written down."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def __call__(self, channel: str) -> None:
        """Count one."""
        with self._lock:
            self._counts[channel] += 1

    def take(self) -> dict[str, int]:
        """Give the counts and begin anew."""
        with self._lock:
            counts, self._counts = dict(self._counts), Counter()
        return counts

    def put_back(self, counts: dict[str, int]) -> None:
        """Count again what could not be written down."""
        with self._lock:
            self._counts.update(counts)


class HealthJobs:
    """What a gateway process does for the house's health."""

    def __init__(
        self, settings: Settings, own: Engine, wording: Wording, channels: Channels,
        metrics: Metrics, refusals: Refusals, clock: Callable[[], datetime] | None = None,
    ) -> None:  # fmt: skip
        """Take the parts; nothing is contacted yet."""
        self._settings, self._engine, self._channels = settings, own, channels
        self._metrics, self._refusals = metrics, refusals
        self._clock = clock or (lambda: datetime.now(UTC))
        self._started = self._clock()
        self._source = f"{GATEWAY}:{socket.gethostname()}:{settings.gateway_port}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outside = OutsideLook(settings)
        self.book = PostgresAlarmBook(own)
        page = f"{settings.console_url}/kesehatan" if settings.console_url else ""
        tell = TellAdmins(
            PostgresAccounts(own), PostgresOfficerChats(own), PostgresChatAddresses(own),
            PostgresNotices(own, settings.whatsapp_templates), HealthWords(wording),
            self._send_now, self._elsewhere, page,
        )  # fmt: skip
        self.watch = WatchHealth(
            self.book, PostgresHouseFacts(own), self._outside, tell, PostgresOfficeBook(own),
            settings.quiet_hours, not settings.demo, self._source, partial(engine.one_commit, own),
        )  # fmt: skip

    async def beat(self) -> None:
        """Say that this process lives, and what is to be seen from its machine."""
        await asyncio.to_thread(self._beat)

    async def look(self) -> None:
        """Look at everything, unless another process does."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._look)

    def close(self) -> None:
        """Close what is open."""
        self._outside.close()

    def _beat(self) -> None:
        now = self._clock()
        counts = self._refusals.take()
        try:
            offset_s, folder = health.machine(self._engine)
            document = {
                "role": self._settings.gateway_role,
                "clock_offset_s": round(offset_s, 1),
                "disks": list(self._disks(Path(folder or "/"))),
            }  # fmt: skip
            self.book.beat(Sign(self._source, GATEWAY, now, self._started, document))
            supervisor = read_supervisor(Path(self._settings.var_folder))
            if supervisor is not None:
                self.book.beat(supervisor)
            for channel in list(counts):
                self.book.count(f"{REFUSED}{channel}", counts.pop(channel), now)
        except StorageUnavailable:
            self._refusals.put_back(counts)
            raise

    def _disks(self, database: Path) -> Iterator[dict[str, Any]]:
        settings = self._settings
        data = (Path(settings.var_folder), Path(settings.media_folder), database)
        backups = (Path(settings.backup_folder),) if settings.backup_folder else ()
        return disks({DATA: data, BACKUP: backups})

    def _look(self) -> None:
        try:
            self.watch.run(self._clock())
        finally:
            try:
                self._metrics.alarms(self.watch.levels())
            except StorageUnavailable as error:
                log.warning("alarms_not_read", reason=str(error))

    def _send_now(self, address: ChatAddress, text: str) -> bool:
        sender = self._channels.sender(address)
        loop = self._loop
        if sender is None or loop is None:
            return False
        try:
            for part in self._channels.renderers[address.channel](Reply(text), ()):
                sending = asyncio.run_coroutine_threadsafe(sender.send(address, part), loop)
                sending.result(SEND_TIMEOUT_S)
        except (DeliveryFailed, TimeoutError) as error:
            log.warning("alarm_not_taken", channel=address.channel, reason=type(error).__name__)
            return False
        return True

    def _elsewhere(self, title: str, text: str) -> bool:
        url = self._settings.alarm_url
        if not url:
            return False
        plain = text.replace("[b]", "").replace("[/b]", "")
        try:
            answer = httpx.post(
                url, json={"title": title, "text": f"{title}\n\n{plain}"}, timeout=TIMEOUT_S,
                trust_env=False,
            )  # fmt: skip
        except httpx.HTTPError as error:
            log.warning("alarm_url_failed", reason=type(error).__name__)
            return False
        if not answer.is_success:
            log.warning("alarm_url_failed", status=answer.status_code)
        return answer.is_success


def disks(folders: Mapping[str, Sequence[Path]]) -> Iterator[dict[str, Any]]:
    """Give free and total bytes of the file systems that folders lie on, each once.

    Args:
        folders: By what they hold, ``data`` or ``backup``; the first to name a file system counts.
    """
    seen = set()
    places = [(kind, one.absolute()) for kind, named in folders.items() for one in named]
    for holds, place in places:
        try:
            device = os.stat(place).st_dev
            usage = shutil.disk_usage(place)
        except OSError:
            continue  # of another machine, or not made yet
        if device not in seen:
            seen.add(device)
            room = {"free": usage.free, "total": usage.total}
            yield {"name": str(place), "holds": holds, **room}
