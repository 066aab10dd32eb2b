"""Starts the gateway: webhooks, polling, workers, simulator, health and metrics."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import structlog
import uvicorn
from fastapi import APIRouter
from prometheus_client import start_http_server

from bot.channels import ChannelSet, open_channels
from bot.dialogue import RasaClient
from bot.gateway import app as web
from bot.gateway import health, model_server
from bot.gateway.delivery import Deliverer
from bot.gateway.metrics import Metrics
from bot.gateway.receiving import Receiver
from bot.gateway.turns import TurnAnswerer
from bot.gateway.watch import Watch
from bot.jobs import content
from bot.jobs.health import HealthJobs, Refusals
from bot.jobs.schedule import Schedule
from bot.jobs.tasks import Work
from bot.jobs.webhooks import WebhookJobs, WebhookSender
from bot.jobs.workers import Workers
from bot.plain_http import PlainTransport
from bot.simulator import api as simulator_api
from bot.simulator import page as simulator_page
from izin.audit_chain import Chain
from izin.errors import DataLocked, InvalidInput, StorageUnavailable
from izin.integration import secret_purpose
from izin.logs import configure_logging
from izin.message_limits import MessageLimits
from izin.settings import LOOPBACK, Settings
from izin.storage.postgres import data_keys, engine
from izin.storage.postgres import health as storage_health
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.integration import PostgresWebhooks
from izin.storage.postgres.media import FolderMediaStore
from izin.storage.postgres.models import PostgresLanguageModels
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.storage.postgres.officers import PostgresOfficers
from izin.storage.postgres.outbox import PostgresOutbox
from izin.storage.postgres.privacy import PostgresPrivacyChoices
from izin.storage.postgres.sealed_mail import PostgresMailRoom
from izin.storage.vault import Vault
from izin.usecases.first_contact import FirstContact
from izin.usecases.link_officer_chat import LinkOfficerChat
from izin.usecases.serve_citizen import ServeCitizen
from izin.wording import Wording

log = structlog.get_logger()

OFTEN_S = 60.0
HOURLY_S = 3600.0
DEPTH_EVERY_S = 5.0
WEBHOOKS_EVERY_S = 5.0
CONTENT_EVERY_S = 10.0  # what is promised for 7.00 is told at 7.00


class Gateway:
    """Every part of the gateway process, joined from its settings."""

    def __init__(self, settings: Settings) -> None:
        """Build the parts; nothing is contacted yet.

        Raises:
            InvalidInput: ``TANYA_SEAL_KEY`` or ``TANYA_AUDIT_KEY`` cannot be used.
        """
        self.settings = settings
        self.wording = Wording()
        self.metrics = Metrics()
        self.watch = Watch()
        # A thread for each turn in flight and some for webhooks must find a connection.
        self.engine = engine.create(settings.database_url, pool_size=8)
        data_keys.require_fitting(self.engine)
        limits = MessageLimits(
            per_minute=settings.messages_per_minute,
            pause_s=settings.flood_pause_s,
            merged=settings.merged_messages,
        )
        vault = Vault(settings.seal_key)
        chain = Chain(settings.audit_key)
        self.webhooks = WebhookJobs(
            PostgresWebhooks(self.engine),
            WebhookSender(lambda webhook: chain.derived(secret_purpose(webhook))),
        )
        self.inbox = PostgresInbox(self.engine, limits, vault)
        self.outbox = PostgresOutbox(self.engine)
        self.media = FolderMediaStore(self.engine, Path(settings.media_folder))
        plain = all(url.startswith("http://") for url in settings.rasa_processes)
        self.rasa = RasaClient(
            settings.rasa_processes, settings.rasa_secret, PlainTransport() if plain else None
        )
        self.receiver = Receiver(self.inbox, self.outbox)
        refusals = Refusals()
        self.channels: ChannelSet = open_channels(
            settings, self.receiver, self.wording, self._read_media, refusals
        )
        self.health = HealthJobs(
            settings, self.engine, self.wording, self.channels.channels, self.metrics, refusals
        )
        self.deliverer = Deliverer(
            self.outbox, self.channels.channels, self.metrics, self.watch,
            settings.whatsapp_templates,
        )  # fmt: skip
        serve = ServeCitizen(
            PostgresOfficers(self.engine), PostgresOfficeBook(self.engine), self.wording
        )
        chats = PostgresOfficerChats(self.engine)
        turns = TurnAnswerer(
            self.inbox, self.media, self.rasa, self.channels.channels, self.wording,
            self.metrics, self.watch, serve, limits=limits,
            first=FirstContact(
                PostgresPrivacyChoices(self.engine), PostgresOfficeBook(self.engine), self.wording
            ),
            link=LinkOfficerChat(chats, self.wording),
        )  # fmt: skip
        links = self.channels.channels.private_links
        self.due = Schedule(
            settings, self.engine, self.wording, vault, self.media, chats, serve, self.webhooks,
            lambda: links.get("telegram", str)(),
        ).jobs()  # fmt: skip
        mail = Deliverer(
            PostgresMailRoom(self.engine, vault), self.channels.channels, self.metrics, self.watch
        )
        work = Work(turns, self.deliverer, mail)
        self.workers = Workers(self.engine, work, settings.worker_concurrency)

    def application(self) -> web.FastAPI:
        """Give the web application with every route that is switched on."""
        routers: list[APIRouter] = [health.router(self._checks())]
        if self._doors:
            routers += self.channels.routers
        if token := self.settings.model_server_token:
            routers.append(model_server.router(PostgresLanguageModels(self.engine), token))
        if self.settings.simulator and self._doors:
            routers.append(
                simulator_api.router(
                    self.receiver,
                    self.inbox,
                    self.outbox,
                    self.deliverer,
                    self.media,
                    self.watch,
                    self.run_due,
                )
            )
            routers.append(simulator_page.router(self.wording))
        return web.build(routers, self._lifespan, self.wording, self.settings.gateway_proxies)

    async def _read_media(self, media_id: str) -> tuple[bytes, str]:
        return await asyncio.to_thread(self.media.get, media_id)

    async def run_due(self, now: datetime) -> dict[str, int]:
        """Run the jobs due by ``now``; gives how much each one did."""
        return await asyncio.to_thread(self.due.run_all, now)

    @asynccontextmanager
    async def _lifespan(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.rasa.close)
            stack.callback(self.health.close)
            if self._works:
                self.workers.start()
                stack.push_async_callback(self.workers.stop)
            if self._doors:
                await self.channels.start()
            stack.push_async_callback(self.channels.stop)
            beside = [asyncio.create_task(self._every(*work)) for work in self._beside()]
            # What is there now stays: no later collection has to walk through it again.
            gc.collect()
            gc.freeze()
            log.info(
                "gateway_started", port=self.settings.gateway_port, role=self.settings.gateway_role
            )
            try:
                yield
            finally:
                for task in beside:
                    task.cancel()

    @property
    def _doors(self) -> bool:
        return self.settings.gateway_role != "worker"

    @property
    def _works(self) -> bool:
        return self.settings.gateway_role != "web"

    def _beside(self) -> list[tuple[float, Callable[[], Awaitable[None]]]]:
        """Give what runs again and again, and how often."""
        always = [(DEPTH_EVERY_S, self._measure_depth), (OFTEN_S, self.health.beat)]
        if not self._works:
            return always
        return [
            *always,
            (OFTEN_S, self.health.look),
            (OFTEN_S, self._run_often),
            (HOURLY_S, self._run_due_now),
            (WEBHOOKS_EVERY_S, self._tell_webhooks),
            (CONTENT_EVERY_S, self._publish_content),
        ]

    async def _run_often(self) -> None:
        await asyncio.to_thread(self.due.run_often, datetime.now(UTC))

    async def _run_due_now(self) -> None:
        await self.run_due(datetime.now(UTC))

    async def _publish_content(self) -> None:
        await asyncio.to_thread(self.due.often[content.PUBLISH], datetime.now(UTC))

    async def _tell_webhooks(self) -> None:
        await self.webhooks.run()

    async def _measure_depth(self) -> None:
        counts = await asyncio.to_thread(storage_health.queue_depth, self.engine)
        self.metrics.queue_depth(counts)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except StorageUnavailable as error:
                log.warning("periodic_work_failed", reason=str(error))
            except Exception:
                # One failure must not end what is meant to run for ever.
                log.exception("periodic_work_broken")
            await asyncio.sleep(seconds)

    def _checks(self) -> dict[str, health.Check]:
        async def database() -> bool:
            await asyncio.to_thread(storage_health.ping, self.engine)
            return True

        async def actions() -> bool:
            async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
                for url in self.settings.actions_servers:
                    with suppress(httpx.HTTPError):
                        if (await client.get(f"{url}/readyz")).status_code == 200:
                            return True
            return False

        async def worker() -> bool:
            return self.workers.alive

        if not self._works:
            # Its messages wait in the queue for workers elsewhere; all it needs is the database.
            return {"database": database}
        return {
            "database": database,
            "rasa": self.rasa.ready,
            "actions": actions,
            "worker": worker,
        }


def main() -> int:
    """Run the gateway until it is told to stop; gives the exit code."""
    configure_logging()
    try:
        settings = Settings.from_environment()
        gateway = Gateway(settings)
    except InvalidInput as error:
        log.error("settings_invalid", field=error.field, reason=str(error))
        return 2
    except DataLocked as error:
        log.error("data_key_unfit", reason=str(error))
        return 2
    if settings.metrics_port:
        start_http_server(settings.metrics_port, LOOPBACK, registry=gateway.metrics.registry)
    config = uvicorn.Config(
        gateway.application(),
        host=settings.gateway_host,
        port=settings.gateway_port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        # Addresses of the platforms' proxies decide nothing here; never trust their headers.
        proxy_headers=False,
        server_header=False,
    )
    uvicorn.Server(config).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
