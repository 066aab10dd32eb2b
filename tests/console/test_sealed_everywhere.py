"""What was ordinary for days and then made confidential leads nowhere any more."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import structlog

from console.routes import BY_KEY
from izin.accounts import Account, Role
from izin.complaints import Complaint, Confidentiality
from izin.conversations import Received
from izin.replies import Reply
from izin.storage.postgres import sealing_due
from izin.storage.postgres.complaint_work import PostgresComplaintWork
from izin.storage.postgres.complaints import PostgresComplaints
from izin.storage.postgres.drafts import PostgresDrafts
from izin.storage.vault import Vault
from tests.console.conftest import RunningConsole, csrf_of
from tests.console.conversation_world import World, once_of
from tests.console.every_page import routes
from tests.console.filed import filed, step
from tests.storage.sealed_intake import holding
from tests.stored_chats import chat_of

VAULT = Vault("k" * 32)
STORY, OFFICE, NOTE = "zebra kuning", "mangga harum", "durian montong"
CHAT_NOTE, LATER, ADDED, SUMMARY = "nangka matang", "pisang ambon", "salak pondoh", "jeruk bali"
WORDS = (STORY, OFFICE, NOTE, CHAT_NOTE, LATER, ADDED, SUMMARY)
LONG = f"Berkas Anda sedang kami periksa di loket pelayanan bersama {OFFICE}, mohon ditunggu."
SAME = "Aduan ini sama dengan aduan lain yang sedang kami tangani di loket pelayanan."
OPEN_ROLES = (Role.OFFICER, Role.SUPERVISOR, Role.EDITOR, Role.ADMIN)


@dataclass
class Tightened:
    """A console after a complaint was worked on and then made confidential.

    Attributes:
        chat: Where it came from; its citizen asked for an officer, so officers see it.
        other: An ordinary complaint that was linked with it and closed as its duplicate.
    """

    console: RunningConsole
    chat: str
    complaint: Complaint
    other: str
    officer: Account

    @property
    def traces(self) -> tuple[str, ...]:
        return (self.complaint.ticket, *WORDS)


@pytest.fixture(scope="module")
def world(console: RunningConsole) -> Tightened:
    told, complaint = _told(console)
    other = filed(console)
    webhook = str(uuid.uuid4())
    console.rows(
        "insert into webhooks (id, url, events, created_at, created_by) values (:id,"
        " 'https://lapor.example.id/x', '{complaint.created,complaint.updated}', now(), 'x')",
        id=webhook,
    )
    complaints = PostgresComplaints(console.engine, VAULT)
    one = complaints.file(complaint, told.turn_id, "file")
    officer = console.account(Role.OFFICER, Role.SUPERVISOR)
    _worked_on(console, officer, told.conversation_id, one.ticket, other.ticket)
    added = World(console).hears(f"nomornya {ADDED}", chat=_chat_name(console, told))
    complaints.add(one.ticket, ADDED, [], added.turn_id, "add", datetime.now(UTC))
    _answered(console, added, "Tersimpan.")
    wish = World(console).hears("rahasiakan aduan saya", chat=_chat_name(console, told))
    complaints.make_confidential(one.ticket, wish.turn_id, "rahasia", datetime.now(UTC))
    _answered(console, wish, f"Tiket {one.ticket} dirahasiakan.")
    for row in console.rows("select id from outbox where state = 'waiting'"):
        _delivered(console, str(row.id))
    return Tightened(console, told.conversation_id, one, other.ticket, officer)


def _told(console: RunningConsole) -> tuple[Received, Complaint]:
    told = World(console).hears(f"mau lapor, {STORY} di loket")
    _answered(console, told, f"Aduan diterima: {STORY}")
    template = filed(console)
    return told, Complaint(
        ticket="ADU-9K9K-9K", category="KETERLAMBATAN", class_code="TIDAK_BERKADAR",
        story=f"Ada {STORY} di loket.", place="Loket", confidentiality=Confidentiality.NORMAL,
        state=template.state, filed_at=datetime.now(UTC), deadlines=template.deadlines,
        owner="DPMPTSP", conversation_id=told.conversation_id, events=template.events,
    )  # fmt: skip


def _answered(console: RunningConsole, got: Received, text: str) -> None:
    [sent] = World(console).inbox.answer(got.turn_id, [Reply(text)], {})
    _delivered(console, sent)


def _delivered(console: RunningConsole, message_id: str) -> None:
    World(console).outbox.part_accepted(message_id, 0, uuid.uuid4().hex, 1, datetime.now(UTC))


def _chat_name(console: RunningConsole, got: Received) -> str:
    return chat_of(console.engine, got.conversation_id)


def _worked_on(
    console: RunningConsole, officer: Account, chat: str, ticket: str, other: str
) -> None:
    path, room = f"/pengaduan/{ticket}", f"/percakapan/{chat}"
    PostgresDrafts(console.engine).put(chat, "aduan_terakhir", {"ticket": ticket, "at": "x"})
    console.rows(
        "insert into escalations (conversation_id, key, reason, opened_at)"
        " values (:chat, :key, 'minta_petugas', now())",
        chat=chat, key=uuid.uuid4().hex,
    )  # fmt: skip
    with console.client(account=officer) as who:
        assert step(who, path, "ambil").status_code == 303
        assert step(who, path, "jawab", text=LONG).status_code == 303
        assert step(who, path, "lengkapi", text=LONG).status_code == 303
        _post(who, path, f"{path}/catatan", text=f"kata {NOTE}")
        linked = step(who, f"/pengaduan/{other}", "tautkan", other=ticket)
        assert linked.status_code == 303
        closing = {
            "closing_reason": "duplikat",
            "other": ticket,
            "text": SAME,
        }
        assert step(who, f"/pengaduan/{other}", "tutup", **closing).status_code == 303
        _post(who, f"/pengaduan/{other}", f"/pengaduan/{other}/catatan", text=f"lihat {ticket}")
        _post(who, room, f"{room}/catatan", text=f"soal {ticket}: {CHAT_NOTE}")
        _post(who, room, f"{room}/ambil")
        when = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
        _post(who, room, f"{room}/jadwalkan", text=f"Kabar {ticket}: {LATER}", when=when)
        _post(who, room, f"{room}/balas", text=f"Soal {ticket} kami cek, {OFFICE}.")
        _post(who, room, f"{room}/kembalikan", summary=f"{SUMMARY} {ticket}")


def _post(who: httpx.Client, page: str, path: str, **typed: str) -> None:
    shown = who.get(page).text
    form = {"csrf": csrf_of(shown), "once": once_of(shown), **typed}
    answer = who.post(path, data=form)
    assert answer.status_code == 303, (path, answer.status_code, answer.text[-600:])


def test_the_chat_is_shown_while_its_traces_are_still_being_removed(world: Tightened) -> None:
    with world.console.client(account=world.officer) as who:
        shown = who.get(f"/percakapan/{world.chat}")
    assert shown.status_code == 200
    assert [trace for trace in world.traces if trace in shown.text] == []
    assert "[…]" in shown.text


def test_the_open_schema_holds_no_word_of_it_and_no_way_to_it(world: Tightened) -> None:
    _sealed(world)
    left = holding(world.console.engine, *world.traces)
    assert left == {"audit_log": [world.complaint.ticket]}, "what was done stays, by ticket"


def test_what_officers_wrote_of_it_goes_with_it(world: Tightened) -> None:
    with world.console.client(Role.SEALED_OFFICER) as who:
        shown = who.get(f"/pengaduan-tertutup/{world.complaint.ticket}").text
    assert [word for word in (STORY, OFFICE, NOTE, CHAT_NOTE, LATER) if word not in shown] == []


@pytest.mark.parametrize("unit", [None, "DPUPR"])
@pytest.mark.parametrize("role", OPEN_ROLES)
def test_no_page_list_search_or_file_tells_of_it(
    world: Tightened, role: Role, unit: str | None
) -> None:
    _sealed(world)
    found = {}
    with world.console.client(account=world.console.account(role, unit=unit)) as who:
        for path in _paths(world):
            answer = who.get(path, follow_redirects=True)
            assert answer.status_code < 500, path
            shown = [world.complaint.ticket] if world.complaint.ticket in path else []
            traces = [t for t in world.traces if t in answer.text and t not in shown]
            if traces:
                found[path] = traces
    assert found == {}


def _sealed(world: Tightened) -> None:
    sealing_due.seal_traces(world.console.engine, VAULT, datetime.now(UTC))
    sealing_due.seal_traces(world.console.engine, VAULT, datetime.now(UTC))


def _paths(world: Tightened) -> list[str]:
    ticket = world.complaint.ticket
    plain = [
        route.path
        for route in routes(world.console)
        if "{" not in route.path and route.path != BY_KEY
    ]
    queues = ("semua", "baru", "saya", "unit", "menunggu", "segera", "lewat", "selesai")
    return [
        *plain,
        *(f"/pengaduan?antrean={name}" for name in queues),
        f"/pengaduan/{ticket}", f"/pengaduan/{ticket}/kabar", f"/pengaduan/{world.other}",
        f"/percakapan/{world.chat}", f"/percakapan/{world.chat}/riwayat",
        f"/percakapan/{world.chat}/keadaan",
        f"/jejak?id={ticket}", "/jejak?jenis=pengaduan", "/jejak?jenis=pengaduan_tertutup",
        "/jejak/unduh.csv", f"/jejak/unduh.csv?id={ticket}",
        "/unduh/pengaduan.csv", "/unduh/angka/semua.csv",
        *(f"/integrasi/kait/{row.id}" for row in world.console.rows("select id from webhooks")),
    ]  # fmt: skip


def test_words_of_it_are_not_found_any_more(world: Tightened) -> None:
    _sealed(world)
    rows = world.console.rows(
        "select words::text from desk_words where conversation_id = :id", id=world.chat
    )
    held = json.dumps([row[0] for row in rows])
    spoken = {piece for trace in world.traces for piece in trace.lower().split()}
    assert [word for word in sorted(spoken) if f"'{word}'" in held] == []
    assert re.sub("[^a-z0-9]", "", world.complaint.ticket.lower()) not in held


def test_what_breaks_is_logged_without_the_ticket(
    world: Tightened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_given: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(PostgresComplaintWork, "case", breaks)
    with (
        world.console.client(Role.SEALED_OFFICER) as who,
        structlog.testing.capture_logs() as logged,
    ):
        assert who.get(f"/pengaduan-tertutup/{world.complaint.ticket}").status_code == 500
    (line,) = [item for item in logged if item["event"] == "request_broken"]
    assert world.complaint.ticket not in str(line)
    assert line["route"] == "/pengaduan-tertutup/{ticket}"


def test_a_duplicates_citizen_is_not_told_the_number_of_the_other(world: Tightened) -> None:
    told = world.console.rows("select reply::text as said from outbox where reply::text like :t",
                              t=f"%{world.other}%")  # fmt: skip
    assert told
    assert '"aduan saya"' in told[-1].said.replace("\\", "")
    assert not any("ADU-" in row.said.replace(world.other, "") for row in told)
