"""`python -m benchmarks.chaos`: shake, judge, print, and write docs/benchmarks/chaos.md."""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import machine
from benchmarks.chaos.judge import Breach, judge
from benchmarks.chaos.planted import unnoticed
from benchmarks.chaos.report import markdown
from benchmarks.chaos.run import LONG, SHORT, Size, run
from ops.settings import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks" / "chaos.md"
SEED = 20261122
MOST_APOLOGIES = 0.1
"""Of all messages; in the long run more would mean that faults are sat out instead of borne."""

_APART = "TANYA_CHAOS_APART"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and give the exit code: 0 when nothing was breached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos")
    parser.add_argument("--short", action="store_true",
                        help="some hundred messages and every kind of fault once")  # fmt: skip
    parser.add_argument("--seed", type=int, default=SEED, help="draws everything")
    parser.add_argument("--page", type=Path, help=f"write here instead of {PAGE.name}")
    parser.add_argument("--only", default="", metavar="WORDS",
                        help="only faults named by one of these (commas between)")  # fmt: skip
    parser.add_argument("--messages", type=int, help="how many are written at least")
    options = parser.parse_args(arguments)
    _apart()
    logging.getLogger().addHandler(logging.NullHandler())
    began = time.monotonic()

    def tell(what: str) -> None:
        print(f"… {time.monotonic() - began:6.1f} s  {what}", file=sys.stderr, flush=True)

    noise = machine.noise()
    size = replace(SHORT if options.short else LONG, only=options.only)
    size = replace(size, messages=options.messages or size.messages)
    evidence, shaker = run(size, options.seed, tell)
    tell("judging")
    breaches, case = judge(evidence)
    failed = evidence.figures.get("turns failed", 0)
    if whole_run(size) and failed > MOST_APOLOGIES * len(evidence.turns):
        breaches.append(Breach("apologies", f"{failed} messages were answered by an apology"))
    unseen = unnoticed(evidence)
    page = markdown(evidence, case, breaches, unseen, shaker.skipped, options.seed, noise)
    print(page)
    where = options.page or (PAGE if whole_run(size) else None)
    if where is not None:
        where.write_text(page, encoding="utf-8")
    return 1 if breaches or unseen else 0


def whole_run(size: Size) -> bool:
    """Say whether nothing was left out, so that its page may be published."""
    return size == LONG


def _apart() -> None:
    """As root, begin anew with mounts that vanish with this process, however it ends."""
    unshare = shutil.which("unshare")
    if os.getuid() != 0 or unshare is None or os.environ.get(_APART):
        return
    os.environ[_APART] = "1"
    command = [unshare, "--mount", sys.executable, "-m", "benchmarks.chaos", *sys.argv[1:]]
    os.execv(unshare, command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    sys.exit(main())
