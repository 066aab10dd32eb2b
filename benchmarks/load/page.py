"""``docs/benchmarks/load.md`` with its pictures and figures."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import long_conversation
from benchmarks.load.crowd import REST_S
from benchmarks.load.generator import PATIENCE_S
from benchmarks.load.phases import Phase
from benchmarks.load.pictures import TEMPLATES, Line, cpu_svg, latency_svg
from benchmarks.load.run import OUR_PLAN, STOCK_PLAN, Run, Side
from benchmarks.load.saturation import REPLY_P95_MS
from benchmarks.load.stock_model import EPOCHS
from benchmarks.load.talks import TALKS
from benchmarks.load.verdict import Target, times_stock

NOTHING = "–"
QUIET = 1.25
"""Noise up to which a machine counts as quiet."""


def write_page(run: Run, targets: list[Target], folder: Path) -> Path:
    """Write ``load.md``, ``load.json`` and the pictures into ``folder``; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    lengths = [len(talk) for talk in TALKS]
    best = run.ours.best
    page = TEMPLATES.get_template("page.md.j2").render(
        run=run, machine=_machine(run), noise=", ".join(f"{one:.2f}" for one in run.noise),
        loud=max(run.noise) > QUIET, targets=targets,
        sides=[{"name": name} for name in _sides(run)], rows=_rows(run),
        loads=_loads(run), long=_long(run), talks=len(TALKS), shortest=min(lengths),
        longest=max(lengths), rest=f"{REST_S:g}", patience=f"{PATIENCE_S:g}",
        own=f"{best.own_cpu:.0%}" if best else NOTHING, confirm=f"{OUR_PLAN.confirm_s:g}",
        bound=f"{REPLY_P95_MS / 1000:g}", waiting_ours=OUR_PLAN.waiting,
        waiting_stock=STOCK_PLAN.waiting, epochs=EPOCHS,
    )  # fmt: skip
    path = folder / "load.md"
    path.write_text(page, encoding="utf-8")
    # JSON knows no infinity: a latency that never ended is null there.
    figures = json.dumps(_finite(run.document()), indent=1, allow_nan=False)
    (folder / "load.json").write_text(figures + "\n", encoding="utf-8")
    (folder / "load-latency.svg").write_text(_latency(run), encoding="utf-8")
    (folder / "load-cpu.svg").write_text(_cpu(run), encoding="utf-8")
    return path


def _sides(run: Run) -> dict[str, Side]:
    return {
        "ours": run.ours,
        "stock, in memory": run.stock,
        "stock, in PostgreSQL": run.durable,
    }


def _rows(run: Run) -> list[tuple[str, list[str]]]:
    """Give the rows of the table of both sides."""

    def at(read: Callable[[Phase], str]) -> list[str]:
        return [read(side.best) if side.best else NOTHING for side in _sides(run).values()]

    def of(read: Callable[[Side], str]) -> list[str]:
        return [read(side) for side in _sides(run).values()]

    return [
        ("turns a second at saturation", of(lambda side: f"{side.saturation:.1f}")),
        ("ours against it", of(lambda side: _times(times_stock(run.ours, side)))),
        (
            "turns a second of a closed backlog",
            of(lambda side: f"{side.backlog.served:.1f}" if side.backlog else NOTHING),
        ),
        ("ours against it", of(lambda side: _times(_backlog_times(run.ours, side)))),
        ("CPU ms a turn at saturation", at(lambda phase: f"{phase.cpu_total_ms:.1f}")),
        (
            "webhook p50 / p95 / p99 ms there",
            at(lambda p: " / ".join(map(_ms, (p.webhook.p50, p.webhook.p95, p.webhook.p99)))),
        ),
        (
            "reply p50 / p95 / p99 ms there",
            at(lambda p: " / ".join(map(_ms, (p.reply.p50, p.reply.p95, p.reply.p99)))),
        ),
        ("messages of a reply", at(lambda phase: f"{phase.bubbles:.1f}")),
        ("memory idle, MB PSS", of(lambda side: f"{sum(side.idle_mb.values()):.0f}")),
        ("memory after the load", of(lambda side: f"{sum(side.after_mb.values()):.0f}")),
        ("first start, s", of(lambda side: f"{side.first_start_s:.1f}")),
        ("cold start, s", of(lambda side: f"{side.cold_start_s:.1f}")),
    ]


def _backlog_times(ours: Side, other: Side) -> float:
    if ours.backlog is None or other.backlog is None or not other.backlog.served:
        return 0.0
    return ours.backlog.served / other.backlog.served


def _times(value: float) -> str:
    return f"{value:.1f} times" if value else NOTHING


def _loads(run: Run) -> list[list[str]]:
    rows = []
    for name, side in _sides(run).items():
        phases = [(name, phase) for phase in side.curve]
        if side.backlog:
            phases.insert(0, (name, side.backlog))
        phases += [(f"{name}, WhatsApp", phase) for phase in side.whatsapp]
        rows += [_load(title, phase) for title, phase in phases]
    return rows


def _load(name: str, phase: Phase) -> list[str]:
    webhook, reply = phase.webhook, phase.reply
    return [
        name,
        f"{phase.offered:.1f}" if phase.offered else "backlog",
        f"{phase.served:.1f}",
        *map(_ms, (webhook.p50, webhook.p95, webhook.p99, reply.p50, reply.p95, reply.p99)),
        f"{phase.cpu_total_ms:.1f}",
        str(phase.unanswered),
    ]


def _ms(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "∞"


def _latency(run: Run) -> str:
    lines = []
    for name, side in _sides(run).items():
        lines.append(Line(f"{name}: reply", side.curve))
        lines.append(Line(f"{name}: webhook's answer", side.curve, webhook=True))
    return latency_svg(lines, REPLY_P95_MS, "Latency over the offered rate (p95)")


def _cpu(run: Run) -> str:
    parts = {name: side.best.cpu_ms for name, side in _sides(run).items() if side.best}
    return cpu_svg(parts, "CPU of a turn at saturation, by part")


def _long(run: Run) -> str:
    return long_conversation.markdown([long_conversation.pair_from(pair) for pair in run.long])


def _machine(run: Run) -> str:
    machine = run.machine
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"Python {machine['python']}."
    )


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
