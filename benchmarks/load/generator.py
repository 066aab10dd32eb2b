"""Sends the load: by the clock, whatever the house does, or as fast as a backlog is worked off."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping

from benchmarks.load.crowd import Crowd, Turn
from benchmarks.load.fake_platform import Platform
from benchmarks.load.phases import Phase, phase_of
from benchmarks.load.webhooks import Caller, Door

PATIENCE_S = 15.0
"""After the last message; a reply that takes longer counts as none."""

MOST_WAITING = 3000
"""An open load is broken off when so many wait: the house does not keep up."""

Spent = Callable[[], Mapping[str, float]]
"""Gives the CPU milliseconds each part has used so far."""


class Generator:
    """Citizens at a house's door, kept from phase to phase.

    Args:
        platform: Where the house sends its replies.
        door: Where its webhook is.
        spent: The house's CPU so far.
        first_chat: Number of the first citizen's chat.
    """

    def __init__(self, platform: Platform, door: Door, spent: Spent, first_chat: int) -> None:
        self.patience_s = PATIENCE_S
        self._door = door
        self._spent = spent
        self._caller = Caller(door.host, door.port)
        self._crowd = Crowd(lambda number: str(first_chat + number), self._one_done)
        self._random = random.Random(20240501)
        self._turns: list[Turn] = []
        self._finished = 0
        self._refill: Callable[[], None] | None = None
        platform.replied = self._crowd.replied

    @property
    def waiting(self) -> int:
        """Count the messages without reply."""
        return len(self._turns) - self._finished

    def _one_done(self, turn: Turn) -> None:
        self._finished += 1
        if self._refill:
            self._refill()

    def _send(self, due: float) -> None:
        citizen, text, turn = self._crowd.next_message(time.monotonic(), due)
        self._turns.append(turn)
        self._caller.send(
            self._door.call(citizen.chat, citizen.said, text),
            lambda status, at: self._crowd.taken(citizen, turn, status, at),
        )

    async def open_load(self, rate: float, seconds: float, warm_up_s: float = 3.0) -> Phase:
        """Send ``rate`` messages a second with exponential gaps; gives what came of it."""
        self._begin()
        start = time.monotonic()
        due, end = start, start + warm_up_s + seconds
        measuring = asyncio.create_task(self._measure(start + warm_up_s, end))
        while (due := due + self._random.expovariate(rate)) < end:
            pause = due - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            elif len(self._turns) % 20 == 0:
                await asyncio.sleep(0)  # late: whatever arrives must still be read
            self._send(due)
            if self.waiting > MOST_WAITING:
                break
        used, own = await measuring
        await self._drain()
        return phase_of(
            self._turns, start + warm_up_s, end, offered=rate, used_ms=used, own_cpu=own
        )

    async def backlog(self, waiting: int, seconds: float, warm_up_s: float = 5.0) -> Phase:
        """Keep ``waiting`` messages without reply, each of another citizen; gives the same."""
        self._begin()
        start = time.monotonic()
        end = start + warm_up_s + seconds
        self._refill = lambda: self._send(time.monotonic())
        for _ in range(waiting):
            self._send(time.monotonic())
        used, own = await self._measure(start + warm_up_s, end)
        self._refill = None
        await self._drain()
        return phase_of(self._turns, start + warm_up_s, end, offered=0, used_ms=used, own_cpu=own)

    def _begin(self) -> None:
        self._turns, self._finished = [], 0

    async def _measure(self, began: float, ended: float) -> tuple[dict[str, float], float]:
        """Give the CPU used between two moments: the house's by part, ours as a share."""
        await asyncio.sleep(max(0.0, began - time.monotonic()))
        before, own = await asyncio.to_thread(self._spent), time.process_time()
        await asyncio.sleep(max(0.0, ended - time.monotonic()))
        after, own_after = await asyncio.to_thread(self._spent), time.process_time()
        used = {name: after[name] - before.get(name, 0.0) for name in after}
        return used, (own_after - own) / (ended - began)

    async def _drain(self) -> None:
        deadline = time.monotonic() + self.patience_s
        while self.waiting and time.monotonic() < deadline:  # noqa: ASYNC110 - bounded
            await asyncio.sleep(0.05)

    def close(self) -> None:
        """Close the connections that are idle."""
        self._caller.close()
