"""Wakes those who wait for a turn or a delivery, within one process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

Found = TypeVar("Found")

POLL_S = 0.25
"""Another process may do the work: look again this often even without a wake-up."""


class Watch:
    """A bell for each turn that the worker rings when it is answered or delivered."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._bells: dict[asyncio.Event, str | None] = {}

    def ring(self, turn_id: str | None = None) -> None:
        """Wake those who wait for this turn, or everybody.

        Each look costs queries: with many waiting, a ring for all would cost more than turns.
        """
        for bell, wanted in self._bells.items():
            if turn_id is None or wanted in (None, turn_id):
                bell.set()

    async def until(
        self,
        look: Callable[[], Awaitable[Found | None]],
        timeout_s: float,
        turn_id: str | None = None,
    ) -> Found | None:
        """Call ``look`` until it gives something or time is up (then None).

        It is called again at every ring for ``turn_id``, or at every ring at all without one.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        bell = asyncio.Event()
        self._bells[bell] = turn_id
        try:
            while True:
                bell.clear()
                found = await look()
                left = end - loop.time()
                if found is not None or left <= 0:
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), min(POLL_S, left))
        finally:
            del self._bells[bell]
