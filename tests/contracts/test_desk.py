"""The ports Desk, DeskQueues and Presence, in memory and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from izin.accounts import Account, Role
from izin.desk import Days, DeskRow, Filters, Queue, Seat
from izin.desk_search import marked, read
from izin.replies import Reply
from izin.storage.memory.desk import MemoryDesk
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.desk import PostgresDesk
from izin.storage.postgres.desk_presence import PostgresPresence
from izin.storage.postgres.desk_queues import PostgresDeskQueues
from tests.contracts.conversation_ports import (
    NOW,
    Ports,
    fresh,
    fresh_phone,
    message,
    postgres_ports,
)
from tests.storage.test_due import file

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 23)
DAYS = Days(TODAY, TODAY + timedelta(days=1))
ALL = Filters()
JOINED = Reply("Petugas sudah bergabung.")


class Room:
    """The desk over one storage, and the seats of its tests."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        if ports.kind == "memory":
            self.desk = self.queues = self.presence = MemoryDesk(ports.officers.data)  # type: ignore
        else:
            engine = ports.officers._engine  # type: ignore[attr-defined]
            self.engine = engine
            self.desk, self.queues = PostgresDesk(engine), PostgresDeskQueues(engine)
            self.presence = PostgresPresence(engine)
        self.seat = Seat(self.account())

    def account(self) -> str:
        account_id = str(uuid.uuid4())
        if self.ports.kind == "postgres":
            account = Account(account_id, fresh("u"), "Uji", frozenset({Role.OFFICER}))
            PostgresAccounts(self.engine).add(account, "-", NOW)
        return account_id

    def chat(self, **changes: Any) -> str:
        heard_at = changes.pop("heard_at", NOW)
        return self.ports.inbox.receive(message(**changes), heard_at).conversation_id

    def ask(
        self, at: datetime = NOW, reason: str = "minta_petugas", due: date | None = None,
        **changes: Any,
    ) -> str:  # fmt: skip
        here = self.chat(**changes)
        self.ports.escalations.open(here, reason, at, fresh("key"), respond_by=due)
        return here

    def rows(self, queue: Queue, seat: Seat | None = None, filters: Filters = ALL) -> list[DeskRow]:
        found, after = [], None
        while True:
            page = self.queues.page(queue, seat or self.seat, DAYS, filters, after)
            found += page.rows
            after = page.after
            if after is None:
                return found

    def ids(self, queue: Queue, seat: Seat | None = None, filters: Filters = ALL) -> list[str]:
        return [row.conversation_id for row in self.rows(queue, seat, filters)]

    def row(self, queue: Queue, here: str) -> DeskRow:
        return next(row for row in self.rows(queue) if row.conversation_id == here)

    def found(self, typed: str, seat: Seat | None = None) -> list[str]:
        wanted = read(typed)
        assert wanted is not None
        hits = self.queues.search(seat or self.seat, wanted)
        return [hit.row.conversation_id for hit in hits]


@pytest.fixture
def room(ports: Ports) -> Room:
    return Room(ports)


@pytest.fixture
def stored(module_database_url: str, tmp_path: Path) -> Iterator[Room]:
    """The desk on PostgreSQL, where complaints are sealed and words kept apart."""
    ports = postgres_ports(module_database_url, tmp_path)
    yield Room(ports)
    ports.close()


def test_only_what_was_opened_or_complained_of_is_visible(room: Room) -> None:
    bot_only, opened, complained = room.chat(), room.ask(), room.chat()
    complaint = file(room.ports, complained)
    assert not room.desk.may_see(bot_only, None)
    assert room.desk.may_see(opened, None)
    assert room.desk.may_see(complained, None)
    assert room.desk.complaint_sight(complaint.ticket).by(None)
    assert not room.desk.complaint_sight("ADU-0000-00").by(None)
    assert not room.desk.may_see("bukan-uuid", None)
    assert bot_only not in room.ids(Queue.UNASSIGNED)


