"""Confusion picture and reliability plot as small SVG files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from .metrics import Bin

_CELL = 17
_MARGIN = 170
_PLOT = 320
_COLOURS = ("#1f6feb", "#d1242f", "#2da44e", "#9a6700")
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["svg.j2"], default=False),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def confusion_svg(pairs: Sequence[tuple[str, str]], title: str) -> str:
    """Return a picture of (expected, found) intents: a row for each expected one.

    A cell is as dark as its share of the row, blue where right and red where wrong, and holds the
    number of messages.
    """
    labels = sorted({label for pair in pairs for label in pair})
    places = {label: place for place, label in enumerate(labels)}
    rows = Counter(expected for expected, _ in pairs)
    cells = [
        {
            "x": _MARGIN + places[found] * _CELL,
            "y": _MARGIN + places[expected] * _CELL,
            "colour": _COLOURS[0] if expected == found else _COLOURS[1],
            "share": round(max(0.15, count / rows[expected]), 2),
            "count": count,
            "text": f"{expected} -> {found}: {count} of {rows[expected]}",
        }
        for (expected, found), count in sorted(Counter(pairs).items())
    ]
    return TEMPLATES.get_template("confusion.svg.j2").render(
        title=title, labels=labels, cells=cells, cell=_CELL, margin=_MARGIN,
        size=_MARGIN + len(labels) * _CELL + 10,
    )  # fmt: skip


def reliability_svg(curves: Mapping[str, Sequence[Bin]], title: str) -> str:
    """Return a plot of accuracy over confidence, a curve for each name.

    The area of a dot is its share of the curve's messages; the diagonal is perfect honesty.
    """
    drawn = []
    for place, (name, bins) in enumerate(curves.items()):
        total = sum(one.count for one in bins) or 1
        dots = [
            {
                "x": round(50 + one.confidence * _PLOT, 1),
                "y": round(40 + (1 - one.accuracy) * _PLOT, 1),
                "r": round(2 + 14 * (one.count / total) ** 0.5, 1),
                "text": f"{name}: {one.count} messages, sure {one.confidence:.2f}, "
                f"right {one.accuracy:.2f}",
            }
            for one in bins
        ]
        colour = _COLOURS[place % len(_COLOURS)]
        drawn.append({"name": name, "colour": colour, "dots": dots, "y": 60 + place * 18})
    return TEMPLATES.get_template("reliability.svg.j2").render(
        title=title, curves=drawn, plot=_PLOT, ticks=[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    )
