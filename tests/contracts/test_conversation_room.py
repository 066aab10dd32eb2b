"""The ports ConversationRoom and CannedReplies, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from izin.canned_replies import CannedReply
from izin.conversation_room import PAGE, Note, NoteKind, Scheduled
from izin.conversations import DeliveryReceipt, InboundMedia
from izin.errors import InvalidInput, NotFound
from izin.ports import CannedReplies, ConversationRoom
from izin.replies import Choice, Reply
from izin.storage.memory.conversation_room import MemoryCannedReplies, MemoryConversationRoom
from izin.storage.postgres.canned_replies import PostgresCannedReplies
from izin.storage.postgres.conversation_room import PostgresConversationRoom
from tests.contracts.conversation_ports import (
    Ports,
    fresh,
    fresh_phone,
    memory_ports,
    message,
    postgres_ports,
)

MINUTE = timedelta(minutes=1)
ANI = "5f0d0c9e-0000-4000-8000-00000000000a"


@dataclass
class World:
    """One storage with its conversation side and the room over it."""

    ports: Ports
    room: ConversationRoom
    canned: CannedReplies

    def chat(self, at: datetime | None = None, **changes: object) -> str:
        given = message(**changes)  # type: ignore[arg-type]
        return self.ports.inbox.receive(given, at or datetime.now(UTC)).conversation_id

    def jobs(self, here: str) -> list[str]:
        return [job.arguments["message_id"] for job in self.ports.jobs(f"out:{here}")]


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "memory":
        ports = memory_ports()
        room = MemoryConversationRoom(ports.inbox.data)  # type: ignore[attr-defined]
        yield World(ports, room, MemoryCannedReplies())
        return
    ports = postgres_ports(request.getfixturevalue("module_database_url"), tmp_path)
    engine = ports.inbox._engine  # type: ignore[attr-defined]
    yield World(ports, PostgresConversationRoom(engine), PostgresCannedReplies(engine))
    ports.close()


def note(here: str, **changes: object) -> Note:
    made = Note(here, fresh("note"), ANI, NoteKind.NOTE, datetime.now(UTC), "cek berkasnya")
    return replace(made, **changes)  # type: ignore[arg-type]


def later(here: str, due_at: datetime, **changes: object) -> Scheduled:
    made = Scheduled("", here, fresh("later"), ANI, "Sudah siap", "Sudah siap\n\n— Petugas", due_at)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_head_tells_channel_phone_and_window(world: World) -> None:
    now, phone = datetime.now(UTC), fresh_phone()
    here = world.chat(now, channel="whatsapp", phone=phone)
    head = world.room.head(here)
    assert (head.channel, head.verified_phone, head.held_by_officer) == ("whatsapp", phone, False)
    assert head.window_until() == now + timedelta(hours=24)
    assert head.window_open(now + timedelta(hours=23))
    assert not head.window_open(now + timedelta(hours=24))
    assert world.room.head(world.chat()).window_until() is None
    for unknown in ("x", str(uuid.uuid4())):
        with pytest.raises(NotFound):
            world.room.head(unknown)


def test_a_history_tells_who_said_what_in_order_and_what_became_of_it(world: World) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    first = world.ports.inbox.receive(message(text="syarat PBG apa"), at)
    here = first.conversation_id
    understood = {"intent": "tanya_syarat", "confidence": 0.93, "permit": "PBG"}
    reply = Reply("Syarat [b]PBG[/b] …", (Choice("Biaya", "tanya_biaya"),))
    world.ports.inbox.answer(first.turn_id, [reply], {}, understood)
    world.ports.escalations.open(here, "minta_petugas", datetime.now(UTC), fresh("key"))
    world.ports.officers.claim(here, ANI, "Petugas", Reply("Ada manusia."), datetime.now(UTC))
    world.ports.officers.reply(here, ANI, Reply("Halo"), fresh("once"), datetime.now(UTC))
    world.room.write_note(note(here, at=datetime.now(UTC)))
    page = world.room.history(here)
    assert page.earlier is None
    asked, answered, *rest = page.entries
    assert (asked.kind, asked.text, asked.details["state"]) == (
        "citizen", "syarat PBG apa", "answered",
    )  # fmt: skip
    assert asked.understood is not None
    assert (asked.understood.intent, asked.understood.permit) == ("tanya_syarat", "PBG")
    assert asked.understood.confidence == pytest.approx(0.93)
    assert (answered.kind, answered.choices) == ("bot", ("Biaya",))
    assert answered.delivery is not None
    assert answered.delivery.state == "waiting"
    kinds = [(entry.kind, entry.what, entry.who) for entry in rest]
    assert sorted(kinds) == sorted(
        [
            ("event", "escalated", None),
            ("event", "taken", ANI),
            ("notice", "text", None),
            ("officer", "text", ANI),
            ("note", "catatan", ANI),
        ]
    )
    assert [entry.at for entry in page.entries] == sorted(entry.at for entry in page.entries)


def test_delivery_goes_as_far_as_the_platform_told(world: World) -> None:
    first = world.ports.inbox.receive(message(), datetime.now(UTC))
    here = first.conversation_id
    (sent,) = world.ports.inbox.answer(first.turn_id, [Reply("Halo")], {})

    def state() -> str:
        delivery = world.room.history(here).entries[-1].delivery
        assert delivery is not None
        return delivery.state

    external, at = fresh("wamid"), datetime.now(UTC)
    assert state() == "waiting"
    world.ports.outbox.part_accepted(sent, 0, external, 1, at)
    assert state() == "sent"
    for told in ("sent", "delivered", "read"):
        world.ports.outbox.receipt(DeliveryReceipt("telegram", external, told, at))  # type: ignore[arg-type]
        assert state() == told
    assert world.room.history(here).entries[0].understood is None


def test_a_failed_message_is_sent_again_once_per_press(world: World) -> None:
    first = world.ports.inbox.receive(message(), datetime.now(UTC))
    here = first.conversation_id
    (sent,) = world.ports.inbox.answer(first.turn_id, [Reply("Halo")], {})
    external, at = fresh("wamid"), datetime.now(UTC)
    world.ports.outbox.part_accepted(sent, 0, external, 1, at)
    assert not world.room.send_again(here, sent, "once-0")
    world.ports.outbox.receipt(DeliveryReceipt("telegram", external, "failed", at, "500"))
    failed = world.room.history(here).entries[-2].delivery
    assert failed is not None
    assert (failed.state, failed.code, failed.can_repeat) == ("failed", "500", True)
    other = world.chat()
    assert not world.room.send_again(other, sent, "once-1")
    assert not world.room.send_again(here, "x", "once-1")
    assert world.room.send_again(here, sent, "once-1")
    assert not world.room.send_again(here, sent, "once-1")
    assert world.jobs(here) == [sent, sent]
    waiting = world.ports.outbox.message(sent)
    assert (waiting.state, waiting.sent_parts, waiting.attempts) == ("waiting", 0, 0)
    world.ports.outbox.failed(sent, "Undeliverable", "403", at)
    assert not world.room.send_again(here, sent, "once-1"), "the same press, sent twice"
    assert world.room.send_again(here, sent, "once-2")
    world.ports.outbox.part_accepted(sent, 0, fresh("wamid"), 1, at)
    assert world.ports.outbox.message(sent).state == "accepted"


def test_a_long_history_is_read_page_by_page_without_loss(world: World) -> None:
    begun = datetime.now(UTC) - timedelta(hours=10)
    chat = fresh("chat")
    received = [
        world.ports.inbox.receive(
            message(chat, text=f"pesan {number}"), begun + MINUTE * (number // 3)
        )
        for number in range(PAGE * 2 + 7)
    ]
    here, texts, before = received[0].conversation_id, [], None
    pages = 0
    while True:
        page = world.room.history(here, before)
        texts = [entry.text for entry in page.entries if entry.kind == "citizen"] + texts
        pages, before = pages + 1, page.earlier
        if before is None:
            break
    assert pages == 3
    assert sorted(texts) == sorted(f"pesan {number}" for number in range(PAGE * 2 + 7))
    for wrong in ("kemarin", "2026-13-01_x"):
        with pytest.raises(InvalidInput):
            world.room.history(here, wrong)


def test_files_are_found_only_in_their_own_conversation(world: World) -> None:
    here, other = world.chat(), world.chat()
    media_id = world.ports.media.put(
        InboundMedia("document", "p", "text/plain", 4, "surat.txt"), b"isi.", here
    )
    assert world.room.file(here, media_id).size_bytes == 4
    for conversation, file in ((other, media_id), (here, str(uuid.uuid4())), (here, "x")):
        with pytest.raises(NotFound):
            world.room.file(conversation, file)


def test_notes_are_kept_once_and_found_by_who_is_mentioned(world: World) -> None:
    here, budi = world.chat(), str(uuid.uuid4())
    made = note(here, mentions=(budi,))
    first = world.room.write_note(made)
    assert world.room.write_note(made) == first
    newer = world.room.write_note(note(here, mentions=(budi,), at=made.at + MINUTE))
    assert [item.note_id for item in world.room.mentions_of(budi)] == [newer, first]
    assert [item.note_id for item in world.room.mentions_of(budi, 1)] == [newer]
    assert not world.room.mentions_of(str(uuid.uuid4()))
    assert not world.room.mentions_of("x")
    assert [entry.kind for entry in world.room.history(here).entries[1:]] == ["note", "note"]


def test_a_message_kept_for_later_leaves_once_at_its_time(world: World) -> None:
    now = datetime.now(UTC)
    here = world.chat(now)
    due = later(here, now - MINUTE)
    scheduled_id = world.room.schedule(due, now)
    assert world.room.schedule(due, now) == scheduled_id
    world.room.schedule(later(here, now + MINUTE), now)
    assert len(world.room.scheduled(here)) == 2
    assert world.room.send_due(now) == 1
    assert world.room.send_due(now) == 0
    assert len(world.jobs(here)) == 1
    entry = world.room.history(here).entries[-1]
    assert (entry.kind, entry.what, entry.who, entry.text) == (
        "officer", "scheduled", ANI, due.signed,
    )  # fmt: skip
    (left,) = world.room.scheduled(here)
    assert not world.room.cancel_scheduled(world.chat(), left.id)
    assert world.room.cancel_scheduled(here, left.id)
    assert not world.room.cancel_scheduled(here, left.id)
    assert not world.room.cancel_scheduled(here, scheduled_id)
    assert not world.room.scheduled(here)


def test_a_later_message_fails_visibly_outside_the_window_and_ignores_a_moved_clock(
    world: World,
) -> None:
    now = datetime.now(UTC)
    closed = world.chat(now - timedelta(hours=30), channel="whatsapp")
    moved = world.chat(now)
    world.room.schedule(later(closed, now - MINUTE), now)
    world.room.schedule(later(moved, now + timedelta(days=2)), now)
    assert world.room.send_due(now + timedelta(days=3)) == 1
    (failed,) = world.room.scheduled(closed)
    assert failed.state == "failed"
    assert [reason for _, reason in world.ports.opened(closed)] == ["delivery_failed"]
    assert world.jobs(closed) == world.jobs(moved) == []
    assert world.room.cancel_scheduled(closed, failed.id)


def test_beside_the_history_stand_holds_that_are_over(world: World) -> None:
    here, now = world.chat(), datetime.now(UTC)
    assert world.room.background(here).handlings == ()
    world.ports.officers.claim(here, ANI, "Petugas", Reply("Ada."), now)
    world.ports.officers.release(here, ANI, Reply("Selesai."), now + MINUTE)
    (over,) = world.room.background(here).handlings
    assert (over.officer, over.ended_by) == (ANI, "petugas")


def test_what_only_has_to_be_looked_at_is_settled_and_wishes_stay_open(world: World) -> None:
    here, now = world.chat(), datetime.now(UTC)
    assert not world.room.open_reasons(here)
    for reason in ("delivery_failed", "minta_petugas", "delivery_failed"):
        world.ports.escalations.open(here, reason, now, fresh("key"))
    assert tuple(world.room.open_reasons(here)) == ("delivery_failed", "minta_petugas")
    assert world.room.settle(here, now)
    assert not world.room.settle(here, now)
    assert tuple(world.room.open_reasons(here)) == ("minta_petugas",)


def test_notes_and_later_messages_follow_when_two_chats_are_one_citizen(world: World) -> None:
    bsuid, phone = fresh("bsuid"), fresh("phone")
    older = world.chat(channel="whatsapp", chat=phone)
    younger = world.chat(channel="whatsapp", chat=bsuid)
    world.room.write_note(note(younger))
    world.chat(channel="whatsapp", chat=bsuid, aliases=(phone, bsuid))
    kinds = [entry.kind for entry in world.room.history(older).entries]
    assert "note" in kinds


def test_canned_replies_are_kept_changed_and_switched_off(world: World) -> None:
    key, title = fresh("key"), fresh("judul")
    made = CannedReply("", title, "Berkas", "Halo {petugas}")
    first = world.canned.add(made, key)
    assert world.canned.add(made, key) == first
    assert world.canned.reply(first) == replace(made, id=first)
    assert title in [item.title for item in world.canned.replies()]
    world.canned.change(replace(made, id=first, text="Hai", active=False))
    assert title not in [item.title for item in world.canned.replies()]
    assert title in [item.title for item in world.canned.replies(active_only=False)]
    for unknown in ("x", str(uuid.uuid4())):
        with pytest.raises(NotFound):
            world.canned.reply(unknown)
        with pytest.raises(NotFound):
            world.canned.change(replace(made, id=unknown))