def test_a_unit_sees_what_was_given_to_it_and_nothing_else(room: Room) -> None:
    theirs, others = room.ask(), room.ask()
    assert room.desk.forward(theirs, "DPUPR")
    assert room.desk.may_see(theirs, "DPUPR")
    assert not room.desk.may_see(theirs, "DLH")
    assert not room.desk.may_see(others, "DPUPR")
    assert room.desk.may_see(theirs, None)
    unit = Seat(room.account(), "DPUPR")
    mine = room.ids(Queue.UNASSIGNED, unit)
    assert theirs in mine
    assert others not in mine
    assert theirs in room.ids(Queue.UNIT, unit)
    assert theirs not in room.ids(Queue.UNIT)
    assert others in room.ids(Queue.UNIT)
    assert room.row(Queue.UNASSIGNED, theirs).units == ("DPUPR",)
    assert not room.desk.forward(room.chat(), "DPUPR")


def test_urgent_ones_come_first_then_what_is_due_then_the_oldest(room: Room) -> None:
    old = room.ask(NOW - 5 * HOUR)
    later = room.ask(NOW - HOUR, due=TODAY + timedelta(days=3))
    soon = room.ask(NOW, due=TODAY)
    urgent = room.ask(NOW, reason="urgent")
    new = room.ask(NOW - 4 * HOUR)
    order = [item for item in room.ids(Queue.UNASSIGNED) if item in {old, later, soon, urgent, new}]
    assert order == [urgent, soon, later, old, new]


def test_each_queue_holds_what_its_name_says(room: Room) -> None:
    late = room.ask(due=TODAY - timedelta(days=1))
    tomorrow = room.ask(due=TODAY + timedelta(days=1))
    far = room.ask(due=TODAY + timedelta(days=2))
    assert late in room.ids(Queue.OVERDUE)
    assert late not in room.ids(Queue.SOON)
    assert tomorrow in room.ids(Queue.SOON)
    assert far not in room.ids(Queue.SOON) + room.ids(Queue.OVERDUE)
    before = room.queues.counts(room.seat, DAYS)
    now = datetime.now(UTC)  # what is put into the outbox carries the real time
    here = room.ask(heard_at=now - 2 * HOUR)
    room.ports.officers.claim(here, room.seat.account, "Petugas", JOINED, now - HOUR)
    assert here in room.ids(Queue.MINE)
    assert here not in room.ids(Queue.UNASSIGNED)
    assert here not in room.ids(Queue.WAITING)
    later = now
    room.ports.officers.reply(here, room.seat.account, Reply("Sudah kami cek."), fresh(), later)
    row = room.row(Queue.WAITING, here)
    assert (row.held_by, row.waits_for_citizen) == (room.seat.account, True)
    assert row.last is not None
    assert (row.last.by, row.last.text) == ("officer", "Sudah kami cek.")
    counts = room.queues.counts(room.seat, DAYS)
    assert counts[Queue.MINE] == before[Queue.MINE] + 1
    assert counts[Queue.WAITING] == before[Queue.WAITING] + 1
    room.ports.officers.release(here, room.seat.account, Reply("Selesai."), later)
    assert here not in room.ids(Queue.MINE) + room.ids(Queue.UNASSIGNED)
    assert room.row(Queue.CLOSED, here).ended
    assert room.queues.counts(room.seat, DAYS)[Queue.CLOSED] == before[Queue.CLOSED] + 1


def test_a_row_tells_who_writes_what_and_since_when(room: Room) -> None:
    phone = fresh_phone()
    here = room.ask(NOW - HOUR, "turn_failed", phone=phone, channel="whatsapp", text="izin toko?")
    row = room.row(Queue.UNASSIGNED, here)
    assert (row.channel, row.phone_end) == ("whatsapp", phone[-4:])
    assert (row.reasons, row.opened_at, row.tickets) == (("turn_failed",), NOW - HOUR, ())
    assert row.last is not None
    assert (row.last.by, row.last.text) == ("citizen", "izin toko?")
    ticket = file(room.ports, here).ticket
    assert room.row(Queue.UNASSIGNED, here).tickets == (ticket,)


