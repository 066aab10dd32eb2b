"""Delivery of one outbox message, part by part, by class of error."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.gateway import delivery
from bot.gateway.delivery import TryAgain
from izin.errors import (
    ChannelLocked,
    NotFound,
    RejectedMessage,
    RetryLater,
    StorageUnavailable,
    Undeliverable,
    WindowClosed,
)
from izin.following import Notice, NoticeKind
from izin.replies import Reply
from izin.storage.memory.notices import MemoryNotices
from izin.storage.memory.outbox import MemoryOutbox
from tests.bot.gateway.house import FakeSender, House

pytestmark = pytest.mark.anyio
LONG = "Syaratnya banyak sekali. " * 400


def waiting(house: House, text: str = "halo", **changes: Any) -> str:
    turn_id = house.receive(**changes)
    [outbox_id] = house.inbox.answer(turn_id, [Reply(text)], {})
    return outbox_id


async def test_a_message_is_sent_once() -> None:
    house = House()
    outbox_id = waiting(house)
    await house.deliverer.deliver(outbox_id)
    await house.deliverer.deliver(outbox_id)
    assert [message.text for _, message in house.sender.sent] == ["halo"]
    assert house.outbox.message(outbox_id).state == "accepted"


async def test_a_simulated_message_reaches_no_platform() -> None:
    house = House()
    outbox_id = waiting(house, namespace="simulator")
    await house.deliverer.deliver(outbox_id)
    assert house.sender.sent == []
    assert house.outbox.message(outbox_id).state == "accepted"


async def test_after_a_pause_only_the_parts_not_taken_are_sent() -> None:
    house = House(sender=FakeSender([None, RetryLater("429", after_s=7.0)]))
    outbox_id = waiting(house, LONG)
    parts = [part.text for part in house.deliverer.render(house.outbox.message(outbox_id))]
    assert len(parts) >= 3
    with pytest.raises(TryAgain) as caught:
        await house.deliverer.deliver(outbox_id)
    assert caught.value.after_s == 7.0
    assert house.outbox.message(outbox_id).sent_parts == 1
    await house.deliverer.deliver(outbox_id)
    assert [message.text for _, message in house.sender.sent] == parts
    assert house.outbox.message(outbox_id).state == "accepted"


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (RetryLater("5xx"), [1, 2, 5]),
        (RetryLater("429", after_s=0.0), [0.5, 0.5, 0.5]),
        (ChannelLocked("401"), [delivery.LOCKED_PAUSE_S] * 3),
    ],
)
async def test_pauses_follow_the_class_of_error(error: Exception, pauses: list[float]) -> None:
    house = House(sender=FakeSender([error] * 3))
    outbox_id = waiting(house)
    found = []
    for _ in pauses:
        with pytest.raises(TryAgain) as caught:
            await house.deliverer.deliver(outbox_id)
        found.append(caught.value.after_s)
    assert found == pauses


async def test_after_many_tries_an_officer_takes_over() -> None:
    house = House(sender=FakeSender([RetryLater("5xx", code=500)] * 50))
    outbox_id = waiting(house)
    for _ in range(delivery.MOST_TRIES - 1):
        with pytest.raises(TryAgain):
            await house.deliverer.deliver(outbox_id)
    await house.deliverer.deliver(outbox_id)
    assert house.outbox.message(outbox_id).state == "failed"
    assert house.escalations() == ["delivery_failed"]


@pytest.mark.parametrize(
    "error",
    [
        WindowClosed("24 h", code=131047),
        Undeliverable("blocked", code=403),
        RejectedMessage("too long", code=400),
        ZeroDivisionError("a bug of ours"),
    ],
)
async def test_what_cannot_help_is_not_tried_again(error: Exception) -> None:
    house = House(sender=FakeSender([error]))
    outbox_id = waiting(house)
    await house.deliverer.deliver(outbox_id)
    assert house.outbox.message(outbox_id).state == "failed"
    assert house.escalations() == ["delivery_failed"]
    await house.deliverer.deliver(outbox_id)
    assert house.sender.sent == []
    code = getattr(error, "code", None)
    assert house.data.failures[outbox_id] == (type(error).__name__, code and str(code))


async def test_news_that_a_blocked_bot_cannot_deliver_wait_for_the_citizen() -> None:
    house = House(sender=FakeSender([Undeliverable("blocked", code=403)]))
    turn_id = house.receive()
    chat = house.data.turns[turn_id].conversation_id
    notices = MemoryNotices(house.data)
    for text in ("satu", "dua"):
        notice = Notice(chat, text, NoticeKind.NEWS, Reply(text))
        notices.push(notice, datetime.now(UTC))
        for message_id, message in list(house.data.outbox.items()):
            if message.state == "waiting":
                await house.deliverer.deliver(message_id)
    assert house.sender.sent == []
    assert [record.state for record in house.data.notices.values()] == ["unreachable"] * 2
    assert house.escalations() == ["delivery_failed"]


async def test_outside_whatsapps_window_nothing_is_sent() -> None:
    house = House()
    outbox_id = waiting(house, channel="whatsapp")
    conversation = house.data.conversations[house.outbox.message(outbox_id).conversation_id]
    house.data.conversations[conversation.id] = replace(
        conversation, last_inbound_at=datetime.now(UTC) - timedelta(hours=25)
    )
    await house.deliverer.deliver(outbox_id)
    assert house.sender.sent == []
    assert house.data.failures[outbox_id][0] == "WindowClosed"


async def test_a_reply_that_cannot_be_rendered_goes_to_an_officer() -> None:
    house = House()
    outbox_id = waiting(house)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    house.channels.renderers["telegram"] = broken  # type: ignore[index]
    await house.deliverer.deliver(outbox_id)
    assert house.outbox.message(outbox_id).state == "failed"
    assert house.escalations() == ["delivery_failed"]


async def test_a_stored_reply_in_an_unknown_shape_goes_to_an_officer() -> None:
    house = House()
    outbox_id = waiting(house)
    house.data.outbox[outbox_id] = replace(house.data.outbox[outbox_id], reply={"choices": 5})
    await house.deliverer.deliver(outbox_id)
    assert house.outbox.message(outbox_id).state == "failed"


async def test_a_channel_that_is_switched_off_waits_for_its_repair() -> None:
    house = House()
    house.channels.senders.clear()  # type: ignore[attr-defined]
    outbox_id = waiting(house)
    with pytest.raises(TryAgain):
        await house.deliverer.deliver(outbox_id)
    assert house.outbox.message(outbox_id).state == "waiting"


async def test_a_database_that_goes_away_leaves_the_delivery_to_the_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "RECORD_PATIENCE_S", 0.6)
    house = House()
    outbox_id = waiting(house)

    def down(*_: Any) -> None:
        raise StorageUnavailable("away")

    monkeypatch.setattr(MemoryOutbox, "part_accepted", down)
    with pytest.raises(StorageUnavailable):
        await house.deliverer.deliver(outbox_id)


async def test_media_that_cannot_be_read_now_leave_the_delivery_to_the_queue() -> None:
    house = House(sender=FakeSender([StorageUnavailable("away")]))
    outbox_id = waiting(house)
    with pytest.raises(StorageUnavailable):
        await house.deliverer.deliver(outbox_id)
    assert house.outbox.message(outbox_id).state == "waiting"


async def test_a_message_that_was_erased_meanwhile_is_not_found() -> None:
    with pytest.raises(NotFound):
        await House().deliverer.deliver("00000000-0000-0000-0000-000000000000")


async def test_what_the_platform_took_is_recorded_however_often_our_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "RECORD_PAUSE_S", 0.0)
    house = House()
    outbox_id = waiting(house, LONG)
    parts = [part.text for part in house.deliverer.render(house.outbox.message(outbox_id))]
    record, away = house.outbox.part_accepted, [True, True, False] * len(parts)

    def part_accepted(*values: Any) -> None:
        if away.pop(0):
            raise StorageUnavailable("our database does not answer")
        record(*values)

    monkeypatch.setattr(house.outbox, "part_accepted", part_accepted)
    await house.deliverer.deliver(outbox_id)
    assert [message.text for _, message in house.sender.sent] == parts
    assert house.outbox.message(outbox_id).state == "accepted"


async def test_a_record_that_can_never_be_made_is_left_to_the_queue_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "RECORD_PATIENCE_S", 0.0)
    house = House()
    outbox_id = waiting(house)

    def part_accepted(*values: Any) -> None:
        raise StorageUnavailable("our database does not answer")

    monkeypatch.setattr(house.outbox, "part_accepted", part_accepted)
    with pytest.raises(StorageUnavailable):
        await house.deliverer.deliver(outbox_id)
