"""`python -m benchmarks.growth`: compare both houses, write docs/benchmarks/growth.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks import machine
from benchmarks.console.__main__ import circumstances
from benchmarks.console.house import BenchHouse, console_process
from benchmarks.growth.citizens import Citizens
from benchmarks.growth.compare import Pair, compare
from benchmarks.growth.faq_index import index_cost
from benchmarks.growth.jobs import run_jobs
from benchmarks.growth.pages import Console
from benchmarks.growth.report import Growth, House, markdown
from benchmarks.growth.scales import FULL, SMALL, TRIAL
from benchmarks.growth.world import TABLES, grown_house
from ops.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks" / "growth.md"
ROUNDS, TRIAL_ROUNDS = 30, 2
LARGEST = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and give the exit code: 0 when nothing grew with the house."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--trial", action="store_true",
                        help="with a little more than little: shows that it works")  # fmt: skip
    parser.add_argument("--keep", type=Path, metavar="FOLDER",
                        help="keep both databases in FOLDER and use them again")  # fmt: skip
    parser.add_argument("--page", type=Path, help=f"write here instead of {PAGE.name}")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = options.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tanya-growth-"))
        )
        growth = measure(folder, trial=options.trial)
    print(markdown(growth))
    print("\n".join(growth.verdicts()), file=sys.stderr)
    page = options.page or (None if options.trial else PAGE)
    if page is not None:
        page.write_text(markdown(growth), encoding="utf-8")
    return 0 if growth.met else 1


def measure(folder: Path, *, trial: bool = False) -> Growth:
    """Fill what is not there yet in a folder, and measure both houses."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # as root, the account of PostgreSQL must pass through
    noise, began = machine.noise(), time.monotonic()
    scales = (SMALL, TRIAL if trial else FULL)
    fresh = not all((folder / scale.name).exists() for scale in scales)
    with ExitStack() as stack:
        _tell("filling")
        small, full = (
            stack.enter_context(grown_house(scale, folder / scale.name)) for scale in scales
        )
        filling_s = time.monotonic() - began if fresh else 0.0
        houses = [_house(bench) for bench in (small, full)]
        pairs = _compare(small, full, TRIAL_ROUNDS if trial else ROUNDS)
        _tell("jobs")
        jobs = run_jobs(full)
    return Growth(circumstances(noise), *houses, pairs, jobs, filling_s)


def _compare(small: BenchHouse, full: BenchHouse, rounds: int) -> list[Pair]:
    _tell("citizens")
    citizens = Citizens(small), Citizens(full)
    try:
        pairs = compare(citizens[0].works(), citizens[1].works(), rounds)
    finally:
        for one in citizens:
            one.close()
    _tell("console")
    with ExitStack() as stack:
        both = [
            stack.enter_context(Console(bench, stack.enter_context(console_process(bench))))
            for bench in (small, full)
        ]
        return [*pairs, *compare(both[0].works(), both[1].works(), rounds)]


def _house(bench: BenchHouse) -> House:
    rows = {name: int(bench.one(f"select count(*) from {name}")) for name in TABLES}  # noqa: S608
    largest = bench.one(
        "select string_agg(oid::regclass::text, ' ' order by pg_total_relation_size(oid) desc)"
        " from (select oid from pg_class where relkind = 'r'"
        " order by pg_total_relation_size(oid) desc limit :most) big",
        most=LARGEST,
    ).split()
    sizes = {"all": float(bench.one("select pg_database_size(current_database())")) / 2**20}
    sizes |= {
        name: float(bench.one("select pg_total_relation_size(cast(:name as regclass))", name=name))
        / 2**20
        for name in largest
    }
    return House(rows, sizes, index_cost(bench.database_url))


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
