"""Answers one turn: media, Rasa, outbox. Safe to run again after any crash."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from bot.dialogue import DialogueAnswer, NotSent, RasaClient
from bot.gateway.channels import Channels
from bot.gateway.metrics import Metrics
from bot.gateway.watch import Watch
from izin.conversations import Turn, starts_session
from izin.errors import DeliveryFailed, DialogueUnavailable, StorageUnavailable, TanyaError
from izin.ports import Inbox, MediaStore
from izin.replies import Reply, join_replies
from izin.usecases.vary_reply import vary_reply
from izin.wording import Wording

log = structlog.get_logger()

TRIES = 3
"""How often Rasa is asked before the citizen gets a polite apology."""

PATIENCE_S = 20.0
"""How long a turn may take in all, counted from its first try, so that the next can run."""

MOST_BEGINNINGS = 6
"""A turn that crashes its worker again and again is given up."""

PAUSES_S = (1.0, 4.0)
NOT_LISTENING_PAUSE_S = 0.5


class TurnAnswerer:
    """Runs turns against Rasa and stores their answers."""

    def __init__(
        self,
        inbox: Inbox,
        media: MediaStore,
        rasa: RasaClient,
        channels: Channels,
        wording: Wording,
        metrics: Metrics,
        watch: Watch,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the ports; ``clock`` measures waiting."""
        self._inbox = inbox
        self._media = media
        self._rasa = rasa
        self._channels = channels
        self._wording = wording
        self._metrics = metrics
        self._watch = watch
        self._clock = clock
        self._typing: set[asyncio.Task[None]] = set()

    async def answer(self, turn_id: str) -> None:
        """Answer a turn once; a turn that is answered already is left alone."""
        begun = self._clock()
        turn = await asyncio.to_thread(self._inbox.begin, turn_id)
        if turn.state != "queued":
            return
        if turn.conversation.held_by_officer:
            await asyncio.to_thread(self._inbox.hold, turn_id)
            self._watch.ring()
            return
        self._show_typing(turn)
        turn = await self._with_media(turn)
        waited_ms = (datetime.now(UTC) - turn.received_at).total_seconds() * 1000
        try:
            if turn.attempts > MOST_BEGINNINGS:
                raise DialogueUnavailable("the turn was begun too often")
            answer = await self._ask(turn)
            reply = vary_reply(join_replies(list(answer.replies)), turn.conversation, self._wording)
            dialogue_ms = (self._clock() - begun) * 1000
            timings = {"queue": round(waited_ms, 1), "dialogue": round(dialogue_ms, 1)}
            replies = () if reply.silent else (reply,)
            await asyncio.to_thread(self._inbox.answer, turn_id, replies, timings)
        except StorageUnavailable:
            raise  # the queue runs the turn again when the database is back
        except Exception as error:
            # Whatever went wrong, the citizen is answered and the next turn can run.
            await self._apologise(turn, error)
            return
        self._metrics.turn(turn.conversation.address.channel, "answered")
        self._metrics.latency("queue", waited_ms)
        self._metrics.latency("dialogue", dialogue_ms)
        self._metrics.intent(answer.intent)
        self._watch.ring()

    async def _apologise(self, turn: Turn, error: Exception) -> None:
        reason = str(error) if isinstance(error, TanyaError) else type(error).__name__
        unknown = not isinstance(error, TanyaError)
        log.error("turn_failed", turn_id=turn.id, attempts=turn.attempts, reason=reason,
                  exc_info=unknown)  # fmt: skip
        apology = Reply(self._wording.say("gateway.turn_failed"))
        await asyncio.to_thread(self._inbox.fail, turn.id, apology, reason)
        self._metrics.turn(turn.conversation.address.channel, "failed")
        self._watch.ring()

    def _show_typing(self, turn: Turn) -> None:
        # Beside the turn, not before it: the answer must not wait for a platform's courtesy.
        address = turn.conversation.address
        sender = self._channels.sender(address)
        if sender is not None:
            task = asyncio.create_task(sender.typing(address, turn.message.external_id))
            self._typing.add(task)
            task.add_done_callback(self._typing.discard)

    async def _ask(self, turn: Turn) -> DialogueAnswer:
        new_session = starts_session(turn.conversation, turn.now)
        deadline = self._clock() + PATIENCE_S
        tries = max(0, turn.attempts - 1)  # earlier runs that a crash cut short count too
        while True:
            try:
                return await self._rasa.answer(turn, new_session)
            except NotSent:
                # Rasa is starting again: nothing was begun, so this is no try.
                if self._clock() + NOT_LISTENING_PAUSE_S > deadline:
                    raise
                await asyncio.sleep(NOT_LISTENING_PAUSE_S)
            except DialogueUnavailable as error:
                tries += 1
                pause = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
                if tries >= TRIES or self._clock() + pause > deadline:
                    raise
                log.warning("turn_retry", turn_id=turn.id, tries=tries, reason=str(error))
                await asyncio.sleep(pause)

    async def _with_media(self, turn: Turn) -> Turn:
        if not turn.message.media or turn.media_ids:
            return turn
        sender = self._channels.sender(turn.conversation.address)
        ids = []
        for item in turn.message.media:
            if item.kind == "sticker":
                continue
            if sender is None:
                ids.append(item.platform_id)  # the simulator stored the file before the message
                continue
            try:
                content, _, _ = await sender.fetch_media(item)
            except DeliveryFailed as error:
                log.warning("media_not_fetched", turn_id=turn.id, reason=type(error).__name__)
                continue
            ids.append(
                await asyncio.to_thread(self._media.put, item, content, turn.conversation.id)
            )
        if not ids:
            return turn
        await asyncio.to_thread(self._inbox.set_media, turn.id, ids)
        return await asyncio.to_thread(self._inbox.turn, turn.id)
