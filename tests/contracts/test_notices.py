"""The port Notices, and how WhatsApp's window and the citizen's next message meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from izin.conversations import DeliveryReceipt
from izin.following import Notice, NoticeKind
from izin.replies import Choice, Reply
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message

LATER = NOW + timedelta(hours=25)


def chat(ports: Ports, chat_id: str | None = None, **changes: Any) -> str:
    return ports.inbox.receive(message(chat_id, **changes), NOW).conversation_id


def notice(conversation_id: str, text: str = "Kabar", **changes: Any) -> Notice:
    made = Notice(conversation_id, fresh("notice"), NoticeKind.STAGE, Reply(text),
                  late_intro="Sementara itu ada kabar:")  # fmt: skip
    return replace(made, **changes)


def sent(ports: Ports, conversation_id: str) -> list[str]:
    jobs = ports.jobs(f"out:{conversation_id}")
    return [ports.outbox.message(job.arguments["message_id"]).reply["text"] for job in jobs]


def last_id(ports: Ports, conversation_id: str) -> str:
    return str(ports.jobs(f"out:{conversation_id}")[-1].arguments["message_id"])


def test_a_notice_goes_out_once_per_key(ports: Ports) -> None:
    here = chat(ports)
    news = notice(here)
    assert ports.notices.push(news, NOW)
    assert not ports.notices.push(news, NOW)
    assert sent(ports, here) == ["Kabar"]


def test_a_notice_waits_for_its_time(ports: Ports) -> None:
    here = chat(ports)
    ports.notices.push(notice(here, not_before=LATER), NOW)
    ports.notices.release(LATER - timedelta(seconds=1))
    assert sent(ports, here) == []
    ports.notices.release(LATER)
    ports.notices.release(LATER)
    assert sent(ports, here) == ["Kabar"]


def test_later_news_on_the_same_subject_replaces_what_still_waits(ports: Ports) -> None:
    here = chat(ports)
    for text, subject in (("lama", "503/1"), ("lain", "503/2"), ("baru", "503/1")):
        ports.notices.push(notice(here, text, subject=subject, not_before=LATER), NOW)
    ports.notices.release(LATER)
    assert sent(ports, here) == ["lain", "baru"]


def test_outside_whatsapps_window_a_kind_without_template_waits_for_the_citizen(
    ports: Ports,
) -> None:
    number = fresh("62")
    here = chat(ports, number, channel="whatsapp")
    ports.notices.push(notice(here, "satu"), LATER)
    ports.notices.push(notice(here, "dua"), LATER)
    ports.notices.release(LATER + timedelta(days=1))
    assert sent(ports, here) == []
    chat(ports, number, channel="whatsapp")
    assert sent(ports, here) == ["Sementara itu ada kabar:\n\nsatu\n\ndua"]
    chat(ports, number, channel="whatsapp")
    assert len(sent(ports, here)) == 1


def test_a_kind_with_a_template_goes_out_and_tells_what_the_template_needs(ports: Ports) -> None:
    here = chat(ports, channel="whatsapp")
    news = notice(here, kind=NoticeKind.RETURNED, values=("503/1", "KTP; denah"))
    ports.notices.push(news, LATER)
    message_sent = ports.outbox.message(last_id(ports, here))
    assert message_sent.notice_kind == "returned"
    assert message_sent.template_values == ("503/1", "KTP; denah")


@pytest.mark.parametrize(
    "changes", [{"channel": "telegram"}, {"channel": "whatsapp", "namespace": "simulator"}]
)
def test_only_real_whatsapp_chats_have_a_window(ports: Ports, changes: dict[str, Any]) -> None:
    here = chat(ports, **changes)
    ports.notices.push(notice(here), LATER)
    assert sent(ports, here) == ["Kabar"]


def test_a_notice_the_platform_did_not_take_is_told_at_the_next_message(ports: Ports) -> None:
    number = fresh("62")
    here = chat(ports, number, channel="whatsapp")
    choice = Choice("Berhenti", "ubah_langganan", {"langkah": "berhenti"})
    ports.notices.push(notice(here, reply=Reply("Kabar", (choice,))), NOW)
    first = last_id(ports, here)
    assert ports.outbox.put_back(first, "WindowClosed", "131047", LATER)
    assert ports.outbox.message(first).state == "failed"
    assert ports.opened(here) == [], "no officer is needed"
    chat(ports, number, channel="whatsapp")
    again = ports.outbox.message(last_id(ports, here))
    assert again.reply["text"] == "Sementara itu ada kabar:\n\nKabar"
    assert [item["title"] for item in again.reply["choices"]] == ["Berhenti"]


def test_an_answer_is_no_notice_to_put_back(ports: Ports) -> None:
    received = ports.inbox.receive(message(channel="whatsapp"), NOW)
    [outbox_id] = ports.inbox.answer(received.turn_id, [Reply("jawab")], {})
    assert not ports.outbox.put_back(outbox_id, "WindowClosed", "131047", LATER)
    assert ports.outbox.message(outbox_id).state == "waiting"


def test_a_late_refusal_by_receipt_keeps_the_notice_too(ports: Ports) -> None:
    number, external = fresh("62"), fresh("wamid")
    here = chat(ports, number, channel="whatsapp")
    ports.notices.push(notice(here), NOW)
    ports.outbox.part_accepted(last_id(ports, here), 0, external, 1, NOW)
    ports.outbox.receipt(DeliveryReceipt("whatsapp", external, "failed", NOW, "131047"))
    assert ports.opened(here) == []
    chat(ports, number, channel="whatsapp")
    assert sent(ports, here)[-1] == "Sementara itu ada kabar:\n\nKabar"


def test_another_failure_by_receipt_still_opens_the_chat_to_an_officer(ports: Ports) -> None:
    external = fresh("wamid")
    here = chat(ports, channel="whatsapp")
    ports.notices.push(notice(here), NOW)
    ports.outbox.part_accepted(last_id(ports, here), 0, external, 1, NOW)
    ports.outbox.receipt(DeliveryReceipt("whatsapp", external, "failed", NOW, "131026"))
    assert [reason for _, reason in ports.opened(here)] == ["delivery_failed"]


def test_an_alert_to_a_phone_waits_for_no_time_but_for_the_window(ports: Ports) -> None:
    phone, number = fresh_phone(), fresh("62")
    here = chat(ports, number, channel="whatsapp", phone=phone)
    assert ports.notices.push_to_phone(
        phone, Reply("Dikunci"), fresh("lock"), LATER, NoticeKind.SECURITY, "Sementara itu:"
    )
    assert sent(ports, here) == []
    chat(ports, number, channel="whatsapp")
    assert sent(ports, here) == ["Sementara itu:\n\nDikunci"]


def test_a_moved_clock_releases_nothing_to_a_real_chat(ports: Ports) -> None:
    here = chat(ports)
    ports.notices.push(notice(here, not_before=LATER), NOW)
    ports.notices.release(LATER, simulator_only=True)
    assert sent(ports, here) == []


def test_a_notice_waits_until_the_officer_lets_the_chat_go(ports: Ports) -> None:
    here = chat(ports)
    ports.officers.claim(here, "sari", "Petugas", Reply("Saya petugas."), NOW)
    ports.notices.push(notice(here), NOW)
    ports.notices.push(notice(here, "nanti", not_before=LATER), NOW)
    ports.notices.release(LATER)
    assert sent(ports, here) == ["Saya petugas."]
    ports.officers.release(here, "sari", Reply("Selesai."), LATER)
    ports.notices.release(LATER)
    assert sent(ports, here) == ["Saya petugas.", "Selesai.", "Kabar", "nanti"]


def test_what_waits_for_the_citizen_is_not_told_into_an_officers_conversation(
    ports: Ports,
) -> None:
    number = fresh("62")
    here = chat(ports, number, channel="whatsapp")
    ports.notices.push(notice(here), LATER)
    ports.hold(here)
    chat(ports, number, channel="whatsapp")
    assert sent(ports, here) == []


def test_an_alert_reaches_a_chat_that_an_officer_holds(ports: Ports) -> None:
    phone = fresh_phone()
    here = chat(ports, phone=phone)
    ports.hold(here)
    ports.notices.push_to_phone(phone, Reply("Dikunci"), fresh("lock"), NOW, NoticeKind.SECURITY)
    assert sent(ports, here) == ["Dikunci"]


BLOCKED = [("telegram", "403"), ("whatsapp", "131026")]


@pytest.mark.parametrize(("channel", "code"), BLOCKED)
def test_to_a_citizen_who_blocked_the_bot_notices_stop_with_one_escalation(
    ports: Ports, channel: str, code: str
) -> None:
    number = fresh("62")
    here = chat(ports, number, channel=channel)
    for text in ("satu", "dua"):  # both on their way when the first one fails
        ports.notices.push(notice(here, text, subject=text), NOW)
    ports.notices.push(notice(here, "tiga", not_before=LATER), NOW)
    for job in ports.jobs(f"out:{here}"):
        assert ports.outbox.put_back(job.arguments["message_id"], "Undeliverable", code, NOW)
    ports.notices.push(notice(here, "dua lagi", subject="dua"), NOW)
    ports.notices.push(notice(here, "satu lagi", subject="satu", not_before=LATER), NOW)
    ports.notices.release(LATER)
    assert sent(ports, here) == ["satu", "dua"], "nothing more was tried"
    assert [reason for _, reason in ports.opened(here)] == ["delivery_failed"]
    chat(ports, number, channel=channel)
    told = "Sementara itu ada kabar:\n\ntiga\n\ndua lagi\n\nsatu lagi"
    assert sent(ports, here)[2:] == [told]
    ports.notices.push(notice(here, "empat"), NOW)
    assert sent(ports, here)[3:] == ["empat"], "one who writes is reached again"


@pytest.mark.parametrize(("channel", "code"), BLOCKED)
def test_an_answer_that_a_blocked_chat_did_not_take_is_not_held(
    ports: Ports, channel: str, code: str
) -> None:
    received = ports.inbox.receive(message(channel=channel), NOW)
    [outbox_id] = ports.inbox.answer(received.turn_id, [Reply("jawab")], {})
    assert not ports.outbox.put_back(outbox_id, "Undeliverable", code, LATER)
    assert ports.opened(received.conversation_id) == []


def test_a_block_told_by_receipt_stops_notices_too(ports: Ports) -> None:
    number, external = fresh("62"), fresh("wamid")
    here = chat(ports, number, channel="whatsapp")
    ports.notices.push(notice(here), NOW)
    ports.outbox.part_accepted(last_id(ports, here), 0, external, 1, NOW)
    ports.outbox.receipt(DeliveryReceipt("whatsapp", external, "failed", NOW, "131026"))
    ports.notices.push(notice(here, "lagi"), NOW)
    assert sent(ports, here) == ["Kabar"]
    assert len(ports.opened(here)) == 1
