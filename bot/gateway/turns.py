"""Answers one turn: media, Rasa, outbox. Safe to run again after any crash."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.dialogue import DialogueAnswer, NotSent, PartAway, RasaClient
from bot.gateway.channels import Channels
from bot.gateway.files import TurnFiles
from bot.gateway.metrics import Metrics
from bot.gateway.watch import Watch
from izin.conversations import Turn, starts_session
from izin.errors import DialogueUnavailable, StorageUnavailable, TanyaError
from izin.message_limits import MessageLimits
from izin.officers import asks_for_bot
from izin.ports import Inbox, MediaStore
from izin.replies import Reply, join_replies
from izin.usecases.ask_officer import BACK
from izin.usecases.first_contact import FirstContact
from izin.usecases.link_officer_chat import LinkOfficerChat
from izin.usecases.serve_citizen import ServeCitizen
from izin.usecases.vary_reply import vary_reply
from izin.wording import Wording

log = structlog.get_logger()

TRIES = 3
"""How often Rasa is asked before the citizen gets a polite apology."""

PATIENCE_S = 20.0
"""How long a turn may take in all, counted from its latest beginning, so that the next can run."""

MOST_BEGINNINGS = 6
"""A turn that crashes its worker again and again is given up."""

PAUSES_S = (1.0, 4.0)
NOT_LISTENING_PAUSE_S = 0.5
AWAY_PAUSE_S = 1.0
"""Longer: Rasa reads the message anew each time, beside the part that is starting."""

TYPING_AFTER_S = 0.6
"""An answer mostly takes a tenth of this; a call to the platform for each would cost more."""

MEDIA_PAUSE_S = 0.5


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
        serve: ServeCitizen,
        clock: Callable[[], float] = time.monotonic,
        limits: MessageLimits | None = None,
        first: FirstContact | None = None,
        link: LinkOfficerChat | None = None,
    ) -> None:
        """Take the ports.

        ``serve`` ends an officer's hold, ``clock`` measures waiting, ``limits`` are told to
        who exceeds them, ``first`` introduces the privacy notice to who is new, ``link``
        takes the codes by which officers link their own chats.
        """
        self._link = link
        self._first = first
        self._serve = serve
        self._limits = limits or MessageLimits()
        self._inbox = inbox
        self._files = TurnFiles(inbox, media, channels, wording, lambda: MEDIA_PAUSE_S)
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
        if back := await self._back_to_bot(turn):
            await asyncio.to_thread(self._inbox.answer, turn_id, (back,), {})
            self._metrics.turn(turn.conversation.address.channel, "answered")
            self._watch.ring(turn.id)
            return
        if (
            self._link is not None
            and self._link.concerns(turn)
            and (linked := await asyncio.to_thread(self._link.take, turn))
        ):
            await asyncio.to_thread(self._inbox.answer, turn_id, (linked,), {})
            self._watch.ring(turn.id)
            return
        if turn.conversation.held_by_officer:
            await self._leave_to_officer(turn)
            return
        if turn.details.get("limited"):
            await self._tell_limit(turn)
            return
        typing = self._typing_later(turn)
        waited_ms = (datetime.now(UTC) - turn.received_at).total_seconds() * 1000
        try:
            if turn.attempts > MOST_BEGINNINGS:
                raise DialogueUnavailable("the turn was begun too often")
            turn, trouble = await self._files.fetch(turn)
            answer = await self._answer(turn, trouble)
            reply = vary_reply(join_replies(list(answer.replies)), turn.conversation, self._wording)
            dialogue_ms = (self._clock() - begun) * 1000
            timings = {"queue": round(waited_ms, 1), "dialogue": round(dialogue_ms, 1)}
            await asyncio.to_thread(self._store, turn, reply, answer, timings)
        except StorageUnavailable:
            raise  # the queue runs the turn again when the database is back
        except Exception as error:
            # Whatever went wrong, the citizen is answered and the next turn can run.
            await self._apologise(turn, error)
            return
        finally:
            typing.cancel()
        self._metrics.turn(turn.conversation.address.channel, "answered")
        self._metrics.latency("queue", waited_ms)
        self._metrics.latency("dialogue", dialogue_ms)
        self._metrics.intent(answer.intent)
        self._watch.ring(turn.id)

    def _store(
        self, turn: Turn, reply: Reply, answer: DialogueAnswer, timings: dict[str, float]
    ) -> None:
        # Both ask the database, so that both are done by one thread.
        if self._first is not None:
            reply = self._first.introduce(reply, turn, answer.intent)
        replies = () if reply.silent else (reply,)
        self._inbox.answer(turn.id, replies, timings, understanding(turn, answer))

    async def _answer(self, turn: Turn, trouble: Reply | None) -> DialogueAnswer:
        if trouble is None:
            return await self._ask(turn)
        if not turn.message.text.strip():
            # Nothing but the file was sent: asking on would thank for what was not taken.
            return DialogueAnswer((trouble,), "", 0.0, replayed=False)
        answer = await self._ask(turn)
        return replace(answer, replies=(trouble, *answer.replies))

    async def _back_to_bot(self, turn: Turn) -> Reply | None:
        """End an officer's hold if the citizen plainly asks for it; gives what is said then.

        Asked of the hold, not of the turn: it may have been ended by this very turn before a
        crash.
        """
        tapped = dict((turn.choice or {}).get("entities") or {}).get("langkah") == BACK
        if not tapped and not asks_for_bot(turn.message.text):
            return None
        return await asyncio.to_thread(
            self._serve.back_to_bot, turn.conversation.id, turn.id, turn.now
        )

    async def _leave_to_officer(self, turn: Turn) -> None:
        try:
            await self._files.fetch(turn)
        except StorageUnavailable:
            raise
        except Exception:
            # The officer gets the message, with or without its file.
            log.exception("media_not_kept", turn_id=turn.id)
        await asyncio.to_thread(self._inbox.hold, turn.id)
        self._metrics.turn(turn.conversation.address.channel, "held")
        self._watch.ring(turn.id)

    async def _tell_limit(self, turn: Turn) -> None:
        text = self._wording.say("flow.limited", seconds=self._limits.pause_s)
        await asyncio.to_thread(self._inbox.answer, turn.id, (Reply(text),), {})
        self._metrics.turn(turn.conversation.address.channel, "limited")
        self._watch.ring(turn.id)

    async def _apologise(self, turn: Turn, error: Exception) -> None:
        reason = str(error) if isinstance(error, TanyaError) else type(error).__name__
        unknown = not isinstance(error, TanyaError)
        log.error("turn_failed", turn_id=turn.id, attempts=turn.attempts, reason=reason,
                  exc_info=unknown)  # fmt: skip
        apology = vary_reply(
            Reply(self._wording.say("gateway.turn_failed")), turn.conversation, self._wording
        )
        await asyncio.to_thread(self._inbox.fail, turn.id, apology, reason)
        self._metrics.turn(turn.conversation.address.channel, "failed")
        self._watch.ring(turn.id)

    def _typing_later(self, turn: Turn) -> asyncio.TimerHandle:
        """Show the citizen that an answer is on its way, unless it is given before."""
        # WhatsApp's call says at once that the message was read, too.
        read = turn.conversation.address.channel == "whatsapp"
        after_s = 0.0 if read else TYPING_AFTER_S
        return asyncio.get_running_loop().call_later(after_s, self._show_typing, turn)

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
        private_url = self._channels.private_link(turn.conversation.address)
        deadline = self._clock() + PATIENCE_S
        tries = max(0, turn.attempts - 1)  # earlier runs that a crash cut short count too
        while True:
            try:
                left = max(0.0, deadline - self._clock())
                asked = self._rasa.answer(turn, new_session, private_url)
                return await asyncio.wait_for(asked, left)
            except TimeoutError:
                raise DialogueUnavailable("patience ended before rasa answered") from None
            except PartAway as error:
                # A part is starting again: it says nothing of this turn, so this is no try.
                pause = NOT_LISTENING_PAUSE_S if isinstance(error, NotSent) else AWAY_PAUSE_S
                if self._clock() + pause > deadline:
                    raise
                await asyncio.sleep(pause)
            except DialogueUnavailable as error:
                tries += 1
                pause = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
                if tries >= TRIES or self._clock() + pause > deadline:
                    raise
                log.warning("turn_retry", turn_id=turn.id, tries=tries, reason=str(error))
                await asyncio.sleep(pause)


def _permit_of(turn: Turn, answer: DialogueAnswer) -> str:
    """Give the permit a message was about, or "": that of its button, or of typed words.

    Of typed words the answer tells it: all that its buttons go on with is of one permit.
    """
    chosen = dict((turn.choice or {}).get("entities") or {}).get("izin")
    if isinstance(chosen, str) and chosen:
        return chosen
    if not answer.intent.startswith("tanya_"):
        return ""
    offered = {
        str(choice.entities["izin"])
        for reply in answer.replies
        for choice in reply.choices
        if choice.entities.get("izin")
    }
    return offered.pop() if len(offered) == 1 else ""


def understanding(turn: Turn, answer: DialogueAnswer) -> dict[str, str | float] | None:
    """Give what officers may see of how a message was read; None when nothing was.

    A file that could not be taken is answered without being read.
    """
    if not answer.intent:
        return None
    read: dict[str, str | float] = {
        "intent": answer.intent,
        "confidence": round(min(1.0, max(0.0, answer.confidence)), 3),
    }
    if permit := _permit_of(turn, answer):
        read["permit"] = permit
    if faq := next((reply.faq for reply in answer.replies if reply.faq), ""):
        read["faq"] = faq
    return read
