"""Percentiles, phases and the search for the largest load."""

from __future__ import annotations

import math

import pytest

from benchmarks.load.crowd import Turn
from benchmarks.load.phases import Percentiles, Phase, percentile, phase_of
from benchmarks.load.saturation import find_saturation, keeps_up


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)]
)
def test_a_percentile_is_the_value_so_many_do_not_pass(share: float, expected: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], share) == expected


def test_of_nothing_every_percentile_is_endless() -> None:
    assert Percentiles.of([]) == Percentiles(math.inf, math.inf, math.inf)


def test_latency_counts_from_the_due_moment_and_nothing_is_left_out() -> None:
    turns = [
        Turn(due=9.0, taken=9.1, status=200, replied=9.5, bubbles=1),  # of the warm-up
        Turn(due=10.0, taken=10.1, status=200, replied=10.4, bubbles=2),
        Turn(due=11.0, taken=11.1, status=200, replied=12.5, bubbles=2),  # after the end
        Turn(due=11.5, taken=11.6, status=503),
    ]
    phase = phase_of(turns, 10.0, 12.0, offered=1.5, used_ms={"rasa": 80.0}, own_cpu=0.1)
    assert (phase.turns, phase.unanswered, phase.refused) == (3, 1, 1)
    assert phase.served == pytest.approx(0.5)
    assert phase.reply.p50 == pytest.approx(1500)
    assert phase.reply.p95 == math.inf
    assert phase.webhook.p99 == pytest.approx(100)
    assert phase.cpu_ms == {"rasa": 80.0}


def phase(rate: float, *, p95: float = 100.0, served: float = 1.0, lost: int = 0) -> Phase:
    latencies = Percentiles(p95 / 2, p95, p95)
    turns = round(rate * 10)
    return Phase(rate, 10.0, turns, lost, 0, rate * served, latencies, latencies, 1.0)


@pytest.mark.parametrize(
    ("load", "kept"),
    [
        (phase(10), True),
        (phase(10, p95=2500), False),
        (phase(10, served=0.9), False),  # a backlog grows, though replies still come in time
        (phase(10, lost=1), False),
        (phase(0), False),
    ],
)
def test_keeping_up_is_fast_complete_and_without_a_growing_backlog(load: Phase, kept: bool) -> None:
    assert keeps_up(load) is kept


@pytest.mark.anyio
@pytest.mark.parametrize("limit", [7.0, 10.0, 11.5, 16.0])
async def test_the_search_comes_near_the_limit_from_below(limit: float) -> None:
    async def load(rate: float) -> Phase:
        return phase(rate) if rate <= limit else phase(rate, p95=9000)

    curve = await find_saturation(load, load, 10.0, (0.25, 0.5, 0.9, 1.1))
    assert limit * 0.93 <= curve.saturation <= limit
    assert [one.offered for one in curve.phases] == sorted(one.offered for one in curve.phases)


@pytest.mark.anyio
async def test_a_rate_that_only_a_short_load_survives_is_not_the_saturation() -> None:
    async def short(rate: float) -> Phase:
        return phase(rate)

    async def long(rate: float) -> Phase:
        return phase(rate) if rate <= 5 else phase(rate, served=0.8)

    curve = await find_saturation(short, long, 10.0, (0.5, 0.8), most=0)
    assert curve.saturation == 5.0


@pytest.mark.anyio
async def test_a_house_that_never_keeps_up_has_no_saturation() -> None:
    async def load(rate: float) -> Phase:
        return phase(rate, p95=9000)

    curve = await find_saturation(load, load, 10.0, (0.5, 1.0))
    assert (curve.best, curve.saturation) == (None, 0.0)
