"""One run: our house, stock Rasa and stock Rasa with durable conversations, one after the other."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import long_conversation, machine
from benchmarks.load.fake_platform import Platform
from benchmarks.load.generator import Generator
from benchmarks.load.ours import FIRST_CHAT, FIRST_NUMBER, Ours
from benchmarks.load.phases import Phase
from benchmarks.load.saturation import Curve, find_saturation
from benchmarks.load.stock import FIRST_CHAT as FIRST_STOCK_CHAT
from benchmarks.load.stock import Stock
from benchmarks.load.stock_model import trained_project
from benchmarks.nlu.subjects import stock_subject
from ops.settings import CHECKOUT

_SETTLE_S = 15.0
"""After the start, before memory is read."""

_WARM_UP_RATE = 4.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How one side is loaded.

    Attributes:
        waiting: Messages without reply in the closed backlog.
        backlog_s, short_s, confirm_s: Measured seconds of the backlog, of a step, of the last.
        shares: Rates of the curve, as shares of the backlog's replies a second.
        steps: Steps of the search at most.
    """

    waiting: int
    backlog_s: float
    short_s: float
    confirm_s: float
    shares: tuple[float, ...]
    steps: int


OUR_PLAN = Plan(64, 20.0, 12.0, 30.0, (0.1, 0.25, 0.5, 0.75, 1.0, 1.3), 3)
STOCK_PLAN = Plan(8, 25.0, 15.0, 30.0, (0.3, 0.6, 0.9, 1.2), 2)
DURABLE_PLAN = Plan(8, 20.0, 15.0, 20.0, (0.85,), 1)


@dataclass(slots=True)
class Side:
    """What one side came to; seconds and MB (PSS)."""

    first_start_s: float
    cold_start_s: float
    idle_mb: dict[str, float]
    after_mb: dict[str, float] = field(default_factory=dict)
    backlog: Phase | None = None
    curve: tuple[Phase, ...] = ()
    best: Phase | None = None
    whatsapp: tuple[Phase, ...] = ()

    @property
    def saturation(self) -> float:
        """Give the largest rate kept up with, 0 when there was none."""
        return self.best.offered if self.best else 0.0


@dataclass(slots=True)
class Run:
    """All of it.

    Attributes:
        noise: Before, between and after the sides (1.00 is an idle machine).
        long: A conversation of 500 turns, as ``benchmarks.long_conversation`` gives it.
    """

    began: str
    machine: dict[str, Any]
    noise: list[float]
    ours: Side
    stock: Side
    durable: Side
    long: list[dict[str, Any]]

    def document(self) -> dict[str, Any]:
        """Give what is written as JSON."""
        return asdict(self)


def whole_run(citizens: int = long_conversation.CITIZENS) -> Run:
    """Measure everything; about a quarter of an hour, and more when stock must be trained.

    Raises:
        SubjectAbsent: Stock Rasa cannot be installed here.
    """
    python = stock_subject(CHECKOUT).python
    project = trained_project(python)
    return asyncio.run(_whole_run(python, project, citizens))


async def _whole_run(python: Path, project: Path, citizens: int) -> Run:
    platform = Platform()
    await platform.serve()
    began, noise = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", [machine.noise()]
    ours, long = await our_side(platform, OUR_PLAN, citizens)
    noise.append(machine.noise())
    sides = []
    for durable, plan in ((False, STOCK_PLAN), (True, DURABLE_PLAN)):
        sides.append(await stock_side(platform, python, project, plan, durable=durable))
        noise.append(machine.noise())
    await platform.close()
    return Run(began, machine.describe(), noise, ours, sides[0], sides[1], long)


