"""Calls with a deadline, on a few threads of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class DeadlineThreads:
    """Runs blocking calls and gives up waiting for them after ``timeout_s``.

    A thread cannot be stopped from outside, so a call that is given up goes on until its
    driver returns; the number of such threads is bounded, and they are daemons, so that a
    hanging driver cannot keep the process from ending (as ThreadPoolExecutor's would).
    """

    def __init__(self, threads: int, timeout_s: float, name: str) -> None:
        """Take the greatest number of calls at once; threads start when needed."""
        self._timeout_s = timeout_s
        self._greatest = threads
        self._name = name
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._lock = Lock()
        self._started = 0
        self._idle = 0
        self._waiting = 0

    def run(self, call: Callable[[], Answer]) -> Answer:
        """Give what ``call`` returns.

        Raises:
            TimeoutError: No answer within the time; a call still waiting is never begun.
        """
        future: Future[Answer] = Future()
        with self._lock:
            self._waiting += 1
            if self._waiting > self._idle and self._started < self._greatest:
                self._started += 1
                self._idle += 1
                Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True).start()
        self._jobs.put((future, call))
        try:
            return future.result(self._timeout_s)
        except TimeoutError:
            if future.done():  # the call itself raised it
                raise
            future.cancel()
            raise TimeoutError(f"no answer within {self._timeout_s} s") from None

    def close(self) -> None:
        """Let the threads end after what they are doing."""
        with self._lock:
            for _ in range(self._started):
                self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            with self._lock:
                self._idle -= 1
                self._waiting -= 1
            future, call = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as error:
                    future.set_exception(error)
            del job, future, call  # an answer must not stay in memory while we wait
            with self._lock:
                self._idle += 1
