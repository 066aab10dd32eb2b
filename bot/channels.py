"""Opens the channels that the settings switch on: senders, webhooks, polling."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter
from izin.rendering.whatsapp import render_whatsapp

from bot.gateway.channels import Channels, Sender
from bot.gateway.metrics import Metrics
from bot.gateway.receiving import Receiver
from izin.rendering.telegram import render_telegram
from izin.settings import Settings
from izin.wording import Wording

log = structlog.get_logger()

Background = Callable[[asyncio.Event], Awaitable[None]]


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
    settings: Settings, receiver: Receiver, wording: Wording, metrics: Metrics
) -> ChannelSet:
    """Give the channels of these settings; a channel without its token stays closed."""
    senders: dict[str, Sender] = {}
    channels = Channels({"telegram": render_telegram, "whatsapp": render_whatsapp}, senders)
    return ChannelSet(channels)
