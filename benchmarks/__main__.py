"""`python -m benchmarks`: one run, printed as tables and, with `--json FILE`, written as JSON."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from benchmarks import long_conversation, machine
from benchmarks.conversations import Load, percentile, run_load
from benchmarks.processes import Memory, cpu_ms, memory
from benchmarks.published import publish
from benchmarks.report import markdown
from izin.storage.postgres.engine import create
from ops.settings import CHECKOUT
from ops.trial import Trial

CONVERSATIONS = (1, 4, 16)
WARM_UP_TURNS = 24
IDLE_S = 10.0


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--turns", type=int, default=240, help="turns of each load")
    parser.add_argument(
        "--only", choices=["long"], help="measure only the long conversation (long)"
    )
    parser.add_argument(
        "--citizens", type=int, default=long_conversation.CITIZENS,
        help="citizens of the long conversation; fewer are quicker and less exact",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args(arguments)
    if options.turns < max(CONVERSATIONS):
        parser.error(f"--turns must be at least {max(CONVERSATIONS)}")
    if options.only == "long":
        figures = measure_long(options.citizens)
    else:
        figures = measure(options.turns, options.citizens)
        print(markdown(figures))
    long = [long_conversation.pair_from(item) for item in figures["long_conversation"]]
    print(f"\nOne conversation that goes on:\n\n{long_conversation.markdown(long)}")
    publish("long conversation", f"{_circumstances(figures)}\n\n{long_conversation.markdown(long)}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if long_conversation.times(long) <= long_conversation.MOST_TIMES else 1


def measure_long(citizens: int) -> dict[str, Any]:
    """The cost of a long conversation alone."""
    noise = machine.noise()
    with Trial() as trial:
        _tell("warming up")
        run_load(trial.gateway_url, 4, WARM_UP_TURNS)
        figures = {"long_conversation": _long_figures(trial, citizens)}
    return {**figures, **_machine_figures(noise)}


def _long_figures(trial: Trial, citizens: int) -> list[dict[str, Any]]:
    _tell("one conversation that goes on")
    costs = long_conversation.measure_long_conversation(trial, datetime.now(UTC), citizens=citizens)
    return [asdict(cost) for cost in costs]


def _machine_figures(noise: float) -> dict[str, Any]:
    return {
        "machine": machine.describe(),
        "noise": {
            "before": noise,
            "after": machine.noise(),
            "load_average": machine.load_average(),
        },
    }


def _circumstances(figures: dict[str, Any]) -> str:
    described, noise = figures["machine"], figures["noise"]
    return (
        f"{datetime.now(UTC):%d %B %Y}, {described['cpu']}, {described['cores']} cores,"
        f" Python {described['python']}; load average {noise['load_average']:.1f},"
        f" noise {noise['before']:.2f} before and {noise['after']:.2f} after (1.00 = idle)."
    )


def measure(turns: int, citizens: int) -> dict[str, Any]:
    """All figures of one run; see `benchmarks.report` for their names."""
    noise = machine.noise()
    trial = Trial()
    try:
        _tell("first start")
        first = _start(trial)
        trial.stop(keep=True)
        _tell("second start")
        second = _start(trial)
        figures = _measure_running(trial, turns, citizens)
    finally:
        trial.stop()
    figures.update(_machine_figures(noise))
    figures["starts"] = {"first": first, "second": second}
    return figures


def _start(trial: Trial) -> dict[str, Any]:
    """Seconds until ready, and whether a model had to be trained for it."""
    known = set((CHECKOUT / "var" / "models").glob("*.tar.gz"))
    seconds = trial.start()
    return {
        "seconds": seconds,
        "trained": not set((CHECKOUT / "var" / "models").glob("*.tar.gz")) <= known,
    }


def _measure_running(trial: Trial, turns: int, citizens: int) -> dict[str, Any]:
    _tell("warming up")
    run_load(trial.gateway_url, 4, WARM_UP_TURNS)
    _tell("idle")
    before = cpu_ms(trial.pid)
    time.sleep(IDLE_S)
    idle = _difference(before, cpu_ms(trial.pid), IDLE_S)
    resting = memory(trial.pid)
    loads = []
    for conversations in CONVERSATIONS:
        _tell(f"{conversations} conversations at once")
        before = cpu_ms(trial.pid)
        load = run_load(trial.gateway_url, conversations, turns)
        used = _difference(before, cpu_ms(trial.pid), len(load.turn_ms))
        loads.append(_load_figures(load, used, _parts_ms(trial, load)))
    after = memory(trial.pid)
    long = _long_figures(trial, citizens)
    return {
        "long_conversation": long,
        "loads": loads,
        "idle_cpu_ms_per_s": idle,
        "memory": {name: asdict(size) for name, size in sorted(resting.items())},
        "memory_total": _total(resting),
        "memory_after_total": _total(after),
    }


def _load_figures(load: Load, used: dict[str, float], parts_ms: dict[str, float]) -> dict[str, Any]:
    return {
        "conversations": load.conversations,
        "turns": len(load.turn_ms),
        "p50_ms": percentile(load.turn_ms, 0.5),
        "p95_ms": percentile(load.turn_ms, 0.95),
        "turns_per_s": load.turns_per_s,
        "cpu_ms_per_turn": sum(used.values()),
        "cpu_ms_by_part": used,
        "parts_ms": parts_ms,
    }


def _parts_ms(trial: Trial, load: Load) -> dict[str, float]:
    """p50 of each part of a turn's way, as the gateway wrote it down with the turn."""
    statement = text("select timings_ms from turns where id in :ids").bindparams(
        bindparam("ids", expanding=True)
    )
    engine = create(trial.database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            timings = list(connection.execute(statement, {"ids": list(load.turn_ids)}).scalars())
    finally:
        engine.dispose()
    names = {"queue": "stored until a worker began", "dialogue": "Rasa with its action"}
    parts = {
        said: statistics.median(timing[name] for timing in timings) for name, said in names.items()
    }
    whole = percentile(load.turn_ms, 0.5)
    parts["receiving, storing and delivering"] = whole - sum(parts.values())
    return parts


def _difference(before: dict[str, float], after: dict[str, float], by: float) -> dict[str, float]:
    return {name: (after[name] - before.get(name, 0.0)) / by for name in sorted(after)}


def _total(sizes: dict[str, Memory]) -> dict[str, float]:
    return {
        "pss_mb": sum(size.pss_mb for size in sizes.values()),
        "rss_mb": sum(size.rss_mb for size in sizes.values()),
    }


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
