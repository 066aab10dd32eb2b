"""Fetches the files of a turn while the platform still has them, and says which it could not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.gateway.channels import Channels, Sender
from bot.received_files import TOO_BIG, WRONG_TYPE, FileTooBig
from izin.conversations import InboundMedia, Turn
from izin.errors import DeliveryFailed
from izin.ports import Inbox, MediaStore
from izin.replies import Reply
from izin.wording import Wording

log = structlog.get_logger()

FETCH_TRIES = 3
LONGEST_PAUSE_S = 2.0
_MB = 1024 * 1024


class TurnFiles:
    """Stores the files of turns privately."""

    def __init__(
        self,
        inbox: Inbox,
        media: MediaStore,
        channels: Channels,
        wording: Wording,
        pause_s: Callable[[], float],
    ) -> None:
        """Take the ports; ``pause_s`` gives the wait before a platform is asked again."""
        self._inbox = inbox
        self._media = media
        self._channels = channels
        self._wording = wording
        self._pause_s = pause_s

    async def fetch(self, turn: Turn) -> tuple[Turn, Reply | None]:
        """Give the turn with our ids of its files, and what to say of one that was not taken.

        A file is fetched once, however often the turn runs.
        """
        if not turn.message.media or turn.media_ids:
            return turn, None
        address = turn.conversation.address
        sender = self._channels.sender(address)
        ids: list[str] = []
        trouble: Reply | None = None
        for item in turn.message.media:
            if item.kind == "sticker":
                continue
            if address.namespace == "simulator":
                ids.append(item.platform_id)  # it was stored before the message
                continue
            try:
                ids.append(await self._store(turn, sender, item))
            except DeliveryFailed as error:
                log.warning("media_not_taken", turn_id=turn.id, kind=item.kind, code=error.code)
                trouble = self._not_taken(error)
        if ids:
            await asyncio.to_thread(self._inbox.set_media, turn.id, ids)
            turn = await asyncio.to_thread(self._inbox.turn, turn.id)
        return turn, trouble

    async def _store(self, turn: Turn, sender: Sender | None, item: InboundMedia) -> str:
        if sender is None:
            raise DeliveryFailed("the channel is not switched on")
        content, mime_type, file_name = await self._fetched(sender, item)
        # What the content proved to be, not what the sender claimed.
        known = replace(item, mime_type=mime_type, file_name=file_name, size_bytes=len(content))
        return await asyncio.to_thread(self._media.put, known, content, turn.conversation.id)

    async def _fetched(self, sender: Sender, item: InboundMedia) -> tuple[bytes, str, str]:
        for tries in range(1, FETCH_TRIES + 1):
            try:
                return await sender.fetch_media(item)
            except DeliveryFailed as error:
                if not error.retry or tries == FETCH_TRIES:
                    raise
            await asyncio.sleep(min(self._pause_s() * tries, LONGEST_PAUSE_S))
        raise AssertionError("unreachable")

    def _not_taken(self, error: DeliveryFailed) -> Reply:
        if isinstance(error, FileTooBig):
            limit_mb = error.limit_bytes // _MB
            return Reply(self._wording.say("gateway.media.too_big", limit_mb=limit_mb))
        known = error.code in (TOO_BIG, WRONG_TYPE)
        return Reply(self._wording.say(f"gateway.media.{'wrong_type' if known else 'gone'}"))
