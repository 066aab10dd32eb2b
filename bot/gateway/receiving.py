"""Takes verified messages in: stored and enqueued before any platform hears 200."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import structlog

from izin.conversations import DeliveryReceipt, InboundMessage, Received
from izin.ports import Inbox, Outbox

log = structlog.get_logger()

THREADS = 4
"""Of the door's own: a platform waits for its 200, and must not stand behind turns at work."""


class Receiver:
    """The one door every channel delivers to."""

    def __init__(self, inbox: Inbox, outbox: Outbox) -> None:
        """Take the ports."""
        self._inbox = inbox
        self._outbox = outbox
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="receive")

    async def receive(self, message: InboundMessage, now: datetime | None = None) -> Received:
        """Store a message once; returns after the commit.

        Raises:
            StorageUnavailable: Nothing was stored; the platform must send it again.
        """
        received = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._inbox.receive, message, datetime.now(UTC), now
        )
        if received.limited:
            log.warning("message_limited", conversation=received.conversation_id)
        elif received.merged_into and not received.duplicate:
            log.info("message_merged", turn_id=received.turn_id, into=received.merged_into)
        return received

    async def receipt(self, receipt: DeliveryReceipt) -> None:
        """Record a platform's receipt."""
        await asyncio.to_thread(self._outbox.receipt, receipt)

    async def review(self, channel: str, payload: bytes, reason: str) -> None:
        """Keep what could not be understood."""
        await asyncio.to_thread(
            self._inbox.keep_for_review, channel, payload, reason, datetime.now(UTC)
        )

    async def review_telegram(self, payload: bytes, reason: str) -> None:
        """Keep an update of Telegram that could not be understood."""
        await self.review("telegram", payload, reason)

    async def review_whatsapp(self, payload: bytes, reason: str) -> None:
        """Keep an item of WhatsApp that could not be understood."""
        await self.review("whatsapp", payload, reason)
