"""Polling: facts 4 and 5 of the channel. Nothing is confirmed before it is stored."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.telegram.intake import Intake
from bot.telegram.polling import PollTimes, poll
from bot.telegram.sender import TelegramSender
from izin.errors import StorageUnavailable

pytestmark = pytest.mark.anyio

QUICK = PollTimes(
    long_poll_s=5,
    first_pause_s=0.01,
    longest_pause_s=0.05,
    lock_pause_s=0.02,
    conflict_pause_s=0.05,
    locked_pause_s=0.05,
)


class Store:
    """Takes updates; fails as often as told."""

    def __init__(self, failures: int = 0, error: type[Exception] = StorageUnavailable) -> None:
        self.failures = failures
        self.error = error
        self.updates: list[dict[str, Any]] = []
        self.seen = asyncio.Condition()

    async def __call__(self, update: dict[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise self.error("down")
        async with self.seen:
            self.updates.append(update)
            self.seen.notify_all()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(20), self.seen:
            await self.seen.wait_for(lambda: len(self.updates) >= count)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates]


async def always() -> bool:
    return True


@asynccontextmanager
async def polling(sender, store, holds_lock=always, times=QUICK):
    stop = asyncio.Event()
    task = asyncio.create_task(poll(sender, store, stop, holds_lock, times))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(20):
            await task


async def eventually(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the fake lives in another thread
            await asyncio.sleep(0.01)


async def test_updates_come_in_order_and_are_confirmed(fake_telegram, sender):
    store = Store()
    fake_telegram.say(42, "satu")
    fake_telegram.say(43, "dua")
    async with polling(sender, store):
        await store.wait_for(2)
        fake_telegram.say(42, "tiga")
        await store.wait_for(3)
        await eventually(lambda: not fake_telegram.pending)
    assert store.texts() == ["satu", "dua", "tiga"]


async def test_polling_first_removes_the_webhook_and_keeps_what_waits(fake_telegram, sender):
    """Fact 5."""
    await sender.set_webhook("https://izin.contoh.go.id/x", "rahasia")
    fake_telegram.say(42, "menunggu")
    store = Store()
    async with polling(sender, store):
        await store.wait_for(1)
    assert fake_telegram.webhook is None
    assert store.texts() == ["menunggu"]


async def test_an_update_that_was_not_stored_comes_again(fake_telegram, sender):
    """Fact 5: the offset advances only after the commit."""
    store = Store(failures=3)
    fake_telegram.say(42, "satu")
    fake_telegram.say(42, "dua")
    async with polling(sender, store):
        await store.wait_for(2)
    assert store.texts() == ["satu", "dua"]


async def test_a_crash_between_two_updates_loses_and_repeats_only_what_must_be(
    fake_telegram, sender
):
    """Fact 5: a new process begins where the last commit ended."""
    fake_telegram.say(42, "satu")
    fake_telegram.say(42, "dua")
    first = Store()

    async def dies_at_the_second(update: dict[str, Any]) -> None:
        if first.updates:
            raise asyncio.CancelledError
        await first(update)

    task = asyncio.create_task(poll(sender, dies_at_the_second, asyncio.Event(), always, QUICK))
    with pytest.raises(asyncio.CancelledError):
        await task
    second = Store()
    async with polling(sender, second):
        await second.wait_for(2)
    assert second.texts() == ["satu", "dua"]  # nothing lost; the inbox knows the first already


async def test_a_malformed_update_is_kept_for_review_and_blocks_nothing(fake_telegram, sender):
    """Fact 12 holds for Telegram too."""
    store, kept = [], []

    async def receive(message):
        store.append(message.text)

    async def review(payload: bytes, reason: str):
        kept.append((payload, reason))

    fake_telegram.queue({"message": {"chat": "rusak"}})
    fake_telegram.say(42, "setelahnya")
    async with polling(sender, Intake(receive, fake_telegram.username, review)):
        await eventually(lambda: store and kept)
    assert store == ["setelahnya"]
    assert b"rusak" in kept[0][0]


async def test_a_fault_of_ours_with_one_update_blocks_nothing(fake_telegram):
    """A message that can never be stored must not stop every later one."""
    kept = []

    async def receive(message):
        raise ZeroDivisionError

    async def review(payload: bytes, reason: str):
        kept.append(reason)

    with capture_logs():
        await Intake(receive, fake_telegram.username, review)(fake_telegram.message(42, text="x"))
    assert kept == ["ZeroDivisionError"]


async def test_intake_passes_a_storage_failure_on(fake_telegram):
    async def receive(message):
        raise StorageUnavailable("down")

    with pytest.raises(StorageUnavailable):
        await Intake(receive, fake_telegram.username)(fake_telegram.message(42, text="x"))


async def test_only_the_holder_of_the_lock_polls(fake_telegram, sender):
    """Fact 5."""
    holding = False

    async def holds_lock() -> bool:
        return holding

    store = Store()
    fake_telegram.say(42, "halo")
    async with polling(sender, store, holds_lock):
        await asyncio.sleep(0.1)
        assert fake_telegram.calls == []
        holding = True
        await store.wait_for(1)


async def test_two_pollers_of_one_token_meet_409_and_both_survive(fake_telegram, sender, http):
    """Fact 5."""
    other = TelegramSender(fake_telegram.token, http, api_url=fake_telegram.url)
    first, second = Store(), Store()
    with capture_logs() as logs:
        async with polling(sender, first), polling(other, second):
            await eventually(
                lambda: any(entry["event"] == "telegram_polled_elsewhere" for entry in logs)
            )
            fake_telegram.say(42, "halo")
            await eventually(lambda: first.updates or second.updates)


async def test_a_wrong_token_is_logged_clearly_and_tried_again_later(fake_telegram, http):
    """Bad input: the other channels still run, so this never raises."""
    wrong = TelegramSender("7654321:token-yang-keliru", http, api_url=fake_telegram.url)
    with capture_logs() as logs:
        async with polling(wrong, Store()) as task:
            await eventually(lambda: [e["event"] for e in logs].count("telegram_token_refused") > 1)
            assert not task.done()
    assert "token-yang-keliru" not in str(logs)


@pytest.mark.parametrize("status", [500, 502])
async def test_trouble_at_telegram_is_outwaited(fake_telegram, sender, status):
    fake_telegram.fail("getUpdates", status, "Internal Server Error", times=3)
    fake_telegram.say(42, "halo")
    store = Store()
    async with polling(sender, store):
        await store.wait_for(1)


async def test_a_pause_telegram_asks_for_is_kept(fake_telegram, sender):
    """Fact 3."""
    fake_telegram.fail("getUpdates", 429, "Too Many Requests", retry_after=1)
    fake_telegram.say(42, "halo")
    store = Store()
    began = asyncio.get_running_loop().time()
    async with polling(sender, store):
        await store.wait_for(1)
    assert asyncio.get_running_loop().time() - began >= 0.95


async def test_stopping_ends_a_long_poll_at_once(fake_telegram, sender):
    times = PollTimes(long_poll_s=50)
    stop = asyncio.Event()
    task = asyncio.create_task(poll(sender, Store(), stop, always, times))
    await eventually(lambda: any(name == "getUpdates" for name, _ in fake_telegram.calls))
    stop.set()
    async with asyncio.timeout(20):
        await task


async def test_only_the_kinds_we_handle_are_asked_for(fake_telegram, sender):
    await sender.get_updates(5, 0)
    ((_, given),) = [call for call in fake_telegram.calls if call[0] == "getUpdates"]
    assert '"callback_query"' in given["allowed_updates"]
    assert given["offset"] == "5"
