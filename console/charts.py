"""Charts as SVG, drawn on the server.

The policy of the pages allows no inline style, so everything is said by SVG's own attributes.
Series differ by pattern, not by colour alone, and each chart stands beside its table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 280
INK, BRAND, OTHER, GRID, LATE = "#1d2b28", "#0f5c4d", "#b86a00", "#d5dedb", "#a61b1b"
_LEFT, _TOP, _BOTTOM, _HEIGHT = 30, 10, 20, 130
_MOST_LABELS = 5
_BAR, _GAP = 12, 20


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each label."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: ``text`` is its value as people read it; None draws no bar."""

    label: str
    value: float | None
    text: str


def columns(
    name: str, title: str, told: str, labels: Sequence[str], series: Sequence[Series]
) -> Markup:
    """Give stacked columns, a label under some of them, and a legend when there are several.

    Args:
        name: Unique on the page; ids are made of it.
        title: What is shown, in a few words.
        told: What somebody who cannot see it should know.
        labels: One for each column.
        series: At most two.
    """
    totals = [sum(one.values[n] for one in series) for n in range(len(labels))]
    most = _round_up(max(totals, default=0))
    height = _TOP + _HEIGHT + _BOTTOM + (16 if len(series) > 1 else 0)
    step = (WIDTH - _LEFT) / max(1, len(labels))
    parts = [_pattern(name)] + [_line(most * part, most) for part in (0, 0.5, 1)]
    wide = max(1.0, step * 0.75)
    for n in range(len(labels)):
        base = float(_TOP + _HEIGHT)
        for number, one in enumerate(series):
            tall = _HEIGHT * one.values[n] / most if most else 0
            base -= tall
            if tall:
                x = _LEFT + n * step + (step - wide) / 2
                parts.append(_rect(x, base, wide, tall, _fill(name, number)))
    every = math.ceil(len(labels) / _MOST_LABELS)
    for n in range(0, len(labels), every):
        parts.append(_text(_LEFT + n * step + step / 2, _TOP + _HEIGHT + 13, labels[n], "middle"))
    if len(series) > 1:
        parts += _legend(name, series, height - 5)
    return _svg(name, title, told, height, parts)


def bars(
    name: str,
    title: str,
    told: str,
    items: Sequence[Bar],
    most: float | None = None,
    mark: tuple[float, str] | None = None,
) -> Markup:
    """Give horizontal bars, each with its label above it and its value beside it.

    Args:
        name: Unique on the page.
        title: What is shown.
        told: The same for somebody who cannot see it.
        items: From top to bottom.
        most: The value of a bar of full length (the largest when None).
        mark: A value to draw a broken line at, with its label (a standard).
    """
    values = [item.value or 0 for item in items]
    full = most or max([*values, mark[0] if mark else 0], default=0) or 1
    room = WIDTH - 45
    head = 14 if mark else 0
    height = head + len(items) * (_BAR + _GAP) + 4
    parts = [_pattern(name)]
    for number, item in enumerate(items):
        y = head + number * (_BAR + _GAP)
        long = room * (item.value or 0) / full
        parts.append(_text(0, y + 12, _cut(item.label), "start"))
        parts.append(_rect(0, y + 16, room, _BAR, "#eaf0ee"))
        if long:
            parts.append(_rect(0, y + 16, long, _BAR, BRAND))
        parts.append(_text(room + 5, y + 26, item.text, "start", bold=True))
    if mark:
        x = room * mark[0] / full
        parts.append(
            Markup(
                '<line x1="{0:.1f}" y1="14" x2="{0:.1f}" y2="{1}" stroke="{2}" stroke-width="1.5"'
                ' stroke-dasharray="4 2"/>'
            ).format(x, height, LATE)
        )
        anchor = "end" if x > room / 2 else "start"
        parts.append(_text(x, 10, mark[1], anchor, fill=LATE))
    return _svg(name, title, told, height, parts)


def heat(value: int, most: int) -> int:
    """Give how dark a cell is, 0 (nothing) to 5 (the most)."""
    return math.ceil(5 * value / most) if most and value else 0


def _svg(name: str, title: str, told: str, height: float, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height:.0f}" role="img"'
        ' aria-labelledby="{name}-t {name}-d" font-size="10" fill="{ink}">'
        '<title id="{name}-t">{title}</title><desc id="{name}-d">{told}</desc>{parts}</svg>'
    ).format(
        width=WIDTH, height=height, name=name, title=title, told=told, ink=INK,
        parts=Markup("").join(parts),
    )  # fmt: skip


def _pattern(name: str) -> Markup:
    return Markup(
        '<defs><pattern id="{0}-p" width="5" height="5" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
        '<rect width="2.6" height="5" fill="{1}"/></pattern></defs>'
    ).format(name, OTHER)


def _fill(name: str, number: int) -> str:
    return BRAND if number == 0 else f"url(#{name}-p)"


def _rect(x: float, y: float, wide: float, tall: float, fill: str) -> Markup:
    edge = Markup(' stroke="{0}" stroke-width="0.6"').format(OTHER) if "url" in fill else ""
    return Markup(
        '<rect x="{0:.1f}" y="{1:.1f}" width="{2:.1f}" height="{3:.1f}" fill="{4}"{5}/>'
    ).format(x, y, wide, tall, fill, edge)


def _line(value: float, most: float) -> Markup:
    y = _TOP + _HEIGHT - (_HEIGHT * value / most if most else 0)
    line = Markup(
        '<line x1="{0}" y1="{1:.1f}" x2="{2}" y2="{1:.1f}" stroke="{3}" stroke-width="0.7"/>'
    ).format(_LEFT, y, WIDTH, GRID)
    return line + _text(_LEFT - 4, y + 3, f"{value:g}".replace(".", ","), "end")


def _text(
    x: float, y: float, text: str, anchor: str, *, bold: bool = False, fill: str = INK
) -> Markup:
    weight = Markup(' font-weight="600"') if bold else ""
    return Markup(
        '<text x="{0:.1f}" y="{1:.1f}" text-anchor="{2}" fill="{3}"{4}>{5}</text>'
    ).format(x, y, anchor, fill, weight, escape(text))


def _legend(name: str, series: Sequence[Series], y: float) -> list[Markup]:
    parts, x = [], float(_LEFT)
    for number, one in enumerate(series):
        parts.append(_rect(x, y - 8, 12, 9, _fill(name, number)))
        parts.append(_text(x + 16, y, one.name, "start"))
        x += 30 + 6.2 * len(one.name)
    return parts


def _round_up(value: float) -> float:
    """Give the next number that reads well on an axis: 1, 2, 4, 6, 10, 20, 40…"""
    if value <= 0:
        return 0
    power = 10 ** math.floor(math.log10(value))
    fitting = next(step for step in (1, 2, 4, 6, 8, 10) if step * power >= value)
    return max(2, fitting * power)


def _cut(label: str, most: int = 46) -> str:
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"
