"""A complaint from its story to its ticket, and its state afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

from ops.journeys.chat import Chat
from tests.journeys.stack import Stack

TICKET = re.compile(r"\btiket (ADU-[A-Z0-9]{4}-[A-Z0-9]{2})\b")
STORY = "mau lapor, pengurusan PBG saya lama sekali, sudah tiga bulan tidak ada kabar"
JPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////2Q=="


def complaints_of(stack: Stack, chat: Chat) -> list[dict[str, object]]:
    return [
        dict(row)
        for row in stack.rows(
            "select * from complaints where conversation_id = :conversation",
            conversation=stack.conversation(chat.name),
        )
    ]


def file_one(chat: Chat, at=None) -> str:
    """Go the whole way; gives the ticket."""
    chat.say(STORY, at)
    chat.say("di loket kecamatan", at)
    chat.tap("Lewati", at)
    chat.tap("Biasa", at)
    said = chat.tap("Kirim", at)
    found = TICKET.search(said.text)
    assert found, said.text
    return found[1]


def test_a_complaint_goes_from_its_story_to_a_ticket_with_dates_and_its_state_is_told(
    stack: Stack, chat: Chat
) -> None:
    at = stack.open_at()
    assert "lapor" not in chat.say(STORY, at).choices
    chat.say("di loket kecamatan", at)
    chat.tap("Lewati", at)
    summary = chat.tap("Biasa", at)
    assert summary.tells([STORY, "loket kecamatan", stack.permit("PBG").short_name])
    assert complaints_of(stack, chat) == []

    said = chat.tap("Kirim", at)
    [kept] = complaints_of(stack, chat)
    assert TICKET.search(said.text)[1] == kept["ticket"]  # type: ignore[index]
    complaint_class = stack.catalogue.complaint_classes()[str(kept["class_code"])]
    first = stack.calendar.add_working_days(at.date(), 3)
    decision = min(
        stack.calendar.add_working_days(at.date(), complaint_class.resolve_working_days).day,
        at.date() + timedelta(days=60),
    )
    assert said.tells([stack.wording.date(first.day), stack.wording.date(decision)])
    assert said.tells([str(kept["owner"]), complaint_class.label])
    assert (kept["category"], kept["permit_code"], kept["story"]) == ("KETERLAMBATAN", "PBG", STORY)

    state = chat.say("pengaduan saya gimana?", at)
    assert state.tells([str(kept["ticket"]), "diterima", stack.wording.date(first.day)])
    stranger = stack.chat(chat.channel)
    assert STORY not in stranger.say(f"cek tiket {kept['ticket']}", at)


def test_an_interrupting_question_is_answered_and_the_complaint_goes_on(
    stack: Stack, chat: Chat
) -> None:
    chat.say(STORY)
    said = chat.say("oh ya, berapa biaya slf?")
    assert said.tells([stack.permit("SLF").official_name, "Rp0"])
    assert said.tells(["belum terkirim", "Di mana kejadiannya"])
    chat.say("di loket kecamatan")
    chat.tap("Lewati")
    chat.tap("Biasa")
    assert TICKET.search(chat.tap("Kirim").text)
    assert len(complaints_of(stack, chat)) == 1


def test_a_part_can_be_corrected_before_sending(stack: Stack, chat: Chat) -> None:
    chat.say(STORY)
    chat.say("di loket kecamatan")
    chat.tap("Lewati")
    chat.tap("Biasa")
    chat.tap("Perbaiki")
    chat.tap("Tempat")
    summary = chat.say("di kantor dinas")
    assert "kantor dinas" in summary and "loket kecamatan" not in summary
    chat.tap("Kirim")
    [kept] = complaints_of(stack, chat)
    assert kept["place"] == "kantor dinas"


def test_a_cancelled_complaint_leaves_nothing(stack: Stack, chat: Chat) -> None:
    chat.say(STORY)
    said = chat.say("batal aja deh")
    assert "dibatalkan" in said
    assert complaints_of(stack, chat) == []
    assert "Rp0" in chat.say("biaya slf")


def test_extortion_is_confidential_at_once_and_opens_the_conversation_to_a_human(
    stack: Stack, chat: Chat
) -> None:
    said = chat.say("saya dimintai uang pelicin oleh oknum supaya izin cepat keluar, mau lapor")
    assert "dirahasiakan" in said
    assert (
        stack.one(
            "select count(*) from escalations"
            " where conversation_id = :conversation and reason = 'urgent'",
            conversation=stack.conversation(chat.name),
        )
        >= 1
    )
    assert "nomor permohonan" not in chat.say("di loket")
    summary = chat.tap("Lewati")
    assert summary.tells(["Pungli", "Identitas: Rahasia"])
    said = chat.tap("Kirim")
    ticket = TICKET.search(said.text)
    assert ticket
    assert complaints_of(stack, chat) == [], "it is kept apart from the others"
    assert "menunggu ditangani" in chat.say(f"cek tiket {ticket[1]}")


def test_an_anonymous_complaint_is_found_by_its_ticket_in_its_own_chat_alone(
    stack: Stack, chat: Chat
) -> None:
    chat.say(STORY)
    chat.say("di loket kecamatan")
    chat.tap("Lewati")
    chat.tap("Anonim")
    ticket = TICKET.search(chat.tap("Kirim").text)
    assert ticket
    assert complaints_of(stack, chat) == []
    assert "Belum ada aduan" in chat.say("aduan saya gimana")
    assert "menunggu ditangani" in chat.say(f"cek tiket {ticket[1]}")
    elsewhere = stack.chat(chat.channel)
    assert "tidak menemukan" in elsewhere.say(f"cek tiket {ticket[1]}")


def test_a_photo_and_a_location_become_part_of_the_complaint(stack: Stack, chat: Chat) -> None:
    chat.say(STORY)
    chat.send(photo=JPEG)
    chat.send(location=[-7.02, 109.61])
    chat.tap("Lewati")
    summary = chat.tap("Biasa")
    assert "1 berkas" in summary
    chat.tap("Kirim")
    [kept] = complaints_of(stack, chat)
    assert len(kept["media_ids"]) == 1  # type: ignore[arg-type]
    assert "-7" in str(kept["place"])


def test_the_clock_finds_an_overdue_first_response_once(stack: Stack, chat: Chat) -> None:
    ticket = file_one(chat, stack.open_at())
    later = (stack.open_at() + timedelta(days=30)).isoformat()
    ran = stack.http.post("/simulator/api/clock", json={"at": later}).json()["ran"]
    assert ran["escalate_overdue_complaints"] >= 1
    again = stack.http.post("/simulator/api/clock", json={"at": later}).json()["ran"]
    assert again["escalate_overdue_complaints"] == 0
    said = chat.say(f"cek tiket {ticket}")
    assert said.tells([ticket, "terlambat"])
