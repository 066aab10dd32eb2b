"""Figures that a benchmark writes into the documentation itself, between two marks."""

from __future__ import annotations

from pathlib import Path

from ops.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks.md"


def publish(name: str, figures: str, page: Path = PAGE) -> None:
    """Replace what stands between the marks of ``name``.

    Raises:
        ValueError: The page does not hold exactly one pair of them.
    """
    begin, end = f"<!-- {name}: written by make bench -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended or begin in after:
        raise ValueError(f"{page.name} holds no single place for {name!r}")
    page.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}", encoding="utf-8")
