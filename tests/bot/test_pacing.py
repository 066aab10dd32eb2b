"""Sending no faster than a platform allows: facts 3 and 17 of the channels."""

from __future__ import annotations

import asyncio

import pytest

import bot.pacing
from bot.pacing import TELEGRAM_RULES, WHATSAPP_RULES, Pacer, PacingRules, Rate
from izin.errors import RetryLater

pytestmark = pytest.mark.anyio

FAST = Rate(1000, 1.0)


@pytest.fixture
async def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The loop's clock, which jumps to the next timer instead of waiting for it."""
    loop = asyncio.get_running_loop()
    moment, select = [loop.time()], loop._selector.select

    def jumping(timeout: float | None) -> list:
        moment[0] += (timeout or 0.0) + 0.000_01  # a round of the loop takes time as well
        return select(timeout and 0)

    monkeypatch.setattr(loop, "time", lambda: moment[0])
    monkeypatch.setattr(loop._selector, "select", jumping)
    return moment


def rules(**changed) -> PacingRules:
    given = {"overall": FAST, "per_chat": FAST, "per_group": FAST, "longest_wait_s": 5.0}
    return PacingRules(**(given | changed))


async def spread(pacer: Pacer, chats: list[str], **more) -> list[float]:
    began = asyncio.get_running_loop().time()
    times = []

    async def one(chat: str) -> None:
        await pacer.wait(chat, **more)
        times.append(asyncio.get_running_loop().time() - began)

    await asyncio.gather(*(one(chat) for chat in chats))
    return sorted(times)


def test_the_rules_are_the_platforms():
    """Facts 3 and 17."""
    assert TELEGRAM_RULES.overall.gap_s == pytest.approx(1 / 30)
    assert 1.0 <= TELEGRAM_RULES.per_chat.gap_s <= 1.1
    assert TELEGRAM_RULES.per_group.gap_s == 3.0
    assert WHATSAPP_RULES.overall.gap_s == pytest.approx(1 / 80)
    assert WHATSAPP_RULES.per_chat.gap_s == 6.0


async def test_messages_to_one_chat_are_spaced(moment: list[float]):
    times = await spread(Pacer(rules(per_chat=Rate(1, 0.1))), ["a"] * 4)
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=0.001)


async def test_other_chats_do_not_wait_for_a_busy_one(moment: list[float]):
    pacer = Pacer(rules(per_chat=Rate(1, 5.0)))
    await pacer.wait("a")
    assert await spread(pacer, ["b", "c", "d"]) == pytest.approx([0.0] * 3, abs=0.001)


async def test_all_chats_together_are_spaced_evenly(moment: list[float]):
    times = await spread(Pacer(rules(overall=Rate(1, 0.05))), [str(n) for n in range(9)])
    assert times == pytest.approx([0.05 * n for n in range(9)], abs=0.001)


async def test_a_group_has_its_own_rate(moment: list[float]):
    pacer = Pacer(rules(per_group=Rate(1, 0.2)))
    times = await spread(pacer, ["-1", "-1"], group=True)
    assert times == pytest.approx([0.0, 0.2], abs=0.001)


async def test_a_wait_that_would_be_too_long_goes_back_to_the_outbox(moment: list[float]):
    pacer = Pacer(rules(per_chat=Rate(1, 60.0), longest_wait_s=0.05))
    await pacer.wait("a")
    with pytest.raises(RetryLater) as caught:
        await pacer.wait("a")
    assert (caught.value.code, caught.value.after_s) == ("paced", 60.0)


async def test_a_pause_the_platform_asked_for_holds_only_that_chat(moment: list[float]):
    pacer = Pacer(rules(), clock=lambda: moment[0])
    pacer.pause("a", 7)
    pacer.pause("a", 3)  # a shorter one never shortens it
    with pytest.raises(RetryLater) as caught:
        await pacer.wait("a")
    assert caught.value.after_s == pytest.approx(7)
    await pacer.wait("b")
    moment[0] += 7
    await pacer.wait("a")


async def test_idle_chats_are_forgotten(monkeypatch, moment: list[float]):
    monkeypatch.setattr(bot.pacing, "MOST_CHATS_KEPT", 50)
    pacer = Pacer(rules(per_chat=Rate(1, 60.0)), clock=lambda: moment[0])
    for number in range(500):
        await pacer.wait(str(number))
        pacer.pause(str(number), -1)
        assert {str(n) for n in range(max(0, number - 8), number)} <= set(pacer._chats)
        moment[0] += 6.0  # so the last nine are not idle yet
    assert len(pacer._chats) <= 50
    assert len(pacer._paused_until) <= 52


def test_a_raised_limit_of_the_platform_leaves_each_chats_own_alone():
    raised = TELEGRAM_RULES.at(120)
    assert raised.overall.gap_s == pytest.approx(1 / 120)
    assert raised.per_chat == TELEGRAM_RULES.per_chat
