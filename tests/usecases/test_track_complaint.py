"""Following a complaint up, by ticket or as "my complaints"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from izin.complaints import (
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.office import DueDate
from izin.replies import Reply
from tests.usecases.long_dialogues import NOW, World, readable, turn

TICKET = "ADU-8XYZ-W2"


def stored(world: World, **changes) -> Complaint:  # type: ignore[no-untyped-def]
    values = {
        "ticket": TICKET,
        "category": "KETERLAMBATAN",
        "class_code": "TIDAK_BERKADAR",
        "story": "Rahasia saya yang panjang",
        "place": "Loket 3",
        "confidentiality": Confidentiality.NORMAL,
        "state": ComplaintState.RECEIVED,
        "filed_at": NOW,
        "deadlines": Deadlines(DueDate(date(2026, 11, 26)), DueDate(date(2028, 1, 5), True)),
        "owner": "Kabid",
        "conversation_id": "chat",
        "events": (ComplaintEvent(NOW, "received"),),
    }
    complaint = Complaint(**{**values, **changes})  # type: ignore[arg-type]
    return world.complaints.file(complaint, f"turn-{complaint.ticket}", "file")


def ask(world: World, ticket: str | None = None, **changes) -> Reply:  # type: ignore[no-untyped-def]
    entities = {"tiket": ticket} if ticket else {}
    [reply] = world.track.answer(turn("cek", "cek_pengaduan", entities=entities, **changes)).replies
    assert readable(reply), reply.text
    return reply


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("typed", [TICKET, "adu-8xyz-w2"])
def test_a_ticket_tells_state_owner_and_both_dates(world: World, typed: str) -> None:
    stored(world)
    text = ask(world, typed).text
    for part in (TICKET, "menunggu ditangani", "Kabid", "26 November 2026", "sementara"):
        assert part in text


def test_the_story_is_never_shown_again(world: World) -> None:
    stored(world)
    text = ask(world, TICKET).text
    assert "Rahasia saya" not in text
    assert "Loket 3" not in text


def test_a_ticket_of_another_citizen_is_as_unknown_as_one_that_does_not_exist(
    world: World,
) -> None:
    stored(world)
    theirs = ask(world, TICKET, conversation_id="other").text
    unknown = ask(world, "ADU-2222-22", conversation_id="other").text
    assert theirs.replace(TICKET, "ADU-2222-22") == unknown


@pytest.mark.parametrize("level", [Confidentiality.NORMAL, Confidentiality.ANONYMOUS])
def test_the_chat_that_filed_it_follows_it_at_every_level(
    world: World, level: Confidentiality
) -> None:
    stored(world, confidentiality=level)
    assert "menunggu" in ask(world, TICKET).text


@pytest.mark.parametrize(
    "typed", ["cek 8xyz", "adu 8xyz w2", "tiket adu8xyzw2", "ADU-8XYZ-V2", "tiket 8XYZW2 piye"]
)
def test_a_ticket_typed_carelessly_is_found_among_ones_own(world: World, typed: str) -> None:
    stored(world)
    stored(world, ticket="ADU-2222-22")
    [reply] = world.track.answer(turn(typed, "cek_pengaduan")).replies
    assert TICKET in reply.text
    assert "Keadaan sekarang" in reply.text


def test_an_anonymous_complaint_is_followed_by_its_ticket_alone(world: World) -> None:
    stored(world, confidentiality=Confidentiality.ANONYMOUS)
    assert "menunggu" in ask(world, TICKET).text
    assert "Belum ada aduan" in ask(world).text


def test_an_unknown_ticket_is_said_so_and_a_human_offered(world: World) -> None:
    reply = ask(world, "ADU-2222-22")
    assert "tidak menemukan" in reply.text
    assert [choice.intent for choice in reply.choices] == ["minta_petugas"]


def test_ones_only_complaint_is_told_at_once_and_several_are_listed(world: World) -> None:
    stored(world)
    assert "Keadaan sekarang" in ask(world).text
    stored(world, ticket="ADU-2222-22", filed_at=NOW + timedelta(days=1))
    listed = ask(world)
    assert [choice.title for choice in listed.choices] == ["ADU-2222-22", TICKET]
    assert listed.choices[0].entities == {"tiket": "ADU-2222-22"}


def test_complaints_of_another_chat_are_not_listed(world: World) -> None:
    stored(world, conversation_id="other")
    reply = ask(world)
    assert TICKET not in reply.text
    assert [choice.intent for choice in reply.choices] == ["lapor_pengaduan"]


def test_a_late_first_response_is_admitted(world: World) -> None:
    late = ComplaintEvent(NOW + timedelta(days=7), "first_response_overdue")
    stored(world, events=(ComplaintEvent(NOW, "received"), late, replace(late, kind="internal")))
    text = ask(world, TICKET).text
    assert text.count("terlambat dari janji kami (26 November 2026)") == 1


@pytest.mark.parametrize("state", list(ComplaintState))
def test_every_state_has_words(world: World, state: ComplaintState) -> None:
    stored(world, state=state)
    assert "Keadaan sekarang" in ask(world, TICKET).text


def test_in_a_group_nothing_is_told(world: World) -> None:
    stored(world)
    reply = ask(world, TICKET, metadata={"group": True})
    assert "pribadi" in reply.text
    assert TICKET not in reply.text


def test_the_last_answer_of_the_office_can_be_read_again(world: World) -> None:
    told = (
        ComplaintEvent(NOW, "answered", "Berkas ada di loket 3."),
        ComplaintEvent(NOW, "disposed", "rahasia kantor", "akun-1"),
        ComplaintEvent(NOW, "asked", "Mohon foto tanda terima."),
    )
    stored(world, state=ComplaintState.WAITING, events=told, waiting_until=date(2026, 12, 23))
    text = ask(world, TICKET).text
    assert "Mohon foto tanda terima." in text
    assert "23 Desember 2026" in text
    assert "rahasia kantor" not in text
