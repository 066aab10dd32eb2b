"""Wakes those who wait for a turn or a delivery, within one process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_S = 0.25
"""Another process may do the work: look again this often even without a wake-up."""


class Watch:
    """A bell that the worker rings after every answered turn and every delivery."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def until(
        self, look: Callable[[], Awaitable[Found | None]], timeout_s: float
    ) -> Found | None:
        """Call ``look`` until it gives something or time is up (then None)."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while True:
            bell = self._bell
            found = await look()
            left = end - loop.time()
            if found is not None or left <= 0:
                return found
            try:
                await asyncio.wait_for(bell.wait(), min(POLL_S, left))
            except TimeoutError:
                continue
