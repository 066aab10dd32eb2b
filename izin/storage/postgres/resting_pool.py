"""A pool of connections that shrinks again when the rush is over.

Each connection costs PostgreSQL some MB, and a process keeps as many as its busiest moment
needed: a house at rest had two dozen.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from typing import Any, cast

from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Queue

REST_S = 45.0
"""A connection unused for so long is closed; the newest stays, for what runs every few seconds."""

_SINCE = "resting_since"


class RestingPool(QueuePool):
    """SQLAlchemy's pool, whose connections are closed when they rest, but for one."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take the arguments of QueuePool; the connection used last is always used first."""
        # Turn by turn, a few questions a minute would keep all of them awake.
        super().__init__(*arguments, **{**named, "use_lifo": True})
        self._looks = threading.Lock()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        record.info[_SINCE] = time.monotonic()
        super()._do_return_conn(record)
        if self.checkedin() > 1 and self._looks.acquire(blocking=False):
            _look_later(weakref.ref(self))

    def close_resting(self, before: float) -> int:
        """Close what rests since ``before`` (monotonic), but for one; gives how many."""
        shelf = cast("Queue[ConnectionPoolEntry]", self._pool)
        rested: list[ConnectionPoolEntry] = []
        with shelf.mutex:  # the one used last lies at the right
            while len(shelf.queue) > 1 and shelf.queue[0].info[_SINCE] <= before:
                rested.append(shelf.queue.popleft())
        for record in rested:
            try:
                record.close()
            finally:
                self._dec_overflow()
        return len(rested)

    def look(self) -> None:
        """Close what rests now, and look again later while more than one is left."""
        self.close_resting(time.monotonic() - REST_S)
        if self.checkedin() > 1:
            _look_later(weakref.ref(self))
        else:
            self._looks.release()


def _look_later(pool: weakref.ref[RestingPool]) -> None:
    """Look at a pool after a while, unless nobody uses it any more."""

    def look() -> None:
        if (present := pool()) is not None:
            present.look()

    timer = threading.Timer(REST_S, look)
    timer.daemon = True  # a process that ends does not wait for it
    with contextlib.suppress(RuntimeError):  # it ends now: no thread begins any more
        timer.start()
