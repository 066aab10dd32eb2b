"""The benchmark's instruments read the running house; no time is judged here."""

from __future__ import annotations

from benchmarks.conversations import run_load
from benchmarks.processes import cpu_ms, memory
from tests.journeys.stack import Stack

PARTS = {"actions", "console", "gateway", "postgres", "postgres owner", "rasa", "tanya up"}


def test_every_process_is_found_with_its_memory_and_cpu_time(stack: Stack) -> None:
    sizes = memory(stack.trial.pid)
    assert set(sizes) == PARTS
    assert all(0 < size.pss_mb <= size.rss_mb for size in sizes.values())
    before = cpu_ms(stack.trial.pid)
    load = run_load(stack.trial.gateway_url, conversations=2, turns=8)
    after = cpu_ms(stack.trial.pid)
    assert len(load.turn_ms) == len(set(load.turn_ids)) == 8
    assert all(after[part] >= before[part] for part in PARTS)
    assert after["gateway"] > before["gateway"]
