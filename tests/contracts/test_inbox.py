"""The port Inbox, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from izin.conversations import InboundMedia
from izin.errors import NotFound
from izin.replies import Choice, Reply, ReplyMedia
from izin.storage.postgres.queue import DELIVERY_QUEUE, DELIVERY_TASK, TURN_QUEUE, TURN_TASK
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message


def receive(ports: Ports, *messages):  # type: ignore[no-untyped-def]
    received = [ports.inbox.receive(item, NOW) for item in messages]
    return received[0] if len(received) == 1 else received


def test_a_message_becomes_a_queued_turn_that_tells_all_that_came(ports: Ports) -> None:
    phone = fresh_phone()
    sent = message(
        kind="photo",
        text="ini lampirannya",
        media=(InboundMedia("photo", "file-1", "image/jpeg", 12, "foto.jpg"),),
        location=(-7.02, 109.59),
        phone=phone,
        reply_to="m0",
        group=True,
    )
    received = ports.inbox.receive(sent, NOW)
    turn = ports.inbox.turn(received.turn_id)
    assert turn.message == sent
    assert (turn.state, turn.attempts, turn.choice, turn.media_ids) == ("queued", 0, None, ())
    assert (turn.now, turn.received_at) == (NOW, NOW)
    conversation = turn.conversation
    assert conversation.id == received.conversation_id
    assert conversation.address == sent.address
    assert conversation.verified_phone == phone
    assert conversation.last_inbound_at == NOW
    assert not conversation.held_by_officer


def test_its_job_waits_for_the_earlier_turns_of_the_conversation(ports: Ports) -> None:
    chat = fresh("chat")
    first, second = receive(ports, message(chat), message(chat))
    jobs = ports.jobs(f"turn:{first.conversation_id}")
    assert [(job.task, job.queue) for job in jobs] == [(TURN_TASK, TURN_QUEUE)] * 2
    assert [job.arguments for job in jobs] == [
        {"turn_id": first.turn_id},
        {"turn_id": second.turn_id},
    ]


def test_the_office_clock_of_a_turn_can_be_given(ports: Ports) -> None:
    later = NOW + timedelta(days=3)
    received = ports.inbox.receive(message(), NOW, later)
    turn = ports.inbox.turn(received.turn_id)
    assert (turn.now, turn.received_at) == (later, NOW)


def test_a_repeated_message_is_the_first_ones_turn(ports: Ports) -> None:
    sent = message()
    first = ports.inbox.receive(sent, NOW)
    again = ports.inbox.receive(sent, NOW + timedelta(minutes=5))
    assert again.duplicate and not first.duplicate
    assert (again.turn_id, again.conversation_id) == (first.turn_id, first.conversation_id)
    assert len(ports.jobs(f"turn:{first.conversation_id}")) == 1


def test_a_message_that_comes_many_times_at_once_becomes_one_turn(ports: Ports) -> None:
    sent = message()
    with ThreadPoolExecutor(8) as threads:
        received = list(threads.map(lambda _: ports.inbox.receive(sent, NOW), range(16)))
    assert len({item.turn_id for item in received}) == 1
    assert [item.duplicate for item in received].count(False) == 1
    assert len(ports.jobs(f"turn:{received[0].conversation_id}")) == 1


def test_a_message_repeated_at_once_under_another_alias_is_still_one_turn(ports: Ports) -> None:
    external_id, phone = fresh("wamid"), fresh_phone()
    by_phone = message(phone, channel="whatsapp", external_id=external_id)
    by_bsuid = message(fresh("ID."), channel="whatsapp", external_id=external_id)
    with ThreadPoolExecutor(8) as threads:
        received = list(
            threads.map(lambda item: ports.inbox.receive(item, NOW), [by_phone, by_bsuid] * 6)
        )
    assert len({item.turn_id for item in received}) == 1
    assert [item.duplicate for item in received].count(False) == 1


def test_messages_of_a_new_chat_that_come_at_once_open_one_conversation(ports: Ports) -> None:
    chat = fresh("chat")
    with ThreadPoolExecutor(8) as threads:
        received = list(threads.map(lambda _: ports.inbox.receive(message(chat), NOW), range(12)))
    assert len({item.conversation_id for item in received}) == 1
    assert len({item.turn_id for item in received}) == 12


def test_the_same_ids_on_another_channel_or_in_the_simulator_are_other_chats(ports: Ports) -> None:
    chat, external_id = fresh("chat"), fresh("m")
    places = [("telegram", "live"), ("whatsapp", "live"), ("telegram", "simulator")]
    received = [
        ports.inbox.receive(
            message(chat, channel=channel, namespace=namespace, external_id=external_id), NOW
        )
        for channel, namespace in places
    ]
    assert len({item.conversation_id for item in received}) == 3
    assert not any(item.duplicate for item in received)
    turn = ports.inbox.turn(received[2].turn_id)
    assert turn.conversation.address.namespace == "simulator"


def test_each_citizen_of_a_group_has_a_conversation_of_their_own(ports: Ports) -> None:
    chat = fresh("group")
    ani, budi = receive(
        ports, message(chat, user="ani", group=True), message(chat, user="budi", group=True)
    )
    assert ani.conversation_id != budi.conversation_id


def test_a_citizen_keeps_the_conversation_when_the_phone_gives_way_to_a_bsuid(
    ports: Ports,
) -> None:
    phone, bsuid = fresh_phone(), fresh("ID.")
    first = receive(ports, message(phone, channel="whatsapp"))
    both = receive(ports, message(bsuid, channel="whatsapp", aliases=(phone,)))
    alone = receive(ports, message(bsuid, channel="whatsapp"))
    assert first.conversation_id == both.conversation_id == alone.conversation_id
    assert ports.inbox.turn(alone.turn_id).conversation.address.chat == bsuid


def test_two_conversations_of_one_citizen_become_the_older_one(ports: Ports) -> None:
    phone, bsuid = fresh_phone(), fresh("ID.")
    older = receive(ports, message(phone, channel="whatsapp"))
    younger = receive(ports, message(bsuid, channel="whatsapp"))
    assert older.conversation_id != younger.conversation_id
    ports.inbox.verify_phone(younger.conversation_id, phone)
    [outbox_id] = ports.inbox.answer(younger.turn_id, [Reply("?", (Choice("Ya", "setuju"),))], {})
    ports.hold(younger.conversation_id)
    [choice_id] = ports.outbox.message(outbox_id).choice_ids
    merged = receive(
        ports,
        message(bsuid, channel="whatsapp", aliases=(phone,), kind="choice", choice_id=choice_id),
    )
    by_phone = receive(ports, message(phone, channel="whatsapp"))
    assert merged.conversation_id == by_phone.conversation_id == older.conversation_id
    turn = ports.inbox.turn(merged.turn_id)
    assert turn.conversation.held_by_officer, "an officer's chat must not go back to the bot"
    assert turn.conversation.verified_phone == phone
    assert turn.choice is not None, "buttons shown before still work"


def test_a_verified_phone_stays_when_a_later_message_brings_none(ports: Ports) -> None:
    chat, phone = fresh("chat"), fresh_phone()
    receive(ports, message(chat, phone=phone))
    later = receive(ports, message(chat))
    assert ports.inbox.turn(later.turn_id).conversation.verified_phone == phone


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("syarat\x00 PBG", "syarat PBG"),
        ("a\ud83d\ude00b", "a😀b"),
        ("a\ud83db", "a\ufffdb"),
        ("👨‍👩‍👧 ‮terbalik\u200b", "👨‍👩‍👧 ‮terbalik\u200b"),
        ("'; drop table turns; --", "'; drop table turns; --"),
        ("x" * 20_000, "x" * 20_000),
        ("", ""),
    ],
)
def test_no_text_is_too_odd_to_be_stored(ports: Ports, text: str, stored: str) -> None:
    sent = message(
        text=text,
        choice_id="\x00",
        media=(InboundMedia("document", "f\x00", "a/\ud800", 1, "nama\x00.pdf"),),
        reply_to="\x00m",
    )
    turn = ports.inbox.turn(ports.inbox.receive(sent, NOW).turn_id)
    assert turn.message.text == stored
    assert turn.message.media[0].file_name == "nama.pdf"
    assert turn.choice is None


def test_even_ids_with_nul_find_their_duplicate(ports: Ports) -> None:
    sent = message(f"{fresh()}\x00", external_id=f"{fresh()}\x00")
    assert not ports.inbox.receive(sent, NOW).duplicate
    assert ports.inbox.receive(sent, NOW).duplicate


def test_replies_go_to_the_outbox_with_one_delivery_each(ports: Ports) -> None:
    received = receive(ports, message())
    replies = [
        Reply("Syaratnya ini.", media=(ReplyMedia("location", location=(-7.0, 109.5)),)),
        Reply("Mau lanjut?", (Choice("Ya", "setuju"), Choice("Web", url="https://oss.go.id"))),
    ]
    ids = ports.inbox.answer(received.turn_id, replies, {"dialogue": 12.5})
    stored = ports.outbox.of_turn(received.turn_id)
    assert tuple(item.id for item in stored) == ids
    assert [Reply.from_json(item.reply) for item in stored] == replies
    assert [len(item.choice_ids) for item in stored] == [0, 2]
    jobs = ports.jobs(f"out:{received.conversation_id}")
    assert [(job.task, job.queue) for job in jobs] == [(DELIVERY_TASK, DELIVERY_QUEUE)] * 2
    assert [job.arguments for job in jobs] == [{"message_id": item} for item in ids]
    turn = ports.inbox.turn(received.turn_id)
    assert turn.state == "answered"
    assert turn.conversation.last_text == "Mau lanjut?"
    assert turn.conversation.last_turn_at == turn.now


def test_odd_unicode_in_an_answer_is_stored_without_harm(ports: Ports) -> None:
    received = receive(ports, message())
    reply = Reply("a\x00b\ud800", (Choice("Ya\x00", "setuju", {"izin": "PBG\x00"}),))
    [outbox_id] = ports.inbox.answer(received.turn_id, [reply], {})
    stored = Reply.from_json(ports.outbox.message(outbox_id).reply)
    assert stored == Reply("ab\ufffd", (Choice("Ya", "setuju", {"izin": "PBG"}),))


def test_a_turn_is_closed_once_and_repetitions_give_the_first_answer(ports: Ports) -> None:
    received = receive(ports, message())
    first = ports.inbox.answer(received.turn_id, [Reply("satu")], {})
    assert ports.inbox.answer(received.turn_id, [Reply("dua")], {}) == first
    assert ports.inbox.fail(received.turn_id, Reply("maaf"), "x") == first
    ports.inbox.hold(received.turn_id)
    assert ports.inbox.turn(received.turn_id).state == "answered"
    assert [item.reply["text"] for item in ports.outbox.of_turn(received.turn_id)] == ["satu"]
    assert len(ports.jobs(f"out:{received.conversation_id}")) == 1
    assert ports.opened(received.conversation_id) == []


def test_two_workers_that_close_one_turn_at_once_answer_once(ports: Ports) -> None:
    received = receive(ports, message())
    with ThreadPoolExecutor(6) as threads:
        ids = list(
            threads.map(
                lambda number: ports.inbox.answer(received.turn_id, [Reply(f"{number}")], {}),
                range(6),
            )
        )
    assert len(set(ids)) == 1
    assert len(ports.outbox.of_turn(received.turn_id)) == 1


def test_a_held_turn_gets_no_answer(ports: Ports) -> None:
    received = receive(ports, message())
    ports.inbox.hold(received.turn_id)
    assert ports.inbox.turn(received.turn_id).state == "held"
    assert list(ports.outbox.of_turn(received.turn_id)) == []
    assert ports.inbox.answer(received.turn_id, [Reply("terlambat")], {}) == ()


def test_a_failed_turn_is_answered_and_opened_to_an_officer(ports: Ports) -> None:
    received = receive(ports, message())
    ids = ports.inbox.fail(received.turn_id, Reply("Mohon maaf."), "rasa\x00")
    assert ports.inbox.turn(received.turn_id).state == "failed"
    assert [item.id for item in ports.outbox.of_turn(received.turn_id)] == list(ids)
    assert ports.opened(received.conversation_id) == [(f"turn:{received.turn_id}", "turn_failed")]


def test_an_urgent_answer_opens_the_conversation_to_an_officer(ports: Ports) -> None:
    received = receive(ports, message())
    ports.inbox.answer(received.turn_id, [Reply("Tiket Anda.", urgent=True)], {})
    assert ports.opened(received.conversation_id) == [(f"turn:{received.turn_id}", "urgent")]


def test_attempts_are_counted_until_the_turn_is_closed(ports: Ports) -> None:
    received = receive(ports, message())
    assert ports.inbox.begin(received.turn_id).attempts == 1
    assert ports.inbox.begin(received.turn_id).attempts == 2
    ports.inbox.answer(received.turn_id, [Reply("a")], {})
    assert ports.inbox.begin(received.turn_id).attempts == 2


def test_a_tapped_choice_is_resolved_in_its_own_conversation_only(ports: Ports) -> None:
    chat = fresh("chat")
    received = receive(ports, message(chat))
    entities = {"nomor_permohonan": "503/0001/PBG/2026", "n": [1, {"a": None}]}
    [outbox_id] = ports.inbox.answer(
        received.turn_id, [Reply("?", (Choice("Cek", "cek_status", entities),))], {}
    )
    [choice_id] = ports.outbox.message(outbox_id).choice_ids
    assert len(choice_id.encode()) <= 64
    mine = receive(ports, message(chat, kind="choice", choice_id=choice_id))
    theirs = receive(ports, message(kind="choice", choice_id=choice_id))
    assert ports.inbox.turn(mine.turn_id).choice == {
        "intent": "cek_status",
        "entities": entities,
        "title": "Cek",
    }
    assert ports.inbox.turn(theirs.turn_id).choice is None


def test_an_unknown_choice_is_none(ports: Ports) -> None:
    received = receive(ports, message(kind="choice", choice_id="batal"))
    assert ports.inbox.turn(received.turn_id).choice is None


def test_stored_files_are_remembered_with_the_turn(ports: Ports) -> None:
    received = receive(ports, message())
    ids = (str(uuid.uuid4()), str(uuid.uuid4()))
    ports.inbox.set_media(received.turn_id, ids)
    assert ports.inbox.turn(received.turn_id).media_ids == ids


def test_a_file_of_no_chat_becomes_one_of_the_turns_chat_and_no_other_does(ports: Ports) -> None:
    received, theirs = receive(ports, message(), message(fresh()))
    chat, other = (ports.inbox.turn(r.turn_id).conversation.id for r in (received, theirs))
    item = InboundMedia("document", "f1", "text/plain", 3, "a.txt")
    free = ports.media.put(item, b"abc", None)
    owned = ports.media.put(item, b"def", other)
    ports.inbox.set_media(received.turn_id, (free, owned))
    assert ports.owner_of_file(free) == chat
    assert ports.owner_of_file(owned) == other


@pytest.mark.parametrize("turn_id", [str(uuid.uuid4()), "bukan-id", "\x00"])
def test_an_unknown_turn_is_not_found(ports: Ports, turn_id: str) -> None:
    with pytest.raises(NotFound):
        ports.inbox.turn(turn_id)
    with pytest.raises(NotFound):
        ports.inbox.begin(turn_id)
    with pytest.raises(NotFound):
        ports.inbox.answer(turn_id, [Reply("a")], {})


def test_what_could_not_be_understood_is_kept_as_it_came(ports: Ports) -> None:
    channel = fresh("channel")
    ports.inbox.keep_for_review(channel, b"\x00\xff{", "not\x00 json", NOW)
    assert ports.reviews(channel) == [b"\x00\xff{"]
