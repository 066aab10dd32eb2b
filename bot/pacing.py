"""Sending no faster than a platform allows, by leaky buckets (aiolimiter).

Each process paces itself. With several gateways the sum may pass a platform's limit; then
the platform answers 429 and :meth:`Pacer.pause` holds further sends back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiolimiter import AsyncLimiter

from izin.errors import RetryLater

MOST_CHATS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` messages at once, then ``burst`` messages every ``seconds``."""

    burst: float
    seconds: float

    @property
    def gap_s(self) -> float:
        """Seconds between two messages once the burst is used up."""
        return self.seconds / self.burst


@dataclass(frozen=True, slots=True)
class PacingRules:
    """What a platform allows.

    Attributes:
        overall: For the whole bot or business number.
        per_chat: For one citizen.
        per_group: For one group chat.
        longest_wait_s: A send that would wait longer is put back into the outbox.
    """

    overall: Rate
    per_chat: Rate
    per_group: Rate
    longest_wait_s: float = 5.0

    def at(self, per_second: int) -> PacingRules:
        """Give the same rules for a sender that may send so many messages a second in all."""
        return replace(self, overall=Rate(1, 1 / per_second))


TELEGRAM_RULES = PacingRules(
    overall=Rate(1, 1 / 30),  # 30 a second, evenly, so that no second ever holds more
    per_chat=Rate(1, 1.05),  # messages sent evenly arrive unevenly; a second is the least
    per_group=Rate(1, 3.0),  # 20 a minute
)
WHATSAPP_RULES = PacingRules(
    overall=Rate(1, 1 / 80),
    per_chat=Rate(10, 60.0),  # a message each 6 s, with some in advance as Meta allows
    per_group=Rate(10, 60.0),
)


class Pacer:
    """Waits before a send as long as the rules ask."""

    def __init__(self, rules: PacingRules, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the rules; ``clock`` gives monotonic seconds for pauses."""
        self._rules = rules
        self._clock = clock
        self._overall = AsyncLimiter(rules.overall.burst, rules.overall.seconds)
        self._chats: dict[str, AsyncLimiter] = {}
        self._paused_until: dict[str, float] = {}

    async def wait(self, chat: str, *, group: bool = False) -> None:
        """Return when a message to ``chat`` may go out.

        Raises:
            RetryLater: The wait would be too long; ``after_s`` says when to come back.
        """
        self._refuse_while_paused(chat)
        rate = self._rules.per_group if group else self._rules.per_chat
        try:
            async with asyncio.timeout(self._rules.longest_wait_s):
                await self._of_chat(chat, rate).acquire()
                await self._overall.acquire()
        except TimeoutError as error:
            raise RetryLater("paced", code="paced", after_s=max(rate.gap_s, 1.0)) from error
        self._refuse_while_paused(chat)

    def pause(self, chat: str, seconds: float) -> None:
        """Send nothing more to ``chat`` for some seconds, as the platform asked."""
        now = self._clock()
        if len(self._paused_until) > MOST_CHATS_KEPT:
            self._paused_until = {c: t for c, t in self._paused_until.items() if t > now}
        self._paused_until[chat] = max(now + seconds, self._paused_until.get(chat, 0.0))

    def _refuse_while_paused(self, chat: str) -> None:
        left = self._paused_until.get(chat, 0.0) - self._clock()
        if left > 0:
            raise RetryLater("the platform asked for a pause", code="paused", after_s=left)
        self._paused_until.pop(chat, None)

    def _of_chat(self, chat: str, rate: Rate) -> AsyncLimiter:
        limiter = self._chats.get(chat)
        if limiter is None:
            if len(self._chats) >= MOST_CHATS_KEPT:
                self._chats = {
                    name: kept
                    for name, kept in self._chats.items()
                    if not kept.has_capacity(kept.max_rate)
                }
            limiter = self._chats[chat] = AsyncLimiter(rate.burst, rate.seconds)
        return limiter
