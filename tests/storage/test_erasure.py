"""Chats are erased wholly, once, and whatever is killed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from izin.conversations import DeliveryReceipt, InboundMedia
from izin.errors import NotFound
from izin.privacy import RESPOND_WITHIN, PrivacyRequest, RequestKind, RequestState
from izin.replies import Choice, Reply
from izin.storage import tables
from izin.storage.erasure_list import mark_of
from izin.storage.postgres import erasure
from izin.storage.postgres.engine import create
from izin.storage.postgres.own_data import PostgresOwnData
from izin.storage.postgres.privacy import PostgresPrivacyRequests
from izin.storage.tables.privacy import privacy_requests
from tests.contracts.conversation_ports import Ports, fresh, fresh_phone, message, postgres_ports

for _module in iter_modules(tables.__path__):
    import_module(f"{tables.__name__}.{_module.name}")

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
HANDLED = {"proof_failures", "earlier_chats", "unrecognised"}
"""Without a foreign key: erased with the chat or by its turn, or forgotten after two days."""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create(database_url, pool_size=4)
    yield made
    made.dispose()


@pytest.fixture
def ports(database_url: str, tmp_path: Path) -> Iterator[Ports]:
    made = postgres_ports(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def requests(engine: Engine) -> PostgresPrivacyRequests:
    return PostgresPrivacyRequests(engine)


@pytest.fixture
def one(engine: Engine) -> Callable[..., Any]:
    def ask(statement: str, **values: Any) -> Any:
        with engine.begin() as connection:
            return connection.execute(text(statement), values).scalar()

    return ask


def asked(here: str, kind: RequestKind = RequestKind.ERASURE, **changes: Any) -> PrivacyRequest:
    values = {
        "ticket": fresh("DAT"),
        "kind": kind,
        "state": RequestState.WORKING if kind is RequestKind.ERASURE else RequestState.OPEN,
        "requested_at": NOW,
        "due_at": NOW + RESPOND_WITHIN,
        "conversation_id": here,
    }
    return PrivacyRequest(**{**values, **changes})


def lived_in(ports: Ports, engine: Engine) -> tuple[str, str]:
    """Give a chat with a bit of everything, and the id of its photo."""
    received = ports.inbox.receive(message(phone=fresh_phone()), NOW)
    here = received.conversation_id
    photo = ports.media.put(InboundMedia("photo", "p"), b"foto", here)
    (sent,) = ports.inbox.answer(received.turn_id, [Reply("?", (Choice("Ya", "setuju"),))], {})
    ports.outbox.part_accepted(sent, 0, f"wamid-{sent}", 1, NOW)
    ports.outbox.receipt(DeliveryReceipt("telegram", f"wamid-{sent}", "read", NOW))
    ports.drafts.put(here, "status", {"now": {"number": "1"}})
    ports.escalations.open(here, "minta_petugas", NOW, fresh("key"))
    with engine.begin() as connection:
        connection.execute(
            text("insert into rasa_trackers (sender_id, document) values (:id, '{}')"),
            {"id": here},
        )
    return here, photo


def left_of(engine: Engine, here: str) -> dict[str, int]:
    """Count the rows that still name a chat, over every table that could."""
    found = {}
    with engine.begin() as connection:
        for table in tables.metadata.tables.values():
            if "conversation_id" in table.c:
                found[table.fullname] = connection.execute(
                    text(f"select count(*) from {table.fullname} where conversation_id = :id"),
                    {"id": here},
                ).scalar()
        found["conversations"] = connection.execute(
            text("select count(*) from conversations where id = :id"), {"id": here}
        ).scalar()
        found["rasa_trackers"] = connection.execute(
            text("select count(*) from rasa_trackers where sender_id = :id"), {"id": here}
        ).scalar()
    return {name: count for name, count in found.items() if count}


def test_no_table_keeps_a_chat_that_is_deleted() -> None:
    for table in tables.metadata.tables.values():
        if "conversation_id" not in table.c or table.name in HANDLED:
            continue
        rules = [key.ondelete for key in table.c["conversation_id"].foreign_keys]
        assert rules and set(rules) <= {"CASCADE", "SET NULL"}, table.fullname


def test_an_erased_chat_leaves_nothing_but_the_record_of_its_erasure(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests, one: Callable[..., Any]
) -> None:
    here, photo = lived_in(ports, engine)
    request = requests.open(asked(here), fresh("turn"), "x")
    other, _ = lived_in(ports, engine)
    before = left_of(engine, other)
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 1
    assert left_of(engine, here) == {}
    with pytest.raises(NotFound):
        ports.media.get(photo)
    assert one("select count(*) from receipts") == 1
    assert left_of(engine, other) == before
    kept = select(privacy_requests.c.details).where(privacy_requests.c.ticket == request.ticket)
    with engine.connect() as connection:
        details = connection.execute(kept).scalar_one()
    assert details == {
        "counts": {"pesan": 1, "berkas": 1, "balasan": 1}, "marks": [mark_of(here)],
    }  # fmt: skip
    assert one("select state from privacy_requests where ticket = :t", t=request.ticket) == (
        "selesai"
    )
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 0


def test_an_erasure_waits_for_its_own_answer_but_not_for_ever(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests
) -> None:
    received = ports.inbox.receive(message(), NOW)
    here = received.conversation_id
    requests.open(asked(here), received.turn_id, "x")
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 0
    (sent,) = ports.inbox.answer(received.turn_id, [Reply("Sedang dihapus")], {})
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 0
    ports.outbox.part_accepted(sent, 0, "1", 1, NOW)
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 1

    stuck = ports.inbox.receive(message(), NOW)
    requests.open(asked(stuck.conversation_id), stuck.turn_id, "x")
    assert erasure.finish_erasures(engine, ports.media, NOW + 16 * MINUTE) == 1
    with pytest.raises(NotFound):
        ports.inbox.turn(stuck.turn_id)


def test_an_erasure_killed_between_rows_and_files_is_finished_by_the_next_run(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests, one: Callable[..., Any]
) -> None:
    here, photo = lived_in(ports, engine)
    request = requests.open(asked(here), fresh("turn"), "x")

    class Killed(Exception):
        pass

    class Dying:
        def remove(self, media_id: str) -> None:
            raise Killed

    with pytest.raises(Killed):
        erasure.finish_erasures(engine, Dying(), NOW + MINUTE)
    state = "select state from privacy_requests where ticket = :t"
    assert one(state, t=request.ticket) == "berjalan"
    assert erasure.finish_erasures(engine, ports.media, NOW + MINUTE) == 1
    assert one(state, t=request.ticket) == "selesai"
    folder = ports.media._folder  # type: ignore[attr-defined]
    assert not (folder / photo).exists()


def test_a_chat_that_became_this_one_is_copied_and_erased_with_it(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests
) -> None:
    number, bsuid = fresh("62"), fresh("ID")
    first = ports.inbox.receive(message(number, channel="whatsapp", text="pertama"), NOW)
    second = ports.inbox.receive(message(bsuid, channel="whatsapp", text="kedua"), NOW)
    both = message(number, channel="whatsapp", text="ketiga", aliases=(number, bsuid))
    here = ports.inbox.receive(both, NOW).conversation_id
    assert {first.conversation_id, second.conversation_id} >= {here}
    copy = PostgresOwnData(engine).copy(here)
    assert {item["teks"] for item in copy["pesan"]} == {"pertama", "kedua", "ketiga"}
    requests.open(asked(here), fresh("turn"), "x")
    assert erasure.finish_erasures(engine, ports.media, NOW + 20 * MINUTE) == 1
    assert left_of(engine, first.conversation_id) == left_of(engine, second.conversation_id) == {}


def test_filed_complaints_and_their_evidence_outlive_the_chat_without_leading_to_it(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests
) -> None:
    from tests.storage.test_due import file

    here, photo = lived_in(ports, engine)
    complaint = file(ports, here, media_ids=(photo,))
    requests.open(asked(here), fresh("turn"), "x")
    erasure.finish_erasures(engine, ports.media, NOW + MINUTE)
    found = ports.complaints.find(complaint.ticket)
    assert found is not None
    assert (found.conversation_id, found.story) == (None, complaint.story)
    assert ports.media.get(photo)[0] == b"foto"


def test_what_was_kept_for_review_of_the_chat_goes_too(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests
) -> None:
    chat = fresh("987654")
    received = ports.inbox.receive(message(chat), NOW)
    ports.inbox.keep_for_review("telegram", f'{{"chat":"{chat}"}}'.encode(), "?", NOW)
    ports.inbox.keep_for_review("telegram", b'{"chat":"another"}', "?", NOW)
    requests.open(asked(received.conversation_id), fresh("turn"), "x")
    erasure.finish_erasures(engine, ports.media, NOW + 20 * MINUTE)
    assert ports.reviews("telegram") == [b'{"chat":"another"}']


def test_other_open_requests_of_an_erased_chat_lapse(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests, one: Callable[..., Any]
) -> None:
    here, _ = lived_in(ports, engine)
    open_one = requests.open(
        asked(here, RequestKind.CORRECTION, details={"isi": "Siti"}), fresh("turn"), "x"
    )
    requests.open(asked(here), fresh("turn"), "x")
    erasure.finish_erasures(engine, ports.media, NOW + MINUTE)
    row = "select state || details::text from privacy_requests where ticket = :t"
    assert one(row, t=open_one.ticket) == "gugur{}"


def test_a_copy_is_removed_after_its_day(ports: Ports, engine: Engine) -> None:
    here = ports.inbox.receive(message(), NOW).conversation_id
    file = InboundMedia("document", "x", "text/plain", 3, "data-saya.txt")
    media_id = ports.media.put(file, b"isi", here, NOW + timedelta(hours=24))
    assert erasure.expire_files(engine, ports.media, NOW + timedelta(hours=23)) == 0
    assert ports.media.get(media_id) == (b"isi", "text/plain")
    assert erasure.expire_files(engine, ports.media, NOW + timedelta(hours=24)) == 1
    with pytest.raises(NotFound):
        ports.media.get(media_id)


def test_an_open_request_reaches_an_officer_before_and_after_its_deadline_once_each(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests
) -> None:
    here = ports.inbox.receive(message(), NOW).conversation_id
    request = requests.open(asked(here, RequestKind.RESTRICTION), fresh("turn"), "x")
    done = requests.open(asked(here, RequestKind.RESTRICTION), fresh("turn"), "x")
    requests.finish(done.ticket, NOW, {})
    assert erasure.escalate_requests(engine, NOW + timedelta(hours=47)) == 0
    for _ in range(2):
        erasure.escalate_requests(engine, NOW + timedelta(hours=49))
    assert ports.opened(here) == [(f"privacy_due:{request.ticket}", "privacy_due")]
    for _ in range(2):
        erasure.escalate_requests(engine, NOW + timedelta(hours=73))
    assert ports.opened(here)[1:] == [(f"privacy_overdue:{request.ticket}", "privacy_overdue")]


def test_more_open_requests_than_one_commit_takes_are_all_shown(
    ports: Ports, engine: Engine, requests: PostgresPrivacyRequests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(erasure, "ESCALATED_AT_ONCE", 2)
    here = ports.inbox.receive(message(), NOW).conversation_id
    due = [requests.open(asked(here, RequestKind.RESTRICTION), fresh("turn"), "x")
           for _ in range(5)]  # fmt: skip
    assert erasure.escalate_requests(engine, NOW + timedelta(hours=73)) == 10
    assert erasure.escalate_requests(engine, NOW + timedelta(hours=74)) == 0
    shown = {key for key, _ in ports.opened(here)}
    assert {key.split(":")[1] for key in shown} == {request.ticket for request in due}
