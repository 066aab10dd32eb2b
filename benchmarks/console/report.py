"""The figures of one run as a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.console.live import MOST_MS as MOST_NEWS_MS
from benchmarks.console.live import Waits
from benchmarks.console.pages import MOST_MS, REQUESTS, WARM_UPS, Timing


@dataclass(frozen=True, slots=True)
class Figures:
    """All that one run found.

    Attributes:
        circumstances: Day, machine, load, commit.
        rows: Rows of each filled table.
        filling_s: Seconds the filling took; 0 when an earlier database was used.
        pages: One for each page.
        waits: One for each way news arrive.
        memory_mb: PSS of the console process: ``idle`` and ``afterwards``.
    """

    circumstances: str
    rows: Mapping[str, int]
    filling_s: float
    pages: Sequence[Timing]
    waits: Sequence[Waits]
    memory_mb: Mapping[str, float]

    @property
    def good(self) -> bool:
        """Say whether every page and all news were in time."""
        return all(item.good for item in (*self.pages, *self.waits))


def markdown(figures: Figures) -> str:
    """Give the page."""
    return "\n".join(
        [
            "# The console with years of work in it",
            "",
            *_method(),
            "",
            figures.circumstances,
            "",
            *_pages(figures.pages),
            "",
            *_news(figures.waits),
            "",
            f"Memory of the console process (PSS): {figures.memory_mb['idle']:.0f} MB idle after"
            f" its start, {figures.memory_mb['afterwards']:.0f} MB after all requests above.",
            "",
            *_rows(figures),
            "",
        ]
    )


def _method() -> list[str]:
    return [
        "`make bench-console` writes this page. It fills a database of its own (embedded",
        "PostgreSQL, default settings, every commit flushed) with an office's work of 18 months,",
        "the same for every run, starts the console process on it as `tanya up` does, and signs in",
        f"accounts of every role. Each page is asked for {WARM_UPS} times unmeasured and"
        f" {REQUESTS} times",
        "measured, one request after the other over one kept connection, on the machine that also",
        "runs the database. A page's time is until its last byte, scripts and pictures not",
        "included; CPU time is that of console and database for one request, to compare runs on",
        "busy machines. News are timed from the moment before the citizen's message is stored (by",
        "the gateway's own inbox, with its commit) until the event is read from the open stream,",
        "or until the words are on the page in Chromium.",
    ]


def _pages(pages: Sequence[Timing]) -> list[str]:
    there = [item for item in pages if item.status == 200]
    slow = [item.name for item in there if not item.good]
    lines = [
        "## Pages",
        "",
        f"A page must answer within {MOST_MS:.0f} ms at the median.",
        "",
        "| page | path | median ms | p95 ms | CPU ms | KB | |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for item in pages:
        if item.status == 200:
            verdict = "" if item.good else "**slow**"
            times = (
                f"{item.median_ms:.0f} | {item.p95_ms:.0f} | {item.cpu_ms:.0f} |"
                f" {item.kilobytes:.0f}"
            )
        else:
            verdict, times = f"**answers {item.status}**", "– | – | – | –"
        lines.append(f"| {item.name} | `{item.path}` | {times} | {verdict} |")
    told = f"slow: {', '.join(slow)}" if slow else f"all {len(there)} pages are below it"
    return [*lines, "", f"Verdict: {told}."]


def _news(waits: Sequence[Waits]) -> list[str]:
    lines = [
        "## A citizen's message at an open page",
        "",
        f"It must be there within {MOST_NEWS_MS:.0f} ms.",
        "",
        "| until | messages | p50 ms | p95 ms | max ms | lost |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for item in waits:
        times = "– | – | –"
        if item.times_ms:
            times = f"{item.share(0.5):.0f} | {item.share(0.95):.0f} | {item.times_ms[-1]:.0f}"
        lines.append(f"| {item.name} | {len(item.times_ms)} | {times} | {item.lost} |")
    told = "in time" if all(item.good for item in waits) else "**not in time**"
    return [*lines, "", f"Verdict: {told}."]


def _rows(figures: Figures) -> list[str]:
    filling = f"Filled in {figures.filling_s:.0f} s. " if figures.filling_s else ""
    counts = ", ".join(f"{name} {count:,}" for name, count in figures.rows.items())
    return ["## The database", "", f"{filling}Rows: {counts}."]
