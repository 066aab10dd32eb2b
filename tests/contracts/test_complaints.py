"""The port Complaints, in memory and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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
from izin.conversations import InboundMedia
from izin.errors import Conflict, NotFound
from izin.office import DueDate
from tests.contracts.conversation_ports import NOW, Ports, fresh, message


@pytest.fixture
def conversation_id(ports: Ports) -> str:
    return ports.inbox.receive(message(), NOW).conversation_id


def complaint(conversation_id: str | None, **changes) -> Complaint:  # type: ignore[no-untyped-def]
    values = {
        "ticket": fresh("ADU").upper(),
        "category": "KETERLAMBATAN",
        "class_code": "TIDAK_BERKADAR",
        "story": "Sudah dua bulan belum ada kabar.",
        "place": "Loket 3",
        "confidentiality": Confidentiality.CONFIDENTIAL,
        "state": ComplaintState.RECEIVED,
        "filed_at": NOW,
        "deadlines": Deadlines(DueDate(date(2026, 11, 26)), DueDate(date(2028, 1, 5), True)),
        "owner": "Kabid",
        "conversation_id": conversation_id,
        "permit_code": "PBG",
        "application_number": "503/0001/PBG/2026",
        "media_ids": ("a", "b"),
        "events": (ComplaintEvent(NOW, "received"), ComplaintEvent(NOW, "noted", "dicek")),
    }
    return Complaint(**{**values, **changes})  # type: ignore[arg-type]


def test_a_filed_complaint_is_found_by_its_ticket_unchanged(
    ports: Ports, conversation_id: str
) -> None:
    filed = complaint(conversation_id)
    assert ports.complaints.file(filed, fresh("turn"), "file") == filed
    assert ports.complaints.find(filed.ticket) == filed


def test_an_unknown_ticket_is_none(ports: Ports) -> None:
    assert ports.complaints.find("ADU-2222-22") is None


def test_filing_the_same_turn_again_gives_the_first_ticket(
    ports: Ports, conversation_id: str
) -> None:
    turn_id = fresh("turn")
    first = ports.complaints.file(complaint(conversation_id), turn_id, "file")
    second = complaint(conversation_id, story="lain")
    assert ports.complaints.file(second, turn_id, "file") == first
    assert ports.complaints.find(second.ticket) is None
    assert len(ports.complaints.of_conversation(conversation_id)) == 1


def test_filing_one_turn_many_times_at_once_gives_one_ticket(
    ports: Ports, conversation_id: str
) -> None:
    turn_id = fresh("turn")
    with ThreadPoolExecutor(6) as threads:
        filed = list(
            threads.map(
                lambda _: ports.complaints.file(complaint(conversation_id), turn_id, "file"),
                range(6),
            )
        )
    assert len({item.ticket for item in filed}) == 1
    assert len(ports.complaints.of_conversation(conversation_id)) == 1


def test_a_ticket_number_already_given_is_a_conflict(ports: Ports, conversation_id: str) -> None:
    first = ports.complaints.file(complaint(conversation_id), fresh("turn"), "file")
    again = complaint(conversation_id, ticket=first.ticket, story="lain")
    with pytest.raises(Conflict):
        ports.complaints.file(again, fresh("turn"), "file")
    assert ports.complaints.find(first.ticket) == first


def test_complaints_of_a_conversation_come_newest_first(ports: Ports, conversation_id: str) -> None:
    days = [2, 0, 1]
    filed = {
        day: ports.complaints.file(
            complaint(conversation_id, filed_at=NOW + timedelta(days=day)), fresh("turn"), "file"
        )
        for day in days
    }
    other = ports.inbox.receive(message(), NOW).conversation_id
    ports.complaints.file(complaint(other), fresh("turn"), "file")
    found = list(ports.complaints.of_conversation(conversation_id))
    assert found == [filed[2], filed[1], filed[0]]


def test_an_anonymous_complaint_keeps_no_way_back_to_its_chat(
    ports: Ports, conversation_id: str
) -> None:
    at = NOW.replace(minute=47, second=11, microsecond=123456)
    filed = complaint(
        conversation_id,
        confidentiality=Confidentiality.ANONYMOUS,
        filed_at=at,
        events=(ComplaintEvent(at, "received"),),
    )
    stored = ports.complaints.file(filed, fresh("turn"), "file")
    assert stored.conversation_id is None, "not even what the filing gives back"
    hour = NOW.replace(minute=0)
    assert stored == replace(
        filed, conversation_id=None, filed_at=hour, events=(ComplaintEvent(hour, "received"),)
    ), "only the hour: to the second it would name the turn"
    assert ports.complaints.find(filed.ticket) == stored
    assert list(ports.complaints.of_conversation(conversation_id)) == []


@pytest.mark.parametrize("level", [Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS])
def test_evidence_of_a_sealed_complaint_is_found_by_no_ordinary_way(
    ports: Ports, conversation_id: str, level: Confidentiality
) -> None:
    first, later = (
        ports.media.put(InboundMedia("document", "f", "text/plain"), b"bukti", conversation_id)
        for _ in range(2)
    )
    filed = complaint(conversation_id, confidentiality=level, media_ids=(first,))
    ports.complaints.file(filed, fresh("turn"), "file")
    ports.complaints.add(filed.ticket, "", [later], fresh("turn"), "add", NOW)
    for media_id in (first, later):
        with pytest.raises(NotFound):
            ports.media.get(media_id)
        assert ports.evidence(media_id) == b"bukti"


def test_evidence_of_an_ordinary_complaint_stays_with_its_chat(
    ports: Ports, conversation_id: str
) -> None:
    media_id = ports.media.put(
        InboundMedia("document", "f", "text/plain"), b"bukti", conversation_id
    )
    filed = complaint(
        conversation_id, confidentiality=Confidentiality.NORMAL, media_ids=(media_id,)
    )
    ports.complaints.file(filed, fresh("turn"), "file")
    assert ports.media.get(media_id)[0] == b"bukti"
    assert ports.owner_of_file(media_id) == conversation_id


LEVELS = list(Confidentiality)


@pytest.mark.parametrize("level", LEVELS)
def test_only_the_chat_that_filed_a_complaint_owns_it(
    ports: Ports, conversation_id: str, level: Confidentiality
) -> None:
    other = ports.inbox.receive(message(), NOW).conversation_id
    filed = ports.complaints.file(
        complaint(conversation_id, confidentiality=level), fresh("turn"), "file"
    )
    assert ports.complaints.owned_by(filed.ticket, conversation_id)
    assert not ports.complaints.owned_by(filed.ticket, other)
    assert not ports.complaints.owned_by("ADU-2222-22", conversation_id)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_added_is_kept_once_however_often_the_turn_runs(
    ports: Ports, conversation_id: str, level: Confidentiality
) -> None:
    filed = ports.complaints.file(
        complaint(conversation_id, confidentiality=level, events=()), fresh("turn"), "file"
    )
    turn_id = fresh("turn")
    for _ in range(3):
        ports.complaints.add(filed.ticket, "Ada kuitansi\x00", ["c"], turn_id, "add", NOW)
    changed = ports.complaints.add(filed.ticket, "lagi", [], fresh("turn"), "add", NOW)
    assert changed == ports.complaints.find(filed.ticket)
    assert [(item.text, item.media_ids) for item in changed.additions] == [
        ("Ada kuitansi", ("c",)),
        ("lagi", ()),
    ]
    assert [event.kind for event in changed.events] == ["added", "added"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_complaint_is_withdrawn_reopened_and_rated_once_each(
    ports: Ports, conversation_id: str, level: Confidentiality
) -> None:
    complaints = ports.complaints
    filed = complaints.file(
        complaint(conversation_id, confidentiality=level, events=()), fresh("turn"), "file"
    )
    first, second, third = fresh("turn"), fresh("turn"), fresh("turn")
    for _ in range(2):
        closed = complaints.withdraw(filed.ticket, first, "withdraw", NOW)
    assert (closed.state, closed.closing_reason) == (ComplaintState.CLOSED, "dicabut")
    assert closed.closed_at is not None
    again = Deadlines(DueDate(date(2026, 12, 1)), DueDate(date(2027, 1, 1)))
    for _ in range(2):
        opened = complaints.reopen(filed.ticket, "belum beres", again, second, "reopen", NOW)
    assert (opened.state, opened.reopened_times) == (ComplaintState.REOPENED, 1)
    assert (opened.closed_at, opened.closing_reason, opened.deadlines) == (None, None, again)
    for _ in range(2):
        rated = complaints.rate(filed.ticket, 2, "lambat", third, "rate", NOW)
    assert rated.rating == 2
    assert rated == complaints.find(filed.ticket)
    assert [(event.kind, event.text) for event in rated.events] == [
        ("withdrawn", ""),
        ("reopened", "belum beres"),
        ("rated", "lambat"),
    ]


def test_closing_what_is_closed_and_opening_what_is_open_changes_nothing(
    ports: Ports, conversation_id: str
) -> None:
    filed = ports.complaints.file(complaint(conversation_id), fresh("turn"), "file")
    same = ports.complaints.reopen(filed.ticket, "", filed.deadlines, fresh("turn"), "r", NOW)
    assert same == filed
    closed = ports.complaints.withdraw(filed.ticket, fresh("turn"), "w", NOW)
    later = NOW + timedelta(days=3)
    assert ports.complaints.withdraw(filed.ticket, fresh("turn"), "w", later) == closed


def test_nothing_happens_to_an_unknown_ticket(ports: Ports) -> None:
    due = Deadlines(DueDate(date(2026, 12, 1)), DueDate(date(2027, 1, 1)))
    ticket = "ADU-2222-22"
    for change in (
        lambda: ports.complaints.add(ticket, "x", [], fresh("turn"), "s", NOW),
        lambda: ports.complaints.reopen(ticket, "x", due, fresh("turn"), "s", NOW),
        lambda: ports.complaints.withdraw(ticket, fresh("turn"), "s", NOW),
        lambda: ports.complaints.rate(ticket, 5, "", fresh("turn"), "s", NOW),
    ):
        with pytest.raises(NotFound):
            change()


def test_day_and_wish_of_a_complaint_are_kept(ports: Ports, conversation_id: str) -> None:
    filed = complaint(conversation_id, occurred_on=date(2026, 11, 2), desired="uang kembali")
    ports.complaints.file(filed, fresh("turn"), "file")
    assert ports.complaints.find(filed.ticket) == filed


def test_an_anonymous_complaint_is_still_owned_when_two_chats_become_one(ports: Ports) -> None:
    phone, bsuid = fresh("62"), fresh("ID.")
    older = ports.inbox.receive(message(phone, channel="whatsapp"), NOW)
    younger = ports.inbox.receive(message(bsuid, channel="whatsapp"), NOW)
    filed = ports.complaints.file(
        complaint(younger.conversation_id, confidentiality=Confidentiality.ANONYMOUS),
        fresh("turn"),
        "file",
    )
    assert not ports.complaints.owned_by(filed.ticket, older.conversation_id)
    ports.inbox.receive(message(bsuid, channel="whatsapp", aliases=(phone,)), NOW)
    assert ports.complaints.owned_by(filed.ticket, older.conversation_id)


def test_odd_text_in_a_story_is_stored_without_harm(ports: Ports, conversation_id: str) -> None:
    filed = complaint(conversation_id, story="a\x00b\ud800 {x} %s", place="\x00Kajen")
    ports.complaints.file(filed, fresh("turn"), "file")
    stored = ports.complaints.find(filed.ticket)
    assert stored is not None
    assert (stored.story, stored.place) == ("ab\ufffd {x} %s", "Kajen")


def test_complaints_follow_a_citizen_whose_two_chats_become_one(ports: Ports) -> None:
    phone, bsuid = fresh("62"), fresh("ID.")
    older = ports.inbox.receive(message(phone, channel="whatsapp"), NOW)
    younger = ports.inbox.receive(message(bsuid, channel="whatsapp"), NOW)
    filed = ports.complaints.file(complaint(younger.conversation_id), fresh("turn"), "file")
    ports.inbox.receive(message(bsuid, channel="whatsapp", aliases=(phone,)), NOW)
    found = ports.complaints.of_conversation(older.conversation_id)
    assert [item.ticket for item in found] == [filed.ticket]
