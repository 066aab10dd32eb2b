"""Verdict, page and pictures of a run that was never made."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.load.page import write_page
from benchmarks.load.phases import Percentiles, Phase
from benchmarks.load.run import Run, Side
from benchmarks.load.verdict import targets


def phase(rate: float, p99: float = 90.0) -> Phase:
    latencies = Percentiles(20.0, 60.0, p99)
    return Phase(rate, 10.0, 100, 0, 0, rate, latencies, latencies, 1.2, {"rasa": 10.0}, 0.02)


def side(rate: float, p99: float = 90.0) -> Side:
    best = phase(rate, p99)
    lost = replace(best, offered=rate * 2, unanswered=3, reply=Percentiles.of([]))
    return Side(
        20.0, 6.0, {"rasa": 400.0}, {"rasa": 420.0}, phase(0.0), (best, lost), best, (best,)
    )


def run(ours: Side, stock: Side) -> Run:
    place = {"turn": 5, "turns": 21, "cpu_ms": 10.0, "cpu_ms_by_part": {"rasa": 10.0}}
    place |= {"wall_ms": 30.0, "tracker_bytes": 2048.0}
    long = [{"long": {**place, "turn": 500, "cpu_ms": 11.0}, "new": place}]
    machine = {"cpu": "Contoh", "cores": 2, "memory_gb": 8.0, "python": "3.11.7"}
    return Run("2026-01-05 03:00 UTC", machine, [1.0, 1.0], ours, stock, side(1.5), long)


def test_every_target_is_met_by_a_good_run() -> None:
    found = targets(run(side(40.0), side(5.0)))
    assert [one.met for one in found] == [True] * 5
    assert found[0].measured == "8.0 times (40.0 to 5.0)"


def test_a_run_without_saturation_meets_nothing_of_speed() -> None:
    ours = replace(side(40.0), best=None)
    times, webhook = targets(run(ours, side(5.0)))[:2]
    assert not times.met
    assert not webhook.met


def test_a_slow_webhook_and_a_near_stock_are_told_as_missed(tmp_path: Path) -> None:
    made = run(side(39.0, p99=251.0), side(5.0))
    text = write_page(made, targets(made), tmp_path).read_text(encoding="utf-8")
    assert text.count("**missed**") == 2
    assert "251 ms" in text


def test_page_figures_and_pictures_are_readable(tmp_path: Path) -> None:
    made = run(side(40.0), side(5.0))
    text = write_page(made, targets(made), tmp_path).read_text(encoding="utf-8")
    assert "∞" in text
    assert all(text.count(f"({name})") == 1 for name in ("load-latency.svg", "load-cpu.svg"))
    figures = json.loads((tmp_path / "load.json").read_text(encoding="utf-8"))
    assert figures["ours"]["curve"][1]["reply"]["p95"] is None
    for name in ("load-latency.svg", "load-cpu.svg"):
        drawn = (tmp_path / name).read_text(encoding="utf-8")
        assert ElementTree.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own
        assert str(math.inf) not in drawn.partition("<title>")[0]
