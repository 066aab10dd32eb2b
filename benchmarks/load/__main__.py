"""``python -m benchmarks.load``: both sides under the same load; writes the page of the docs."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.load.fake_platform import Platform
from benchmarks.load.generator import Generator
from benchmarks.load.ours import FIRST_CHAT, FIRST_NUMBER, Ours
from benchmarks.load.page import write_page
from benchmarks.load.run import show, tell, whole_run
from benchmarks.load.stock import FIRST_CHAT as FIRST_STOCK_CHAT
from benchmarks.load.stock import Stock
from benchmarks.load.stock_model import trained_project
from benchmarks.load.verdict import Target, targets
from benchmarks.nlu.subjects import SubjectAbsent, stock_subject
from benchmarks.published import publish
from benchmarks.sizing import table
from ops.settings import CHECKOUT

PAGES = CHECKOUT / "docs" / "benchmarks"
SCALE_OUT = CHECKOUT / "docs" / "howto" / "scale-out.md"
"""Its sizing follows from the CPU time of a turn."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; gives the exit code: 0 met, 1 a target missed, 2 not measured."""
    options = _parser().parse_args(arguments)
    # Ended from outside it must still stop both sides and delete their folders.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if options.only:
            return _one(options)
        run = whole_run(options.citizens)
    except SubjectAbsent as absent:
        print(f"Nothing was compared. {absent}", file=sys.stderr)
        return 2
    if run.ours.best and options.output == PAGES:
        publish("sizing", table(run.ours.best.cpu_ms), SCALE_OUT)
    verdict = targets(run)
    print(f"\n{_table(verdict)}\n\n{write_page(run, verdict, options.output)}")
    return 0 if all(one.met for one in verdict) else 1


def _one(options: argparse.Namespace) -> int:
    figures = asyncio.run(one_load(options))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _table(verdict: Sequence[Target]) -> str:
    return "\n".join(
        f"{'met   ' if one.met else 'MISSED'}  {one.what}: {one.measured} (asked {one.asked})"
        for one in verdict
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument(
        "--only", choices=("ours", "stock"), help="one load of one side; writes no page"
    )
    parser.add_argument("--durable", action="store_true", help="stock keeps its conversations")
    parser.add_argument("--channel", choices=("telegram", "whatsapp"), default="telegram")
    parser.add_argument(
        "--rate", type=float, default=20.0, help="messages a second; 0 keeps --waiting unanswered"
    )
    parser.add_argument("--waiting", type=int, default=64, help="messages of a closed backlog")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured, after the warm-up")
    parser.add_argument("--citizens", type=int, default=3, help="citizens of the long conversation")
    parser.add_argument("--output", type=Path, default=PAGES)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


async def one_load(options: argparse.Namespace) -> dict[str, Any]:
    """Give the figures of one side under one load.

    Raises:
        SubjectAbsent: Stock Rasa was to be loaded and cannot be installed here.
    """
    platform = Platform()
    await platform.serve()
    side = Ours(platform.url) if options.only == "ours" else _stock(platform, options.durable)
    try:
        await asyncio.to_thread(side.start)
        idle, noise = side.memory_mb(), machine.noise()
        tell("warming up")
        generator = _generator(platform, side, options.channel)
        await generator.open_load(4.0, 5.0)
        tell("the load")
        if options.rate:
            phase = await generator.open_load(options.rate, options.seconds)
        else:
            phase = await generator.backlog(options.waiting, options.seconds)
        show(phase)
        generator.close()
        return {
            "phase": asdict(phase),
            "start_s": side.cold_start_s,
            "idle_mb": idle,
            "after_mb": side.memory_mb(),
            "noise": [noise, machine.noise()],
        }
    finally:
        await asyncio.to_thread(side.stop)


def _stock(platform: Platform, durable: bool) -> Stock:
    python = stock_subject(CHECKOUT).python
    return Stock(python, trained_project(python), platform.url, durable=durable)


def _generator(platform: Platform, side: Ours | Stock, channel: str) -> Generator:
    if isinstance(side, Stock):
        return Generator(platform, side.telegram, side.spent_ms, FIRST_STOCK_CHAT)
    if channel == "whatsapp":
        return Generator(platform, side.whatsapp, side.spent_ms, FIRST_NUMBER)
    return Generator(platform, side.telegram, side.spent_ms, FIRST_CHAT)


if __name__ == "__main__":
    sys.exit(main())
