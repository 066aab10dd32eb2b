"""The places of one queue's jobs in a process, and when it is worth looking for more."""

from __future__ import annotations

import asyncio
import contextlib
import threading


class Lane:
    """Up to ``places`` jobs of one queue at once. Places may be reserved from any thread."""

    def __init__(self, name: str, places: int) -> None:
        """Take the queue's name and how many of its jobs run at once."""
        self.name = name
        self.looking = False
        self._free = places
        self._lock = threading.Lock()
        self._news = asyncio.Event()
        self._more = True
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin_look(self) -> int:
        """Reserve all free places for a look at the queue; 0 if it would give nothing."""
        self._loop = asyncio.get_running_loop()
        self._news.clear()
        with self._lock:
            most = self._free if self._more else 0
            self._free -= most
            if most:
                self._more = False  # what is told from now on is not in this look
        return most

    def end_look(self, most: int, found: int) -> None:
        """Give back the places for which nothing was found."""
        with self._lock:
            self._free += most - found
            # As many as asked for: there may be more.
            self._more = self._more or found == most

    async def news(self, timeout_s: float) -> None:
        """Return when there is reason to look, at the latest after ``timeout_s``."""
        try:
            await asyncio.wait_for(self._news.wait(), timeout_s)
        except TimeoutError:
            self._more = True

    def wake(self) -> None:
        """Say that the queue may hold something new; from the event loop's thread."""
        self._more = True
        self._news.set()

    def reserve(self) -> bool:
        """Take a place if one is free."""
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
            return True

    def release(self) -> None:
        """Give a place back."""
        with self._lock:
            self._free += 1
        loop = self._loop
        if self._more and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._news.set)