def test_what_somebody_has_not_seen_is_unread_for_them_alone(room: Room) -> None:
    here, colleague = room.ask(), room.account()
    assert room.row(Queue.UNASSIGNED, here).unread
    room.desk.see(here, colleague, NOW + HOUR)
    assert room.row(Queue.UNASSIGNED, here).unread
    room.desk.see(here, room.seat.account, NOW + HOUR)
    room.desk.see(here, room.seat.account, NOW)
    assert not room.row(Queue.UNASSIGNED, here).unread
    other, unknown = room.ask(), str(uuid.uuid4())
    looked = room.desk.seen(room.seat.account, {here, other, unknown, "bukan-id"})
    assert looked == {here: NOW + HOUR}
    assert room.desk.seen(room.seat.account, ()) == {}


def test_what_the_assistant_says_of_a_hold_is_nobodys_last_words(room: Room) -> None:
    here = room.ask(text="atap roboh")
    room.ports.officers.claim(here, room.seat.account, "Petugas", JOINED, NOW)
    last = room.row(Queue.MINE, here).last
    assert last is not None
    assert (last.by, last.text) == ("citizen", "atap roboh")
    assert here not in room.found("bergabung")


def test_queues_are_narrowed(room: Room) -> None:
    here = room.ask(NOW - 30 * HOUR, "delivery_failed", channel="whatsapp", chat=fresh("w"))
    for passes in (
        Filters(channel="whatsapp"),
        Filters(reason="delivery_failed"),
        Filters(since=NOW - 31 * HOUR, until=NOW - 29 * HOUR),
    ):
        assert here in room.ids(Queue.UNASSIGNED, filters=passes)
    for stops in (
        Filters(channel="telegram"),
        Filters(reason="urgent"),
        Filters(since=NOW - 29 * HOUR),
        Filters(until=NOW - 30 * HOUR),
        Filters(unit="DPUPR"),
        Filters(permit="PBG"),
    ):
        assert here not in room.ids(Queue.UNASSIGNED, filters=stops)
    file(room.ports, here, permit_code="PBG")
    assert here in room.ids(Queue.UNASSIGNED, filters=Filters(permit="PBG"))
    room.ports.officers.claim(here, room.seat.account, "Petugas", JOINED, NOW)
    room.ports.officers.release(here, room.seat.account, Reply("Selesai."), NOW)


def test_a_long_queue_is_read_page_by_page_whatever_the_mark(room: Room) -> None:
    mine = [room.ask(NOW - timedelta(seconds=n), "minta_petugas", channel="whatsapp",
                     chat=fresh("w")) for n in range(60)]  # fmt: skip
    filters = Filters(channel="whatsapp")
    found = room.ids(Queue.UNASSIGNED, filters=filters)
    assert len(found) == len(set(found))
    assert [item for item in found if item in set(mine)] == mine[::-1]
    first = room.queues.page(Queue.UNASSIGNED, room.seat, DAYS, filters)
    assert len(first.rows) == 50
    for broken in ("", "x", "WyJhIl0", "____", "é"):
        page = room.queues.page(Queue.UNASSIGNED, room.seat, DAYS, filters, broken)
        assert page.rows == first.rows
        assert room.queues.page(Queue.CLOSED, room.seat, DAYS, filters, broken).after in (
            None, room.queues.page(Queue.CLOSED, room.seat, DAYS, filters).after,
        )  # fmt: skip


