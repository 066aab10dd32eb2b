"""The ports Escalations and Notices, in memory and on PostgreSQL."""

from __future__ import annotations

from izin.conversations import Received
from izin.replies import Reply
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message


def chat(ports: Ports, **changes) -> Received:  # type: ignore[no-untyped-def]
    return ports.inbox.receive(message(**changes), NOW)


def test_a_conversation_is_opened_once_per_key(ports: Ports) -> None:
    here, key = chat(ports).conversation_id, fresh("key")
    assert ports.escalations.open(here, "asked", NOW, key, "catatan\x00")
    assert not ports.escalations.open(here, "asked", NOW, key)
    assert ports.escalations.open(here, "asked", NOW, fresh("key"))
    assert [reason for _, reason in ports.opened(here)] == ["asked", "asked"]


def test_an_opening_taken_back_leaves_the_others_and_other_chats(ports: Ports) -> None:
    here, there = chat(ports).conversation_id, chat(ports).conversation_id
    keys = [fresh("key") for _ in range(3)]
    for place, key in zip((here, here, there), keys, strict=True):
        ports.escalations.open(place, "urgent", NOW, key)
    ports.escalations.take_back(here, [keys[0], keys[2]])
    assert [key for key, _ in ports.opened(here)] == [keys[1]]
    assert [key for key, _ in ports.opened(there)] == [keys[2]]


def test_a_notice_reaches_every_chat_that_proved_the_phone_once(ports: Ports) -> None:
    phone, key = fresh_phone(), fresh("lock")
    telegram = chat(ports, phone=phone)
    whatsapp = chat(ports, channel="whatsapp", phone=phone)
    stranger = chat(ports, phone=fresh_phone())
    assert ports.notices.push_to_phone(phone, Reply("Pemberitahuan"), key, NOW)
    assert ports.notices.push_to_phone(phone, Reply("Pemberitahuan"), key, NOW)
    for reached in (telegram, whatsapp):
        [job] = ports.jobs(f"out:{reached.conversation_id}")
        sent = ports.outbox.message(job.arguments["message_id"])
        assert sent.reply["text"] == "Pemberitahuan"
        assert sent.turn_id is None
    assert ports.jobs(f"out:{stranger.conversation_id}") == []


def test_a_notice_never_goes_into_a_group(ports: Ports) -> None:
    phone = fresh_phone()
    group = chat(ports, user="ani", group=True)
    ports.inbox.verify_phone(group.conversation_id, phone)
    assert not ports.notices.push_to_phone(phone, Reply("Rahasia"), fresh("lock"), NOW)
    assert ports.jobs(f"out:{group.conversation_id}") == []


def test_a_phone_without_a_chat_is_told_as_not_reached(ports: Ports) -> None:
    assert not ports.notices.push_to_phone(fresh_phone(), Reply("Halo"), fresh("lock"), NOW)
