"""Fetches updates where no public address exists, losing none.

An update is confirmed to Telegram only by asking for the one after it, and that happens
only once ``on_update`` returned, which means: stored and committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from izin.errors import ChannelLocked, DeliveryFailed, RetryLater, TanyaError

log = structlog.get_logger()


class UpdateSource(Protocol):
    """The part of the sender that polling needs."""

    async def delete_webhook(self) -> None:
        """Let polling begin, keeping pending updates."""
        ...

    async def get_updates(self, offset: int | None, timeout_s: int) -> list[dict[str, Any]]:
        """Give waiting updates."""
        ...


@dataclass(frozen=True, slots=True)
class PollTimes:
    """How long polling waits.

    Attributes:
        long_poll_s: How long Telegram holds an empty answer back.
        first_pause_s: After a first failure; doubled each time.
        longest_pause_s: Never longer than this between tries.
        lock_pause_s: Until the lock is asked for again.
        conflict_pause_s: After 409, when somebody else polls the same token.
        locked_pause_s: After 401, until the token is tried again.
    """

    long_poll_s: int = 25
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    lock_pause_s: float = 5.0
    conflict_pause_s: float = 10.0
    locked_pause_s: float = 300.0


async def poll(
    sender: UpdateSource,
    on_update: Callable[[dict[str, Any]], Awaitable[None]],
    stop: asyncio.Event,
    holds_lock: Callable[[], Awaitable[bool]],
    times: PollTimes = PollTimes(),
) -> None:
    """Poll until ``stop`` is set; failures are logged and outwaited, never raised.

    Args:
        sender: Where updates come from.
        on_update: Stores an update; returns only after the commit. When it raises, the
            update is offered again.
        stop: Ends the loop, also in the middle of a wait.
        holds_lock: Says whether this process may poll now; asked before every request.
        times: Waiting times.
    """
    offset: int | None = None
    ready = False
    failures = 0
    while not stop.is_set():
        try:
            if not await holds_lock():
                ready, offset = False, None
                await _pause(stop, times.lock_pause_s)
                continue
            if not ready:
                await _unless_stopped(stop, sender.delete_webhook())
                ready = True
            updates = await _unless_stopped(stop, sender.get_updates(offset, times.long_poll_s))
            for update in updates or ():
                await on_update(update)
                offset = _after(update, offset)
            failures = 0
        except ChannelLocked:
            log.error("telegram_token_refused", retry_s=times.locked_pause_s)
            await _pause(stop, times.locked_pause_s)
        except RetryLater as error:
            failures += 1
            if error.code == 409:
                log.warning("telegram_polled_elsewhere", retry_s=times.conflict_pause_s)
                ready = False  # a webhook may have been set meanwhile
            await _pause(stop, _wait(error, failures, times))
        except Exception as error:
            failures += 1
            known = isinstance(error, TanyaError)
            log.warning("polling_failed", reason=type(error).__name__, exc_info=not known)
            await _pause(stop, _backoff(failures, times))


def _after(update: Any, offset: int | None) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int):
        return offset
    return number + 1 if offset is None else max(offset, number + 1)


def _wait(error: DeliveryFailed, failures: int, times: PollTimes) -> float:
    if error.code == 409:
        return times.conflict_pause_s
    after_s = getattr(error, "after_s", None)
    return _backoff(failures, times) if after_s is None else float(after_s)


def _backoff(failures: int, times: PollTimes) -> float:
    return float(min(times.first_pause_s * 2 ** min(failures - 1, 10), times.longest_pause_s))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def _unless_stopped(stop: asyncio.Event, call: Awaitable[Any]) -> Any:
    """Give the call's result, or None as soon as ``stop`` is set."""
    task = asyncio.ensure_future(call)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return await task if task.done() else None
    finally:
        stopped.cancel()
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
