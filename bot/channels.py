"""Opens the channels that the settings switch on: senders, webhooks, polling."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import structlog
from fastapi import APIRouter

from bot.gateway.channels import Channels, Sender
from bot.gateway.receiving import Receiver
from bot.pacing import TELEGRAM_RULES, WHATSAPP_RULES, Pacer
from bot.plain_http import PlatformTransport
from bot.telegram import webhook as telegram_webhook
from bot.telegram.intake import Intake
from bot.telegram.polling import poll
from bot.whatsapp import webhook as whatsapp_webhook
from bot.whatsapp.sender import WhatsAppSender, public_client
from izin.conversations import InboundMessage
from izin.errors import ChannelLocked, DeliveryFailed, InvalidInput
from izin.rendering.telegram import render_telegram
from izin.rendering.whatsapp import render_whatsapp
from izin.settings import Settings
from izin.storage.postgres.locks import TELEGRAM_POLLING, SessionLock
from izin.wording import Wording

if TYPE_CHECKING:
    from bot.telegram.sender import ReadMedia, TelegramSender

log = structlog.get_logger()

Background = Callable[[asyncio.Event], Awaitable[None]]
Refused = Callable[[str], None]

TOKEN_PAUSE_S = 300.0
"""A refused token is tried again this often: it may be repaired at the platform's side."""

NETWORK_PAUSE_S = 5.0