async def our_side(
    platform: Platform, plan: Plan, citizens: int
) -> tuple[Side, list[dict[str, Any]]]:
    """Give our house's figures, and those of its long conversation."""
    with Ours(platform.url) as ours:
        tell("our house: first start, second start")
        await asyncio.to_thread(partial(ours.start, twice=True))
        await asyncio.sleep(_SETTLE_S)
        side = Side(ours.first_start_s, ours.cold_start_s, ours.memory_mb())
        generator = Generator(platform, ours.telegram, ours.spent_ms, FIRST_CHAT)
        await _load(side, generator, plan, "our house")
        generator = Generator(platform, ours.whatsapp, ours.spent_ms, FIRST_NUMBER)
        tell("our house: WhatsApp")
        rates = (side.saturation * share for share in (0.5, 0.9))
        side.whatsapp = tuple(
            [await generator.open_load(rate, plan.short_s) for rate in rates if rate]
        )
        generator.close()
        side.after_mb = ours.memory_mb()
        tell("our house: one conversation that goes on")
        pairs = await asyncio.to_thread(
            long_conversation.measure_long_conversation, ours.trial, datetime.now(UTC),
            (5, 500), citizens,
        )  # fmt: skip
        return side, [asdict(pair) for pair in pairs]


async def stock_side(
    platform: Platform, python: Path, project: Path, plan: Plan, *, durable: bool
) -> Side:
    """Give stock's figures; ``durable`` keeps its conversations in PostgreSQL."""
    name = "stock Rasa, durable" if durable else "stock Rasa"
    tell(f"{name}: start")
    stock = Stock(python, project, platform.url, durable=durable)
    try:
        await asyncio.to_thread(stock.start)
        await asyncio.sleep(_SETTLE_S)
        side = Side(stock.cold_start_s, stock.cold_start_s, stock.memory_mb())
        generator = Generator(platform, stock.telegram, stock.spent_ms, FIRST_STOCK_CHAT)
        await _load(side, generator, plan, name)
        side.after_mb = stock.memory_mb()
        return side
    finally:
        await asyncio.to_thread(stock.stop)


async def _load(side: Side, generator: Generator, plan: Plan, name: str) -> None:
    tell(f"{name}: warming up")
    await generator.open_load(_WARM_UP_RATE, 10.0)
    tell(f"{name}: a backlog")
    side.backlog = await generator.backlog(plan.waiting, plan.backlog_s)
    show(side.backlog)

    async def step(rate: float, seconds: float = plan.short_s) -> Phase:
        phase = await generator.open_load(rate, seconds)
        show(phase)
        return phase

    async def confirm(rate: float) -> Phase:
        return await step(rate, plan.confirm_s)

    tell(f"{name}: an open load at several rates")
    curve: Curve = await find_saturation(
        step, confirm, side.backlog.served, plan.shares, plan.steps
    )
    side.curve, side.best = curve.phases, curve.best
    generator.close()


def show(phase: Phase) -> None:
    """Print a phase on the terminal."""
    print(f"  {line(phase)}", flush=True)


def line(phase: Phase) -> str:
    """Give a phase in a line."""
    parts = ", ".join(f"{name} {spent:.1f}" for name, spent in phase.cpu_ms.items() if spent > 0.05)
    offered = f"offered {phase.offered:.1f}/s" if phase.offered else "backlog"
    return (
        f"{offered}, served {phase.served:.1f}/s, webhook p50 {phase.webhook.p50:.0f} "
        f"p95 {phase.webhook.p95:.0f} p99 {phase.webhook.p99:.0f} ms, reply "
        f"p50 {phase.reply.p50:.0f} p95 {phase.reply.p95:.0f} p99 {phase.reply.p99:.0f} ms, "
        f"CPU {phase.cpu_total_ms:.1f} ms a turn ({parts}), {phase.bubbles:.1f} messages a "
        f"reply, {phase.unanswered} unanswered, {phase.refused} refused, citizens and platform "
        f"{phase.own_cpu:.0%} of a core"
    )


def tell(what: str) -> None:
    """Say on the terminal what is done now."""
    print(f"… {what}", file=sys.stderr, flush=True)
