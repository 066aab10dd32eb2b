"""Latency over the offered rate and CPU by part, as small SVG files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from benchmarks.load.phases import Phase

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["svg.j2"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_COLOURS = ("#1f6feb", "#d1242f", "#2da44e", "#9a6700", "#8250df", "#bf3989", "#57606a", "#0a7ea4")
_WIDTH, _HEIGHT = 560, 300
_LEFT, _TOP = 60, 40
_LEAST_MS, _MOST_MS = 1.0, 30_000.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the latency plot: a name, its phases, and which latency it shows."""

    name: str
    phases: Sequence[Phase]
    webhook: bool = False


def latency_svg(lines: Sequence[Line], bound_ms: float, title: str) -> str:
    """Return a plot of p95 over messages a second, both on logarithmic scales."""
    rates = [phase.offered for one in lines for phase in one.phases if phase.offered]
    least, most = min(rates, default=1.0) / 1.2, max(rates, default=10.0) * 1.2
    drawn = []
    for place, one in enumerate(lines):
        dots = [
            {
                "x": _across(phase.offered, least, most),
                "y": _up(value := (phase.webhook if one.webhook else phase.reply).p95),
                "text": f"{one.name}: {phase.offered:.1f}/s, p95 {value:.0f} ms",
            }
            for phase in sorted(one.phases, key=lambda phase: phase.offered)
        ]
        drawn.append(
            {
                "name": one.name,
                "dots": dots,
                "colour": _COLOURS[place // 2 % len(_COLOURS)],
                "dashed": one.webhook,
                "y": _TOP + _HEIGHT + 52 + place * 16,
            }
        )
    powers = range(-2, 4)
    across = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return TEMPLATES.get_template("latency.svg.j2").render(
        title=title, lines=drawn, left=_LEFT, top=_TOP, width=_WIDTH, height=_HEIGHT,
        bound={"y": _up(bound_ms), "text": f"{bound_ms / 1000:g} s"},
        rates=[(_across(r, least, most), f"{r:g}") for r in across if least <= r <= most],
        times=[(_up(ms), f"{ms:g}") for ms in (1, 10, 100, 1000, 10_000)],
        total=_TOP + _HEIGHT + 60 + len(lines) * 16,
    )  # fmt: skip


def cpu_svg(sides: Mapping[str, Mapping[str, float]], title: str) -> str:
    """Return bars of CPU milliseconds a turn, a bar for each side, by part."""
    most = max((sum(parts.values()) for parts in sides.values()), default=1.0) or 1.0
    names = sorted(
        {name for parts in sides.values() for name, spent in parts.items() if spent >= most / 500}
    )
    bars = []
    for place, (side, parts) in enumerate(sides.items()):
        x, pieces = 150.0, []
        for number, name in enumerate(names):
            width = round(parts.get(name, 0.0) / most * (_WIDTH - 120), 1)
            text = f"{name}: {parts.get(name, 0.0):.1f} ms"
            pieces.append({"x": x, "width": width, "colour": _colour(number), "text": text})
            x += width
        total = f"{sum(parts.values()):.1f} ms"
        bars.append({"name": side, "y": _TOP + place * 40, "pieces": pieces, "x": x, "text": total})
    below = _TOP + len(bars) * 40
    legend = [
        {"name": name, "colour": _colour(number), "y": below + 14 + number * 16}
        for number, name in enumerate(names)
    ]
    return TEMPLATES.get_template("cpu.svg.j2").render(
        title=title, bars=bars, legend=legend, width=_WIDTH + 130,
        height=below + 24 + len(legend) * 16,
    )  # fmt: skip


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _across(rate: float, least: float, most: float) -> float:
    return round(_LEFT + math.log(rate / least) / math.log(most / least) * _WIDTH, 1)


def _up(ms: float) -> float:
    """Give the height of a latency; what never came is drawn at the upper edge."""
    share = math.log(min(max(ms, _LEAST_MS), _MOST_MS) / _LEAST_MS)
    return round(_TOP + (1 - share / math.log(_MOST_MS / _LEAST_MS)) * _HEIGHT, 1)