@dataclass(slots=True)
class ChannelSet:
    """What is open: renderers and senders, routes, and work that runs beside them."""

    channels: Channels
    routers: list[APIRouter] = field(default_factory=list)
    background: list[Background] = field(default_factory=list)
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Begin polling and set-up, each apart: one channel's trouble never stops another."""
        self._tasks = [asyncio.create_task(self._guard(work)) for work in self.background]

    async def stop(self) -> None:
        """End what runs and close connections."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for close in self.closers:
            await close()

    async def _guard(self, work: Background) -> None:
        try:
            await work(self._stop)
        except Exception:
            log.exception("channel_ended")


def open_channels(
    settings: Settings, receiver: Receiver, wording: Wording, read_media: ReadMedia,
    refused: Refused = lambda channel: None,
) -> ChannelSet:  # fmt: skip
    """Give the channels of these settings; one without its secrets stays closed and says so.

    ``refused`` hears of every webhook call with a wrong secret.
    """
    senders: dict[str, Sender] = {}
    links: dict[str, Callable[[], str]] = {}
    renderers = {"telegram": render_telegram, "whatsapp": render_whatsapp}
    opened = ChannelSet(Channels(renderers, senders, links))
    if settings.telegram_token:
        bot = _open_telegram(settings, receiver, wording, read_media, opened, senders, refused)
        links["telegram"] = bot.private_link
    if settings.whatsapp_token:
        _open_whatsapp(settings, receiver, read_media, opened, senders, refused)
    return opened


def _open_telegram(
    settings: Settings,
    receiver: Receiver,
    wording: Wording,
    read_media: ReadMedia,
    opened: ChannelSet,
    senders: dict[str, Sender],
    refused: Refused,
) -> _TelegramBot:
    # Here, as the Bot API's types cost 14 MB and a quarter of a second where Telegram is off.
    from bot.telegram.sender import TelegramSender

    transport = PlatformTransport()
    http = httpx.AsyncClient(transport=transport, trust_env=False)
    opened.closers.append(http.aclose)
    sender = TelegramSender(
        settings.telegram_token,
        http,
        api_url=settings.telegram_api,
        pacer=Pacer(TELEGRAM_RULES.at(settings.telegram_per_second)),
        read_media=read_media,
        calls=transport.calls,
    )
    senders["telegram"] = sender
    bot = _TelegramBot(settings, sender, receiver, wording)
    opened.background.append(bot.run)
    if settings.public_url and settings.telegram_secret:
        opened.routers.append(
            telegram_webhook.router(
                bot.receive,
                settings.telegram_secret,
                bot.current_name,
                receiver.review_telegram,
                refused,
            )
        )
    elif settings.public_url:
        log.warning("telegram_polls_instead", missing="TELEGRAM_WEBHOOK_SECRET")
    return bot


def _open_whatsapp(
    settings: Settings,
    receiver: Receiver,
    read_media: ReadMedia,
    opened: ChannelSet,
    senders: dict[str, Sender],
    refused: Refused,
) -> None:
    needed = {
        "WHATSAPP_PHONE_ID": settings.whatsapp_phone_id,
        "WHATSAPP_APP_SECRET": settings.whatsapp_app_secret,
        "WHATSAPP_VERIFY_TOKEN": settings.whatsapp_verify_token,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        log.error("whatsapp_closed", missing=", ".join(missing))
        return
    transport = PlatformTransport()
    http = httpx.AsyncClient(transport=transport, trust_env=False)
    files = public_client()
    opened.closers += [http.aclose, files.aclose]
    sender = WhatsAppSender(
        settings.whatsapp_token,
        settings.whatsapp_phone_id,
        http,
        api_url=settings.whatsapp_api,
        pacer=Pacer(WHATSAPP_RULES.at(settings.whatsapp_per_second)),
        read_media=read_media,
        files=files,
        calls=transport.calls,
    )
    senders["whatsapp"] = sender
    opened.routers.append(
        whatsapp_webhook.router(
            receiver.receive,
            receiver.receipt,
            receiver.review_whatsapp,
            settings.whatsapp_app_secret,
            settings.whatsapp_verify_token,
            settings.whatsapp_phone_id,
            refused,
        )
    )

    async def prove(stop: asyncio.Event) -> None:
        async def number() -> None:
            log.info("whatsapp_ready", number_known=bool(await sender.check()))

        await _until_accepted(number, "whatsapp", stop)

    opened.background.append(prove)


class _TelegramBot:
    """One bot: its name, its commands, and where its updates come from."""

    def __init__(
        self, settings: Settings, sender: TelegramSender, receiver: Receiver, wording: Wording
    ) -> None:
        self._settings = settings
        self._sender = sender
        self._receiver = receiver
        self._wording = wording
        self._name = ""
        self._callbacks: set[asyncio.Task[None]] = set()

    @property
    def _by_webhook(self) -> bool:
        # Without a secret anybody could post updates: then polling fetches them instead.
        return bool(self._settings.public_url and self._settings.telegram_secret)

    def current_name(self) -> str:
        """Give the user name, empty until Telegram has told it."""
        return self._name

    def private_link(self) -> str:
        """Give the address of a private chat with the bot, empty until its name is known."""
        return f"https://t.me/{self._name}" if self._name else ""

    async def receive(self, message: InboundMessage) -> None:
        """Store a message, then end the waiting sign of a tapped button."""
        await self._receiver.receive(message)
        if message.kind == "choice":
            task = asyncio.create_task(self._sender.answer_callback(message.external_id))
            self._callbacks.add(task)
            task.add_done_callback(self._callbacks.discard)

    async def run(self, stop: asyncio.Event) -> None:
        """Set up at the platform, then poll unless a public address is configured."""
        await _until_accepted(self._set_up, "telegram", stop)
        if self._by_webhook or stop.is_set():
            return
        lock = SessionLock(self._settings.database_url, TELEGRAM_POLLING)
        take = Intake(self.receive, self.current_name, self._receiver.review_telegram)
        try:
            await poll(self._sender, take, stop, lock.held)
        finally:
            await lock.release()

    async def _set_up(self) -> None:
        self._name = await self._sender.username()
        await self._sender.set_commands(self._wording)
        if self._by_webhook:
            await self._sender.set_webhook(
                f"{self._settings.public_url}{telegram_webhook.PATH}",
                self._settings.telegram_secret,
            )
        log.info("telegram_ready", webhook=self._by_webhook)


async def _until_accepted(
    work: Callable[[], Awaitable[None]], channel: str, stop: asyncio.Event
) -> None:
    """Repeat ``work`` until the platform accepts it; every refusal is logged plainly."""
    while not stop.is_set():
        pause = NETWORK_PAUSE_S
        try:
            await work()
            return
        except ChannelLocked as error:
            log.error("channel_refused", channel=channel, code=error.code, retry_s=TOKEN_PAUSE_S)
            pause = TOKEN_PAUSE_S
        except InvalidInput as error:
            log.error("channel_settings_invalid", channel=channel, field=error.field)
            return
        except DeliveryFailed as error:
            log.warning("channel_not_reached", channel=channel, reason=str(error))
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
