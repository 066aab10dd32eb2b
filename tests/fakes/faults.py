"""Faults a test orders from a fake platform: errors, silence, answers lost on the way."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Fault:
    """What happens to the next call.

    ``kind``: ``error`` answers ``status`` and ``body`` without acting; ``silence`` never
    answers and does not act; ``lost`` acts but never answers; ``garbage`` answers no JSON.
    """

    kind: Literal["error", "silence", "lost", "garbage"]
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Faults:
    """A queue of faults for each call name."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._lock = threading.Lock()
        self._ordered: dict[str, deque[Fault]] = defaultdict(deque)
        self.release = threading.Event()
        """Ends every silence, so that a server can stop."""

    def order(self, name: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` calls of ``name`` fail so."""
        with self._lock:
            self._ordered[name].extend([fault] * times)

    def next(self, name: str) -> Fault | None:
        """Take the fault of this call, if one was ordered."""
        with self._lock:
            queue = self._ordered[name]
            return queue.popleft() if queue else None
