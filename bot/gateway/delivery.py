"""Delivers one outbox message through its channel, part by part."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from bot.gateway.channels import Channels
from bot.gateway.metrics import Metrics
from bot.gateway.watch import Watch
from bot.whatsapp.sender import window_open
from izin.conversations import OutboundMessage
from izin.errors import ChannelLocked, DeliveryFailed, RetryLater, StorageUnavailable, WindowClosed
from izin.following import NoticeKind, Template
from izin.ports import MailRoom, Outbox
from izin.rendering.shape import RenderedMessage
from izin.rendering.whatsapp import render_template
from izin.replies import Reply
from izin.storage.receipts import NEEDS_THE_CITIZEN, unreachable

log = structlog.get_logger()

MOST_TRIES = 12
"""With the pauses below a message is tried for about two hours, then given up."""

PAUSES_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 2400)
LOCKED_PAUSE_S = 300

RECORD_PATIENCE_S = 60.0
"""Our database starts again within seconds, after a crash with much to recover within a minute."""

RECORD_PAUSE_S = 0.25


class TryAgain(Exception):
    """Asks the queue to run the delivery again after ``after_s`` seconds."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"again in {after_s} s")
        self.after_s = after_s


class Deliverer:
    """Sends what the outbox holds and records what the platforms said."""

    def __init__(
        self, outbox: Outbox | MailRoom, channels: Channels, metrics: Metrics, watch: Watch,
        templates: Mapping[NoticeKind, Template] | None = None,
    ) -> None:  # fmt: skip
        """Take the ports, and WhatsApp's approved template of each kind of notice."""
        self._templates = templates or {}
        self._outbox = outbox
        self._channels = channels
        self._metrics = metrics
        self._watch = watch

    def render(self, message: OutboundMessage) -> tuple[RenderedMessage, ...]:
        """Give an outbox message in its channel's shape."""
        renderer = self._channels.renderers[message.address.channel]
        return renderer(Reply.from_json(message.reply), message.choice_ids)

    async def deliver(self, message_id: str, known: OutboundMessage | None = None) -> None:
        """Send the parts that no platform took yet; ``known`` was stored a moment ago.

        Raises:
            TryAgain: The platform asked for a pause or does not answer.
        """
        message = known or await asyncio.to_thread(self._outbox.message, message_id)
        if message.state != "waiting":
            return
        begun = time.monotonic()
        try:
            parts = self._shaped(message)
        except Exception as error:
            # A reply that cannot be rendered now never can: an officer takes over.
            log.error("reply_not_rendered", message_id=message_id, exc_info=True)
            await self._give_up(message, type(error).__name__, None)
            return
        for number in range(message.sent_parts, len(parts)):
            try:
                external_id = await self._send(message, number, parts[number])
            except WindowClosed as error:
                await self._outside_window(message, error, parts[number])
                return
            except DeliveryFailed as error:
                await self._not_taken(message, error)
                return
            except StorageUnavailable:
                raise  # nothing was sent: its media could not be read
            except Exception as error:
                # A bug of ours: the platform may have taken it, so it is not sent again.
                log.error("delivery_broken", message_id=message_id, exc_info=True)
                await self._give_up(message, type(error).__name__, None)
                return
            await self._record(message_id, number, external_id, len(parts))
        self._metrics.delivery(message.address.channel, "accepted")
        self._metrics.latency("delivery", (time.monotonic() - begun) * 1000)
        self._watch.ring(message.turn_id)

    async def _record(self, message_id: str, number: int, external_id: str, parts: int) -> None:
        """Record that the platform took a part, also while our database starts again.

        Left to the queue at once, the part would be sent a second time.

        Raises:
            StorageUnavailable: It stays away.
        """
        at, deadline = datetime.now(UTC), time.monotonic() + RECORD_PATIENCE_S
        while True:
            try:
                await asyncio.to_thread(
                    self._outbox.part_accepted, message_id, number, external_id, parts, at
                )
                return
            except StorageUnavailable:
                if time.monotonic() >= deadline:
                    raise
            await asyncio.sleep(RECORD_PAUSE_S)

    def _shaped(self, message: OutboundMessage) -> tuple[RenderedMessage, ...]:
        """Give the message's parts, or the template that alone may go out now."""
        template = self._template(message)
        closed = not window_open(message.last_inbound_at, datetime.now(UTC))
        if template is not None and closed and not message.sent_parts:
            return (template,)
        return self.render(message)

    def _template(self, message: OutboundMessage) -> RenderedMessage | None:
        address = message.address
        if message.notice_kind is None or address.namespace != "live":
            return None
        template = self._templates.get(NoticeKind(message.notice_kind))
        if template is None or address.channel != "whatsapp":
            return None
        return render_template(template.name, message.template_values, template.language)

    async def _outside_window(
        self, message: OutboundMessage, error: WindowClosed, tried: RenderedMessage
    ) -> None:
        """Send the template after all, or keep the notice until the citizen writes."""
        template = self._template(message)
        if template is None or tried.method == "template" or message.sent_parts:
            await self._not_taken(message, error)
            return
        try:
            external_id = await self._send(message, 0, template)
        except DeliveryFailed as refused:
            await self._not_taken(message, refused)
            return
        await self._record(message.id, 0, external_id, 1)
        self._metrics.delivery(message.address.channel, "accepted")

    async def _send(self, message: OutboundMessage, number: int, part: RenderedMessage) -> str:
        if message.address.namespace == "simulator":
            return f"simulator-{message.id}-{number}"
        sender = self._channels.sender(message.address)
        if sender is None:
            raise ChannelLocked(f"{message.address.channel} is not switched on")
        if (
            message.address.channel == "whatsapp"
            and part.method != "template"
            and not window_open(message.last_inbound_at, datetime.now(UTC))
        ):
            raise WindowClosed("the citizen wrote last more than 24 h ago")
        return await sender.send(message.address, part)

    async def _not_taken(self, message: OutboundMessage, error: DeliveryFailed) -> None:
        tries = await asyncio.to_thread(self._outbox.attempt, message.id)
        channel = message.address.channel
        kind = type(error).__name__
        log.warning("delivery_not_taken", message_id=message.id, channel=channel, kind=kind,
                    code=error.code, tries=tries)  # fmt: skip
        if error.retry and tries < MOST_TRIES:
            self._metrics.delivery(channel, "retried")
            pause: float = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
            if isinstance(error, ChannelLocked):
                pause = LOCKED_PAUSE_S
            elif isinstance(error, RetryLater) and error.after_s is not None:
                pause = max(error.after_s, 0.5)
            raise TryAgain(pause) from error
        code = None if error.code is None else str(error.code)
        # A notice that needs the citizen to write first, or a template Meta does not know.
        lost = message.notice_kind is not None and unreachable(channel, code)
        if (
            isinstance(error, WindowClosed) or code in NEEDS_THE_CITIZEN or lost
        ) and await asyncio.to_thread(
            self._outbox.put_back, message.id, kind, code, datetime.now(UTC)
        ):
            self._metrics.delivery(channel, "held")
            if code in NEEDS_THE_CITIZEN and not isinstance(error, WindowClosed):
                log.error("template_refused", kind=message.notice_kind, code=code)
            return
        await self._give_up(message, kind, code)

    async def _give_up(self, message: OutboundMessage, error: str, code: str | None) -> None:
        self._metrics.delivery(message.address.channel, "failed")
        await asyncio.to_thread(self._outbox.failed, message.id, error, code, datetime.now(UTC))
        self._watch.ring(message.turn_id)
