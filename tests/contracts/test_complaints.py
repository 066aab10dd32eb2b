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
from izin.errors import Conflict
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
    media_id = ports.media.put(
        InboundMedia("photo", "f", "image/jpeg"), b"\xff\xd8\xff", conversation_id
    )
    filed = complaint(
        conversation_id, confidentiality=Confidentiality.ANONYMOUS, media_ids=(media_id,)
    )
    stored = ports.complaints.file(filed, fresh("turn"), "file")
    assert stored.conversation_id is None, "not even what the filing gives back"
    assert ports.complaints.find(filed.ticket) == replace(filed, conversation_id=None)
    assert list(ports.complaints.of_conversation(conversation_id)) == []
    assert ports.owner_of_file(media_id) is None
    assert ports.media.get(media_id)[0] == b"\xff\xd8\xff"


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
