"""`python -m benchmarks.console`: fill, measure, print, and write docs/benchmarks/console.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import machine, processes
from benchmarks.console.house import RunningConsole, console_process, filled_house
from benchmarks.console.live import time_events, time_screen
from benchmarks.console.pages import REQUESTS, time_pages
from benchmarks.console.report import Figures, markdown
from benchmarks.console.world import FULL, SMALL
from ops.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks" / "console.md"
TABLES = ("conversations", "turns", "outbox", "sent_parts", "escalations",
          "officer_handlings", "complaints", "sealed.complaints", "ratings",
          "survey_responses", "audit_log", "faq_entries", "content_versions", "unrecognised",
          "name_hints", "training_examples", "regression_cases")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and give the exit code: 0 when every page and all news are in time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console")
    parser.add_argument("--small", action="store_true",
                        help="500 conversations and few requests: shows that it works")  # fmt: skip
    parser.add_argument("--keep", type=Path, metavar="FOLDER",
                        help="keep the database in FOLDER and use it again")  # fmt: skip
    parser.add_argument("--page", type=Path, help=f"write here instead of {PAGE.name}")
    options = parser.parse_args(arguments)
    figures = measure(small=options.small, keep=options.keep)
    written = markdown(figures)
    print(written)
    page = options.page or (None if options.small else PAGE)
    if page is not None:
        page.write_text(written, encoding="utf-8")
    return 0 if figures.good else 1


def measure(*, small: bool, keep: Path | None = None) -> Figures:
    """Fill a database and measure the console on it."""
    noise = machine.noise()
    _tell("filling the database")
    with filled_house(SMALL if small else FULL, keep) as (bench, filling_s):
        rows = {name: int(bench.one(f"select count(*) from {name}")) for name in TABLES}  # noqa: S608
        with console_process(bench) as console:
            idle = _memory_mb(console)
            _tell("pages")
            pages = time_pages(bench, console, requests=3 if small else REQUESTS)
            _tell("news")
            waits = [time_events(bench, console, 5 if small else 50),
                     *time_screen(bench, console, 2 if small else 10)]  # fmt: skip
            afterwards = _memory_mb(console)
    return Figures(
        circumstances=circumstances(noise),
        rows=rows,
        filling_s=filling_s,
        pages=pages,
        waits=waits,
        memory_mb={"idle": idle, "afterwards": afterwards},
    )


def _memory_mb(console: RunningConsole) -> float:
    return sum(size.pss_mb for size in processes.memory(console.pid).values())


def circumstances(noise: float) -> str:
    """Give day, commit and machine in a sentence; ``noise``: what it was before the run."""
    described = machine.describe()
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=CHECKOUT, text=True,
                            capture_output=True, check=False).stdout.strip()  # fmt: skip
    return (
        f"{datetime.now(UTC):%d %B %Y}, commit {commit or 'unknown'}, {described['cpu']},"
        f" {described['cores']} cores, {described['memory_gb']} GB, Python {described['python']};"
        f" load average {machine.load_average():.1f}, noise {noise:.2f} before and"
        f" {machine.noise():.2f} after (1.00 = idle)."
    )


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
