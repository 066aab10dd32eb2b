"""The ports of a citizen's own data, in memory and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from izin.conversations import InboundMedia
from izin.errors import Conflict, NotFound
from izin.ports import OwnData, PrivacyChoices, PrivacyDesk, PrivacyRequests
from izin.privacy import RESPOND_WITHIN, Outcome, PrivacyRequest, RequestKind, RequestState
from izin.replies import Choice, Reply
from izin.storage.memory.privacy import (
    MemoryOwnData,
    MemoryPrivacyChoices,
    MemoryPrivacyDesk,
    MemoryPrivacyRequests,
)
from izin.storage.postgres.engine import create
from izin.storage.postgres.own_data import PostgresOwnData
from izin.storage.postgres.privacy import PostgresPrivacyChoices, PostgresPrivacyRequests
from izin.storage.postgres.privacy_desk import PostgresPrivacyDesk
from tests.contracts.conversation_ports import NOW, Ports, fresh, fresh_phone, message


@dataclass
class Privacy:
    requests: PrivacyRequests
    choices: PrivacyChoices
    own: OwnData
    desk: PrivacyDesk


@pytest.fixture
def privacy(ports: Ports, request: pytest.FixtureRequest) -> Iterator[Privacy]:
    if ports.kind == "memory":
        data = ports.inbox.data  # type: ignore[attr-defined]
        requests = MemoryPrivacyRequests(data)
        yield Privacy(
            requests, MemoryPrivacyChoices(), MemoryOwnData(data), MemoryPrivacyDesk(requests)
        )
        return
    engine = create(request.getfixturevalue("module_database_url"), pool_size=4)
    yield Privacy(
        PostgresPrivacyRequests(engine), PostgresPrivacyChoices(engine), PostgresOwnData(engine),
        PostgresPrivacyDesk(engine),
    )  # fmt: skip
    engine.dispose()


@pytest.fixture
def here(ports: Ports) -> str:
    return ports.inbox.receive(message(), NOW).conversation_id


def asked(here: str, **changes: Any) -> PrivacyRequest:
    request = PrivacyRequest(
        ticket=fresh("DAT"),
        kind=RequestKind.CORRECTION,
        state=RequestState.OPEN,
        requested_at=NOW,
        due_at=NOW + RESPOND_WITHIN,
        conversation_id=here,
        needs_officer=True,
        details={"datum": "alamat", "isi": "Jalan Mawar 2"},
    )
    return replace(request, **changes)


def test_a_request_is_stored_once_however_often_the_turn_runs(privacy: Privacy, here: str) -> None:
    turn, request = fresh("turn"), asked(here)
    assert privacy.requests.open(request, turn, "perbaikan") == request
    again = privacy.requests.open(replace(request, ticket=fresh("DAT")), turn, "perbaikan")
    assert again == request
    assert list(privacy.requests.of_conversation(here)) == [request]


def test_a_ticket_that_is_taken_is_a_conflict(privacy: Privacy, here: str) -> None:
    request = privacy.requests.open(asked(here), fresh("turn"), "x")
    with pytest.raises(Conflict):
        privacy.requests.open(asked(here, ticket=request.ticket), fresh("turn"), "x")


def test_requests_of_another_chat_are_not_seen_and_the_newest_comes_first(
    privacy: Privacy, ports: Ports, here: str
) -> None:
    other = ports.inbox.receive(message(), NOW).conversation_id
    privacy.requests.open(asked(other), fresh("turn"), "x")
    old = privacy.requests.open(asked(here), fresh("turn"), "x")
    new = privacy.requests.open(
        asked(here, requested_at=NOW + timedelta(hours=1)), fresh("turn"), "x"
    )
    assert [item.ticket for item in privacy.requests.of_conversation(here)] == [
        new.ticket,
        old.ticket,
    ]


def test_a_finished_request_loses_its_content_and_stays_finished(
    privacy: Privacy, here: str
) -> None:
    request = privacy.requests.open(asked(here), fresh("turn"), "x")
    done = privacy.requests.finish(request.ticket, NOW + timedelta(hours=2), {"berkas": 2})
    assert (done.state, done.finished_at) == (RequestState.DONE, NOW + timedelta(hours=2))
    assert done.details == {"berkas": 2}
    assert privacy.requests.finish(request.ticket, NOW + timedelta(days=9), {}) == done
    with pytest.raises(NotFound):
        privacy.requests.finish(fresh("DAT"), NOW, {})


def test_after_an_erasure_began_the_next_message_comes_from_a_stranger(
    privacy: Privacy, ports: Ports
) -> None:
    first = message()
    here = ports.inbox.receive(first, NOW).conversation_id
    request = privacy.requests.open(
        asked(here, kind=RequestKind.ERASURE, state=RequestState.WORKING), fresh("turn"), "x"
    )
    privacy.requests.begin_erasure(request.ticket)
    privacy.requests.begin_erasure(request.ticket)
    after = ports.inbox.receive(message(first.address.chat), NOW).conversation_id
    assert after != here
    assert ports.inbox.receive(message(first.address.chat), NOW).conversation_id == after


def test_a_notice_is_shown_once_per_version_and_again_for_the_same_turn(
    privacy: Privacy, here: str
) -> None:
    turn = fresh("turn")
    assert privacy.choices.show_notice(here, "1", turn, NOW)
    assert privacy.choices.show_notice(here, "1", turn, NOW), "the turn runs again after a crash"
    assert not privacy.choices.show_notice(here, "1", fresh("turn"), NOW)
    assert privacy.choices.show_notice(here, "2", fresh("turn"), NOW)


def test_the_last_word_of_a_citizen_counts(privacy: Privacy, here: str) -> None:
    assert privacy.choices.consents(here) == {}
    turn = fresh("turn")
    privacy.choices.record(here, "tinjauan", True, "1", NOW, turn)
    privacy.choices.record(here, "tinjauan", False, "1", NOW, turn)  # the same turn once more
    assert privacy.choices.consents(here) == {"tinjauan": True}
    privacy.choices.record(here, "tinjauan", False, "1", NOW, fresh("turn"))
    privacy.choices.record(here, "survei", False, "1", NOW, fresh("turn"))
    assert privacy.choices.consents(here) == {"tinjauan": False, "survei": False}


def test_what_is_kept_is_counted_for_this_chat_alone(privacy: Privacy, ports: Ports) -> None:
    phone = fresh_phone()
    received = ports.inbox.receive(message(phone=phone), NOW)
    ports.inbox.answer(received.turn_id, [Reply("jawaban", (Choice("Ya", "setuju"),))], {})
    ports.media.put(InboundMedia("photo", "p"), b"x", received.conversation_id)
    other = ports.inbox.receive(message(), NOW).conversation_id
    kept = privacy.own.kept(received.conversation_id)
    assert (kept.channel, kept.phone, kept.oldest_message_at) == ("telegram", phone, NOW)
    assert (kept.counts["pesan"], kept.counts["balasan"], kept.counts["berkas"]) == (1, 1, 1)
    assert privacy.own.kept(other).counts["balasan"] == 0
    with pytest.raises(NotFound):
        privacy.own.kept("nobody")


def test_the_copy_holds_messages_and_answers_and_is_json(privacy: Privacy, ports: Ports) -> None:
    received = ports.inbox.receive(message(text="berapa biaya PBG"), NOW)
    ports.inbox.answer(received.turn_id, [Reply("Retribusi dihitung")], {})
    copy = privacy.own.copy(received.conversation_id)
    assert [item["teks"] for item in copy["pesan"]] == ["berapa biaya PBG"]
    assert [item["teks"] for item in copy["jawaban"]] == ["Retribusi dihitung"]
    assert copy["percakapan"]["kanal"] == "telegram"
    json.dumps(copy)


def test_a_proven_phone_can_be_forgotten(privacy: Privacy, ports: Ports) -> None:
    here = ports.inbox.receive(message(phone=fresh_phone()), NOW).conversation_id
    assert privacy.own.forget_phone(here)
    assert not privacy.own.forget_phone(here)
    assert privacy.own.kept(here).phone is None


def test_a_removed_file_is_gone_and_removing_it_again_is_fine(ports: Ports) -> None:
    media_id = ports.media.put(InboundMedia("document", "x"), b"isi", None, NOW)
    ports.media.remove(media_id)
    ports.media.remove(media_id)
    ports.media.remove("nothing of ours")
    with pytest.raises(NotFound):
        ports.media.get(media_id)


def test_the_desk_lists_what_waits_by_its_deadline_and_pages_through_it(
    privacy: Privacy, here: str
) -> None:
    mine = [
        privacy.requests.open(asked(here, due_at=NOW - timedelta(days=900 - n)), fresh("t"), "x")
        for n in (2, 0, 1)
    ]
    order = [mine[1].ticket, mine[2].ticket, mine[0].ticket]
    assert [item.request.ticket for item in privacy.desk.waiting(limit=3)] == order
    rest = privacy.desk.waiting(after=order[0], limit=2)
    assert [item.request.ticket for item in rest] == order[1:]
    for item in mine:
        privacy.desk.close(item.ticket, "sari", Outcome.GRANTED, Reply("Sudah"), fresh("k"), NOW)
    gone = {item.request.ticket for item in privacy.desk.waiting(limit=500)}
    assert not gone & set(order)
    ended = [item.request.ticket for item in privacy.desk.ended(limit=500)]
    assert [item for item in ended if item in order] == order[::-1]
    assert privacy.desk.ended(after=ended[0], limit=1)[0].request.ticket == ended[1]


def test_a_request_is_one_officer_s_work_until_a_colleague_takes_it_over(
    privacy: Privacy, ports: Ports
) -> None:
    phone = fresh_phone()
    here = ports.inbox.receive(message(phone=phone), NOW).conversation_id
    ticket = privacy.requests.open(asked(here), fresh("turn"), "x").ticket
    privacy.desk.take(ticket, "sari", NOW)
    privacy.desk.take(ticket, "sari", NOW)
    with pytest.raises(Conflict):
        privacy.desk.take(ticket, "budi", NOW)
    with pytest.raises(Conflict):
        privacy.desk.close(ticket, "budi", Outcome.GRANTED, Reply("ya"), fresh("k"), NOW)
    privacy.desk.take(ticket, "budi", NOW + timedelta(hours=1), seen="sari")
    work = privacy.desk.read(ticket)
    assert (work.officer, work.taken_at) == ("budi", NOW + timedelta(hours=1))
    assert (work.channel, work.phone, work.simulated) == ("telegram", phone, False)
    with pytest.raises(NotFound):
        privacy.desk.take(fresh("DAT"), "sari", NOW)
    with pytest.raises(NotFound):
        privacy.desk.read(fresh("DAT"))


def test_a_note_is_kept_once_and_html_stays_text(privacy: Privacy, here: str) -> None:
    ticket = privacy.requests.open(asked(here), fresh("turn"), "x").ticket
    key = fresh("k")
    for _ in range(2):
        privacy.desk.note(ticket, "sari", "<b>sudah dicek</b>", key, NOW)
    notes = privacy.desk.read(ticket).notes
    assert [(note.officer, note.text) for note in notes] == [("sari", "<b>sudah dicek</b>")]


def test_closing_tells_the_citizen_once_and_forgets_what_was_asked(
    privacy: Privacy, ports: Ports, here: str
) -> None:
    ticket = privacy.requests.open(asked(here), fresh("turn"), "x").ticket
    ports.escalations.open(here, "hak_data", NOW, fresh("e"), note=ticket)
    key, answer = fresh("k"), Reply("Alamat sudah diperbaiki.")
    assert privacy.desk.close(ticket, "sari", Outcome.GRANTED, answer, key, NOW)
    assert not privacy.desk.close(ticket, "sari", Outcome.GRANTED, answer, key, NOW)
    with pytest.raises(Conflict):
        privacy.desk.close(ticket, "sari", Outcome.REFUSED, answer, fresh("k"), NOW)
    work = privacy.desk.read(ticket)
    assert (work.request.state, work.outcome) == (RequestState.DONE, Outcome.GRANTED)
    assert (work.request.details, work.officer) == ({}, "sari")
    with pytest.raises(Conflict):
        privacy.desk.take(ticket, "budi", NOW)
    if ports.kind == "postgres":
        assert here not in {item.conversation_id for item in ports.officers.waiting()}
        assert len(ports.jobs(f"out:{here}")) == 1, "one answer"
