"""Threads with a deadline."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, current_thread

import pytest

from izin.storage.registry.deadline import DeadlineThreads


def test_it_gives_what_the_call_gives() -> None:
    threads = DeadlineThreads(2, 5, "t")
    assert threads.run(lambda: 7) == 7
    threads.close()


def test_it_raises_what_the_call_raises() -> None:
    threads = DeadlineThreads(2, 5, "t")
    with pytest.raises(ZeroDivisionError):
        threads.run(lambda: 1 // 0)
    threads.close()


def test_a_time_out_of_the_call_itself_keeps_its_text() -> None:
    def call() -> None:
        raise TimeoutError("of the driver")

    threads = DeadlineThreads(1, 5, "t")
    with pytest.raises(TimeoutError, match="of the driver"):
        threads.run(call)
    threads.close()


def test_it_stops_waiting_while_the_call_still_hangs() -> None:
    release = Event()
    threads = DeadlineThreads(1, 0.05, "t")
    with pytest.raises(TimeoutError):
        threads.run(release.wait)
    release.set()
    threads.close()


def test_a_call_that_waited_in_vain_is_never_begun() -> None:
    release, begun = Event(), Event()
    threads = DeadlineThreads(1, 0.05, "t")
    for call in (release.wait, begun.set):
        with pytest.raises(TimeoutError):
            threads.run(call)
    release.set()
    threads._timeout_s = 5
    assert threads.run(lambda: "later") == "later"
    assert not begun.is_set()
    threads.close()


def test_as_many_calls_run_at_once_as_it_has_threads() -> None:
    meeting = Barrier(3)
    threads = DeadlineThreads(3, 5, "t")
    with ThreadPoolExecutor(3) as callers:
        for outcome in [callers.submit(threads.run, meeting.wait) for _ in range(3)]:
            outcome.result()
    threads.close()


def test_one_thread_is_enough_for_calls_one_after_the_other() -> None:
    threads = DeadlineThreads(4, 5, "t")
    names = {threads.run(lambda: current_thread().name) for _ in range(20)}
    assert len(names) <= 2
    threads.close()
