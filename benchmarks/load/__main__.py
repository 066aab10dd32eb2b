"""``python -m benchmarks.load``: both sides under the same load; writes the page of the docs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.load.generator import Generator
from benchmarks.load.ours import FIRST_CHAT, FIRST_NUMBER, Ours
from benchmarks.load.platform import Platform
from benchmarks.load.statistics import Phase


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; gives the exit code: 0 when every target was met."""
    options = _parser().parse_args(arguments)
    figures = asyncio.run(one_load(options))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--only", choices=("ours",), help="one load of one side; writes no page")
    parser.add_argument("--channel", choices=("telegram", "whatsapp"), default="telegram")
    parser.add_argument(
        "--rate", type=float, default=20.0, help="messages a second; 0 keeps --waiting unanswered"
    )
    parser.add_argument("--waiting", type=int, default=64, help="messages of a closed backlog")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured, after the warm-up")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    return parser


async def one_load(options: argparse.Namespace) -> dict[str, Any]:
    """Give the figures of our house under one load."""
    platform = Platform()
    await platform.serve()
    with Ours(platform.url) as ours:
        await asyncio.to_thread(ours.start, again=False)
        idle = ours.memory_mb()
        noise = machine.noise()
        first = FIRST_CHAT if options.channel == "telegram" else FIRST_NUMBER
        door = ours.telegram if options.channel == "telegram" else ours.whatsapp
        generator = Generator(platform, door, ours.spent_ms, first)
        _tell("warming up")
        await generator.open_load(5.0, 5.0)
        _tell("the load")
        if options.rate:
            phase = await generator.open_load(options.rate, options.seconds)
        else:
            phase = await generator.backlog(options.waiting, options.seconds)
        print(line(phase))
        generator.close()
        return {
            "phase": asdict(phase),
            "start_s": ours.first_start_s,
            "idle_mb": idle,
            "after_mb": ours.memory_mb(),
            "noise": [noise, machine.noise()],
        }


def line(phase: Phase) -> str:
    """Give a phase in a line for the terminal."""
    parts = ", ".join(f"{name} {spent:.1f}" for name, spent in phase.cpu_ms.items() if spent > 0.05)
    return (
        f"offered {phase.offered:.1f}/s, served {phase.served:.1f}/s, "
        f"webhook p50 {phase.webhook.p50:.0f} p95 {phase.webhook.p95:.0f} "
        f"p99 {phase.webhook.p99:.0f} ms, reply p50 {phase.reply.p50:.0f} "
        f"p95 {phase.reply.p95:.0f} p99 {phase.reply.p99:.0f} ms, "
        f"CPU {phase.cpu_total_ms:.1f} ms a turn ({parts}), {phase.bubbles:.1f} messages a reply, "
        f"{phase.unanswered} unanswered, {phase.refused} refused, citizens and platform "
        f"{phase.own_cpu:.0%} of a core"
    )


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
