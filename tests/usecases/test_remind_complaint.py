"""The one reminder of a complaint that was begun and not sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from izin.conversations import ChatAddress, InboundMessage
from izin.following import QuietHours
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.left_tasks import MemoryLeftTasks
from izin.storage.memory.notices import MemoryNotices
from izin.usecases.remind_complaint import RemindComplaint
from tests.usecases.long_dialogues import NOW, WORDING, World, office_book, said, tap, turn

STORY = "Berkas PBG saya sudah dua bulan tidak ada kabar sama sekali"


@pytest.fixture
def world() -> World:
    return World()


def job(world: World, quiet: QuietHours | None = None) -> RemindComplaint:
    tasks = MemoryLeftTasks(world.data, world.drafts)
    return RemindComplaint(tasks, MemoryNotices(world.data), office_book(), WORDING, quiet)


def begin(world: World, channel: str = "telegram") -> str:
    address = ChatAddress(channel, f"left-{channel}")  # type: ignore[arg-type]
    message = InboundMessage(address, f"left-{channel}", "text", NOW)
    chat = MemoryInbox(world.data).receive(message, NOW).conversation_id
    world.complaint.start(turn(STORY, "lapor_pengaduan", conversation_id=chat))
    return chat


def test_two_hours_of_silence_bring_one_reminder_that_names_the_deletion(world: World) -> None:
    chat = begin(world)
    reminding = job(world)
    assert reminding.run(NOW + timedelta(hours=1, minutes=59)) == 0
    assert reminding.run(NOW + timedelta(hours=2)) == 1
    assert reminding.run(NOW + timedelta(hours=5)) == 0
    [text] = world.pushed(chat)
    assert "belum terkirim" in text
    assert "7 hari" in text


def test_nobody_is_reminded_at_night(world: World) -> None:
    begin(world)
    night = QuietHours(time(20), time(7))
    evening = NOW.replace(hour=14)  # 21.00 in the office
    assert job(world, night).run(evening) == 0
    assert job(world, night).run(NOW + timedelta(days=1)) == 1


@pytest.mark.parametrize(("channel", "reminders"), [("telegram", 1), ("whatsapp", 0)])
def test_whatsapp_is_only_reminded_within_its_window(
    world: World, channel: str, reminders: int
) -> None:
    begin(world, channel)
    assert job(world).run(NOW + timedelta(hours=24)) == reminders


def test_a_complaint_that_was_sent_or_cancelled_is_not_reminded_of(world: World) -> None:
    chat = begin(world)
    world.complaint.step(turn("batal", "batal", conversation_id=chat))
    assert job(world).run(NOW + timedelta(hours=3)) == 0


def test_the_reminders_buttons_go_on_or_delete_the_draft(world: World) -> None:
    chat = begin(world)
    go_on = replace(tap("lapor_pengaduan", langkah="lanjut"), conversation_id=chat)
    assert "Di mana" in said(world.dialogue.start(go_on)).text
    drop = replace(tap("lapor_pengaduan", langkah="hapus"), conversation_id=chat)
    assert "dibatalkan" in said(world.dialogue.start(drop)).text
    assert not world.complaint.open(turn(conversation_id=chat))