def test_search_finds_words_tickets_numbers_and_phone_ends_in_visible_chats_alone(
    room: Room,
) -> None:
    word, phone = fresh("kata").replace("-", ""), fresh_phone()
    here = room.ask(text=f"Izin <b>reklame</b> di {word}!", phone=phone)
    room.chat(text=f"juga {word}")
    number = f"RKL-{uuid.uuid4().int % 10**8:08d}"
    ticket = file(room.ports, here, application_number=number).ticket
    assert room.found(word) == [here]
    assert room.found(f"{word[:-2].upper()} rekl") == [here]
    assert room.found(f"{word} tidakadakata") == []
    assert room.found(ticket.lower()) == [here]
    assert room.found(number) == [here]
    assert here in room.found(phone[-4:])
    assert here in room.found(phone[-6:])
    assert room.found(word, Seat(room.account(), "DPUPR")) == []
    room.desk.forward(here, "DPUPR")
    assert room.found(word, Seat(room.account(), "DPUPR")) == [here]
    wanted = read(word)
    assert wanted is not None
    (hit,) = room.queues.search(room.seat, wanted)
    assert hit.line is not None
    assert (word, True) in marked(hit.line.text, wanted.words)


def test_search_reads_odd_lines_without_harm(room: Room) -> None:
    for typed in ("", " ", "a", "'", "!!"):
        assert read(typed) is None
    for typed in ("zq'xj \\ : & | ! <->", "(", "x" * 5000, "%_", "'; drop table turns; --"):
        wanted = read(typed)
        assert wanted is None or room.queues.search(room.seat, wanted) == []


def test_who_looks_at_a_conversation_is_known_until_the_page_closes(room: Room) -> None:
    here, ani, budi = room.ask(), room.account(), room.account()
    pages = [fresh("page") for _ in range(3)]
    room.presence.look(here, ani, pages[0], NOW + HOUR)
    room.presence.look(here, ani, pages[1], NOW + HOUR)
    room.presence.look(here, budi, pages[2], NOW + HOUR / 2)
    assert set(room.desk.viewers(here, NOW)) == {ani, budi}
    room.presence.look(here, budi, pages[2], NOW + HOUR)
    assert set(room.desk.viewers(here, NOW + HOUR / 2)) == {ani, budi}
    room.presence.look_away(pages[2])
    assert room.desk.viewers(here, NOW) == [ani]
    room.presence.forget(NOW + 2 * HOUR)
    assert room.desk.viewers(here, NOW) == []
    room.presence.look(str(uuid.uuid4()), ani, fresh("page"), NOW)


def test_what_may_become_a_sealed_complaint_is_not_read_at_the_desk(stored: Room) -> None:
    word, chat = fresh("rahasia").replace("-", ""), fresh("chat")
    here = stored.ask(chat=chat, text="halo")
    told = stored.ports.inbox.receive(message(chat, text=f"{word} pungli"), NOW)
    assert stored.found(word) == [here]
    told_now = {"turns": [told.turn_id], "now": {"category": "PUNGLI"}}
    stored.ports.drafts.put(here, "pengaduan", told_now)
    assert stored.found(word) == []
    last = stored.row(Queue.UNASSIGNED, here).last
    assert last is None or word not in last.text
    stored.ports.officers.leave_message(here, told.turn_id)
    assert stored.found(word) == [here]
    with stored.engine.begin() as connection:
        connection.execute(
            text("insert into sealed.sealing_turns (turn_id, conversation_id) values (:t, :c)"),
            {"t": told.turn_id, "c": here},
        )
    assert stored.found(word) == []


def test_a_number_of_no_ordinary_complaint_is_not_shown(stored: Room) -> None:
    here = stored.ask(text="bagaimana kabar ADU-7K2Q-MN?")
    last = stored.row(Queue.UNASSIGNED, here).last
    assert last is not None
    assert last.text == "bagaimana kabar […]?"


def test_words_go_with_their_conversation_and_long_talks_break_nothing(stored: Room) -> None:
    chat = fresh("chat")
    here = stored.ask(chat=chat)
    said = " ".join(uuid.uuid4().hex for _ in range(120)) + " " + "y" * 3000
    for _ in range(5):
        stored.ports.inbox.receive(message(chat, text=said), NOW)
    with stored.engine.begin() as connection:
        words = "select count(*) from desk_words where conversation_id = :c"
        assert connection.execute(text(words), {"c": here}).scalar() == 1
        connection.execute(text("delete from conversations where id = :c"), {"c": here})
        assert connection.execute(text(words), {"c": here}).scalar() == 0
