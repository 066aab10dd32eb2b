"""The port Outbox, in memory and on PostgreSQL."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta

import pytest

from izin.conversations import DeliveryReceipt
from izin.errors import NotFound
from izin.replies import Reply
from tests.contracts.conversation_ports import NOW, Ports, fresh, message


def answer(ports: Ports, chat: str | None = None, text: str = "jawab", **changes) -> str:  # type: ignore[no-untyped-def]
    received = ports.inbox.receive(message(chat, **changes), NOW)
    [outbox_id] = ports.inbox.answer(received.turn_id, [Reply(text)], {})
    return outbox_id


def receipt(external_id: str, status: str, **changes) -> DeliveryReceipt:  # type: ignore[no-untyped-def]
    return DeliveryReceipt("telegram", external_id, status, NOW, **changes)  # type: ignore[arg-type]


def opened(ports: Ports, outbox_id: str) -> list[tuple[str, str]]:
    return ports.opened(ports.outbox.message(outbox_id).conversation_id)


def test_a_new_message_waits_and_knows_where_to_go(ports: Ports) -> None:
    chat = fresh("chat")
    stored = ports.outbox.message(answer(ports, chat))
    assert (stored.state, stored.attempts, stored.sent_parts) == ("waiting", 0, 0)
    assert stored.address.chat == chat
    assert stored.last_inbound_at == NOW
    assert Reply.from_json(stored.reply) == Reply("jawab")


@pytest.mark.parametrize("message_id", [str(uuid.uuid4()), "bukan-id", "\x00"])
def test_an_unknown_message_is_not_found(ports: Ports, message_id: str) -> None:
    with pytest.raises(NotFound):
        ports.outbox.message(message_id)
    with pytest.raises(NotFound):
        ports.outbox.attempt(message_id)
    with pytest.raises(NotFound):
        ports.outbox.part_accepted(message_id, 0, "x", 1, NOW)


def test_attempts_are_counted(ports: Ports) -> None:
    outbox_id = answer(ports)
    assert [ports.outbox.attempt(outbox_id) for _ in range(3)] == [1, 2, 3]
    assert ports.outbox.message(outbox_id).attempts == 3


def test_a_message_is_accepted_with_its_last_part(ports: Ports) -> None:
    outbox_id = answer(ports)
    seen = []
    for part in range(3):
        ports.outbox.part_accepted(outbox_id, part, fresh("ext"), 3, NOW)
        stored = ports.outbox.message(outbox_id)
        seen.append((stored.state, stored.sent_parts))
    assert seen == [("waiting", 1), ("waiting", 2), ("accepted", 3)]


def test_an_accepted_message_cannot_be_given_up(ports: Ports) -> None:
    outbox_id = answer(ports)
    ports.outbox.part_accepted(outbox_id, 0, fresh("ext"), 1, NOW)
    ports.outbox.failed(outbox_id, "Undeliverable", "131026", NOW)
    assert ports.outbox.message(outbox_id).state == "accepted"
    assert opened(ports, outbox_id) == []


def test_a_message_is_given_up_once_and_opened_to_an_officer(ports: Ports) -> None:
    outbox_id = answer(ports)
    ports.outbox.failed(outbox_id, "Undeliverable", "131026", NOW)
    ports.outbox.failed(outbox_id, "Undeliverable", None, NOW)
    assert ports.outbox.message(outbox_id).state == "failed"
    assert opened(ports, outbox_id) == [(f"delivery:{outbox_id}", "delivery_failed")]


def test_accepted_is_not_delivered_until_the_platform_says_failed(ports: Ports) -> None:
    outbox_id, external_id = answer(ports), fresh("ext")
    ports.outbox.part_accepted(outbox_id, 0, external_id, 1, NOW)
    ports.outbox.receipt(receipt(external_id, "sent"))
    ports.outbox.receipt(receipt(external_id, "failed", error_code="131047"))
    ports.outbox.receipt(receipt(external_id, "failed", error_code="131047"))
    assert ports.outbox.message(outbox_id).state == "failed"
    assert opened(ports, outbox_id) == [(f"delivery:{outbox_id}", "delivery_failed")]


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read"])))
def test_receipts_in_any_order_and_twice_never_undo_a_delivery(
    ports: Ports, order: tuple[str, ...]
) -> None:
    outbox_id, external_id = answer(ports), fresh("ext")
    ports.outbox.part_accepted(outbox_id, 0, external_id, 1, NOW)
    for status in [*order, *order]:
        ports.outbox.receipt(receipt(external_id, status))
    ports.outbox.receipt(receipt(external_id, "failed", error_code="1"))
    assert ports.outbox.message(outbox_id).state == "accepted"
    assert opened(ports, outbox_id) == []


def test_a_receipt_that_overtakes_our_own_request_counts(ports: Ports) -> None:
    outbox_id, external_id = answer(ports), fresh("ext")
    ports.outbox.receipt(receipt(external_id, "failed", error_code="131026"))
    assert ports.outbox.message(outbox_id).state == "waiting"
    ports.outbox.part_accepted(outbox_id, 0, external_id, 1, NOW)
    assert ports.outbox.message(outbox_id).state == "failed"
    assert opened(ports, outbox_id) == [(f"delivery:{outbox_id}", "delivery_failed")]


def test_a_failure_of_the_first_part_is_not_forgotten_with_the_last(ports: Ports) -> None:
    outbox_id, external_id = answer(ports), fresh("ext")
    ports.outbox.part_accepted(outbox_id, 0, external_id, 2, NOW)
    ports.outbox.receipt(receipt(external_id, "failed", error_code="131026"))
    ports.outbox.part_accepted(outbox_id, 1, fresh("ext"), 2, NOW)
    assert ports.outbox.message(outbox_id).state == "failed"


@pytest.mark.parametrize("changes", [{"namespace": "simulator"}, {"channel": "whatsapp"}])
def test_a_receipt_of_another_place_with_the_same_id_changes_nothing(
    ports: Ports, changes: dict[str, str]
) -> None:
    outbox_id, external_id = answer(ports), fresh("ext")
    ports.outbox.part_accepted(outbox_id, 0, external_id, 1, NOW)
    values = {"channel": "telegram", "external_id": external_id, "status": "failed", "at": NOW}
    ports.outbox.receipt(DeliveryReceipt(**{**values, **changes}))  # type: ignore[arg-type]
    assert ports.outbox.message(outbox_id).state == "accepted"


def test_a_receipt_for_an_unknown_message_is_taken_without_harm(ports: Ports) -> None:
    ports.outbox.receipt(receipt(fresh("ext"), "read"))


def accepted(ports: Ports, chat: str, text: str, **changes) -> str:  # type: ignore[no-untyped-def]
    outbox_id = answer(ports, chat, text, **changes)
    ports.outbox.part_accepted(outbox_id, 0, fresh("ext"), 1, NOW)
    return outbox_id


def test_what_was_delivered_is_read_on_from_the_last_message_seen(ports: Ports) -> None:
    chat = fresh("chat")
    ids = [accepted(ports, chat, f"{number}") for number in range(3)]

    def since(after: str | None) -> list[str]:
        return [item.id for item in ports.outbox.delivered_since("live", "telegram", chat, after)]

    assert since(None) == ids
    assert since(ids[0]) == ids[1:]
    assert since(ids[2]) == []
    assert since(str(uuid.uuid4())) == ids, "a forgotten message must not hide later ones"
    assert since("bukan-id") == ids


def test_waiting_messages_and_other_chats_are_not_among_what_was_delivered(ports: Ports) -> None:
    chat = fresh("chat")
    shown = accepted(ports, chat, "tampil")
    answer(ports, chat, "menunggu")
    accepted(ports, fresh("chat"), "orang lain")
    accepted(ports, chat, "kanal lain", channel="whatsapp")
    accepted(ports, chat, "simulator", namespace="simulator")
    found = ports.outbox.delivered_since("live", "telegram", chat, None)
    assert [item.id for item in found] == [shown]


def test_a_long_history_is_given_in_pages(ports: Ports) -> None:
    chat = fresh("chat")
    received = ports.inbox.receive(message(chat), NOW)
    replies = [Reply(f"{number}") for number in range(205)]
    for outbox_id in ports.inbox.answer(received.turn_id, replies, {}):
        ports.outbox.part_accepted(outbox_id, 0, outbox_id, 1, NOW + timedelta(seconds=1))
    first = ports.outbox.delivered_since("live", "telegram", chat, None)
    rest = ports.outbox.delivered_since("live", "telegram", chat, first[-1].id)
    texts = [item.reply["text"] for item in [*first, *rest]]
    assert texts == [f"{number}" for number in range(205)]
    assert len(first) == 200
