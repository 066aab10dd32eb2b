"""Waiting for a turn without polling, and without waiting for ever."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.gateway import watch
from bot.gateway.watch import Watch

pytestmark = pytest.mark.anyio


async def test_what_is_there_already_is_given_at_once() -> None:
    async def look() -> str | None:
        return "ada"

    assert await Watch().until(look, 0) == "ada"


async def test_a_ring_wakes_everybody_before_the_next_poll(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "POLL_S", 60)
    bell, found = Watch(), []

    async def look() -> str | None:
        return found[0] if found else None

    waiting = [asyncio.create_task(bell.until(look, 30)) for _ in range(3)]
    await asyncio.sleep(0)
    found.append("ada")
    bell.ring()
    async with asyncio.timeout(20):
        assert await asyncio.gather(*waiting) == ["ada"] * 3


async def test_a_ring_for_one_turn_lets_those_who_wait_for_others_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "POLL_S", 60)
    bell, looks = Watch(), {"satu": 0, "dua": 0}

    def looking_for(turn_id: str) -> asyncio.Task[bool | None]:
        async def look() -> bool | None:
            looks[turn_id] += 1
            return looks[turn_id] > 1 or None

        return asyncio.create_task(bell.until(look, 30, turn_id))

    first, second = looking_for("satu"), looking_for("dua")
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        bell.ring("satu")
        assert await first
        assert looks == {"satu": 2, "dua": 1}
        bell.ring("dua")
        assert await second


async def test_what_another_process_did_is_seen_without_a_ring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "POLL_S", 0.01)
    looks = 0

    async def look() -> bool | None:
        nonlocal looks
        looks += 1
        return looks >= 3 or None

    assert await Watch().until(look, 5)


async def test_when_time_is_up_nothing_is_given() -> None:
    async def look() -> None:
        return None

    begun = time.monotonic()
    assert await Watch().until(look, 0.05) is None
    assert time.monotonic() - begun < 20
