"""The verdict and its figures as a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.growth.compare import MOST_TIMES, NOTICEABLE_MS, Pair
from benchmarks.growth.faq_index import IndexCost
from benchmarks.growth.jobs import HOURLY_S, LOCKED_S, MEMORY_MB, OFTEN_S, Ran


@dataclass(frozen=True, slots=True)
class House:
    """One of the two houses.

    Attributes:
        rows: Of each table that was filled.
        sizes_mb: On disk, of the database and of its largest tables with their indexes.
        index: What the index of the FAQ costs a process.
    """

    rows: Mapping[str, int]
    sizes_mb: Mapping[str, float]
    index: IndexCost


@dataclass(frozen=True, slots=True)
class Growth:
    """All that one run found.

    Attributes:
        circumstances: Day, machine, load, commit.
        small: The small house.
        full: The full house.
        pairs: What people wait for.
        jobs: What runs by itself.
        filling_s: Seconds that filling both took, 0 when both were kept from before.
    """

    circumstances: str
    small: House
    full: House
    pairs: Sequence[Pair]
    jobs: Sequence[Ran]
    filling_s: float = 0.0

    @property
    def met(self) -> bool:
        """Say whether everything stayed flat or within its bounds."""
        return all(item.met for item in (*self.pairs, *self.jobs))

    def verdicts(self) -> list[str]:
        """Give the two verdicts as lines that end in ``met`` or ``MISSED``."""
        flat = sum(item.met for item in self.pairs)
        within = sum(item.met for item in self.jobs)
        return [
            f"times stay flat: {flat} of {len(self.pairs)}: {_word(flat == len(self.pairs))}",
            f"jobs stay within bounds: {within} of {len(self.jobs)}:"
            f" {_word(within == len(self.jobs))}",
        ]


def markdown(growth: Growth) -> str:
    """Give the page."""
    return "\n".join(
        [
            "# A small house and a full one",
            "",
            *_method(),
            "",
            growth.circumstances,
            "",
            "## Verdict",
            "",
            *(f"- {line}" for line in growth.verdicts()),
            "",
            *_rows(growth),
            "",
            *_pairs(growth.pairs),
            "",
            *_jobs(growth.jobs),
            "",
        ]
    )


def _word(met: bool) -> str:
    return "met" if met else "**MISSED**"


def _method() -> list[str]:
    return [
        "`make bench-growth` writes this page. It fills two databases of their own (embedded",
        "PostgreSQL, default settings), one with little and one with years of work, and does the",
        "same on both: the use cases that citizens' messages reach in the action server, over the",
        "registry's documented views (the demo registry's, in the same database), and every page",
        "of the console over HTTP. Each piece of work alternates between the two houses, so that",
        "whatever else the machine does meets both; three times unmeasured, then measured until",
        "its last byte (wall time). The median in the full house may be at most"
        f" {MOST_TIMES} times that",
        f"of the small one; medians that differ by less than {NOTICEABLE_MS:.0f} ms count as equal."
        " Pages about",
        "everything at once (a download of the audit log, an import to be looked through) and a",
        "search that finds more where there is more have as much more to do as they have rows, so",
        "their times are compared by row, and the table says how many rows. Lists are also opened",
        "at their last full page. What a console builds once after a start (the index of all",
        "answers, see below) is built before. The jobs run on a copy of the full house with all",
        "that is due there.",
    ]


def _rows(growth: Growth) -> list[str]:
    lines = [
        "## The two houses", "", "| | small | full |", "|---|--:|--:|",
        *(f"| rows of {name} | {growth.small.rows[name]:,} | {rows:,} |"
          for name, rows in growth.full.rows.items()),
        *(f"| {name} on disk, MB | {growth.small.sizes_mb.get(name, 0):,.0f} | {size:,.0f} |"
          for name, size in growth.full.sizes_mb.items()),
    ]  # fmt: skip
    for name, field in (
        ("published answers in the index", "entries"),
        ("building the index, CPU s", "cpu_s"),
        ("memory of answers and index, MB", "memory_mb"),
    ):
        small, full = getattr(growth.small.index, field), getattr(growth.full.index, field)
        lines.append(f"| {name} | {_short(small)} | {_short(full)} |")
    if growth.filling_s:
        lines += ["", f"Filling both took {growth.filling_s:.0f} s."]
    return lines


def _short(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _pairs(pairs: Sequence[Pair]) -> list[str]:
    lines = [
        "## What people wait for",
        "",
        "| where | what | small p50 ms | full p50 ms | full p95 ms | times | |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for item in pairs:
        told = (
            f"– | – | – | – | **MISSED** ({item.failed})" if item.failed else
            f"{item.small:.1f} | {item.full:.1f} | {item.full_p95:.1f} | {item.times:.2f} |"
            f" {_judged(item)}"
        )  # fmt: skip
        lines.append(f"| {item.area} | {item.name} | {told} |")
    return lines


def _judged(pair: Pair) -> str:
    if any(pair.rows):
        small, full = pair.rows
        return f"{_word(pair.met)} (by row: {small:,} and {full:,} rows)"
    if pair.met and pair.times > MOST_TIMES and pair.full <= pair.enough_ms:
        return f"met (within {pair.enough_ms:.0f} ms)"
    return _word(pair.met)


def _jobs(jobs: Sequence[Ran]) -> list[str]:
    lines = [
        "## What runs by itself",
        "",
        f"In the full house. A job of every minute may take {OFTEN_S:.0f} s, one of every hour"
        f" {HOURLY_S:.0f} s; none holds a",
        f"transaction, and so any lock, longer than {LOCKED_S:.0f} s or needs more than"
        f" {MEMORY_MB:.0f} MB besides what the process has.",
        "",
        "| job | when | did | s | CPU s | longest transaction s | MB | |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for item in jobs:
        seen = item.seen
        failed = f" ({item.failed})" if item.failed else ""
        lines.append(
            f"| {item.name} | {item.when} | {item.did:,} | {seen.wall_s:.2f} | {seen.cpu_s:.2f} |"
            f" {seen.longest_s:.2f} | {seen.memory_mb:.0f} | {_word(item.met)}{failed} |"
        )
    return lines
