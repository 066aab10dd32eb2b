"""News for open pages: told at once, to those who may see it, through lost lines and until the end.

Every wait here is for something that happens; the time limits only end a test that fails.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, Queue
from typing import Any

import httpx
from playwright.sync_api import Browser, expect

from izin.accounts import Account, Role
from izin.replies import Reply
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.inbox import PostgresInbox
from tests.console.conftest import RunningConsole
from tests.console.test_inbox import waiting
from tests.contracts.conversation_ports import fresh, message

LIMIT_S = 20
LISTENERS = "select pid from pg_stat_activity where application_name = 'tanya-console-news'"


class Listener:
    """A page's stream, read in a thread of its own."""

    def __init__(self, client: httpx.Client, path: str) -> None:
        self.heard: Queue[tuple[str, Any]] = Queue()
        self._client, self._path = client, path
        self._line: socket.socket | None = None
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        kind = ""
        try:
            with self._client.stream("GET", self._path, timeout=LIMIT_S * 3) as answer:
                self._line = answer.extensions["network_stream"].get_extra_info("socket")
                assert answer.headers["content-type"].startswith("text/event-stream")
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("data: "):
                        self.heard.put((kind, json.loads(line[6:])))
        except httpx.HTTPError:
            pass
        self.heard.put(("closed", None))

    def close(self) -> None:
        """Close the page; its line is cut, as a browser does."""
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        self.thread.join(LIMIT_S)
        self._client.close()

    def next(self, kind: str = "news", within_s: float = LIMIT_S) -> Any:
        """Give the next event of a kind."""
        end = time.monotonic() + within_s
        while True:
            found, told = self.heard.get(timeout=max(0.001, end - time.monotonic()))
            if found == kind:
                return told

    def until(self, told: dict[str, str], within_s: float = LIMIT_S) -> None:
        """Wait for one piece of news."""
        end = time.monotonic() + within_s
        while self.next(within_s=end - time.monotonic()) != told:
            pass

    def unheard(self, told: dict[str, str], but: dict[str, str]) -> bool:
        """Say whether ``but`` is heard and ``told`` is not before it."""
        while (heard := self.next()) != but:
            if heard == told:
                return False
        return True


@contextmanager
def listening(
    console: RunningConsole, account: Account, path: str = "/langsung"
) -> Iterator[Listener]:
    listener = Listener(console.client(account=account), path)
    try:
        listener.next("ready")
        yield listener
    finally:
        listener.close()


def comes(condition: Callable[[], Any]) -> Any:
    """Wait until a condition holds."""
    end = time.monotonic() + LIMIT_S
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def of(here: str) -> dict[str, str]:
    return {"kind": "conversation", "id": here}


def test_a_new_message_is_told_unasked_to_those_who_may_see_it(
    console: RunningConsole,
) -> None:
    chat, other = fresh("chat"), fresh("chat")
    here, elsewhere = waiting(console, chat=chat), waiting(console, chat=other)
    console.house.desk.forward(here, "DPUPR")
    inbox = PostgresInbox(console.engine)
    unit = console.account(Role.OFFICER, unit="DPUPR")
    editor = console.account(Role.EDITOR)
    with (
        listening(console, console.account(Role.OFFICER)) as desk,
        listening(console, unit) as theirs,
        listening(console, editor) as nobody,
    ):
        inbox.receive(message(chat), datetime.now(UTC))
        desk.until(of(here))
        theirs.until(of(here))
        inbox.receive(message(fresh("chat"), text="hanya untuk asisten"), datetime.now(UTC))
        inbox.receive(message(other), datetime.now(UTC))
        inbox.receive(message(chat), datetime.now(UTC))
        assert theirs.unheard(of(elsewhere), but=of(here))
        desk.until(of(elsewhere))
        assert nobody.heard.empty()


def test_an_opening_a_hold_an_answer_and_its_receipt_are_told(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER)
    here = PostgresInbox(console.engine).receive(message(), datetime.now(UTC)).conversation_id
    officers, now = console.house.officers, datetime.now(UTC)
    with listening(console, console.account(Role.SUPERVISOR)) as page:
        PostgresEscalations(console.engine).open(here, "minta_petugas", now, fresh("key"))
        page.until(of(here))
        officers.claim(here, account.id, "Petugas", Reply("Halo"), now)
        page.until(of(here))
        sent = officers.reply(here, account.id, Reply("Sudah."), fresh(), now)
        page.until(of(here))
        console.rows("update outbox set state = 'accepted' where id = :id", id=sent)
        page.until(of(here))
        console.rows("delete from escalations where conversation_id = :id", id=here)
        page.until({"kind": "inbox", "id": ""})


def test_a_sealed_complaint_is_told_without_any_id_and_to_its_readers_alone(
    console: RunningConsole,
) -> None:
    sealed = (
        "insert into sealed.complaints (ticket, key, category, class_code, story, place,"
        " confidentiality, state, owner, owner_mark, filed_at, first_response_due, decision_due)"
        " values (:ticket, :ticket, 'SIKAP', 'TIDAK_BERKADAR', 'x', 'y', 'rahasia', 'DITERIMA',"
        " 'z', 'm', now(), '{}', '{}')"
    )
    chat = fresh("chat")
    here = waiting(console, chat=chat)
    with (
        listening(console, console.account(Role.SEALED_OFFICER)) as reader,
        listening(console, console.account(Role.OFFICER)) as officer,
    ):
        console.rows(sealed, ticket=fresh("ADU"))
        assert reader.next() == {"kind": "sealed", "id": ""}
        PostgresInbox(console.engine).receive(message(chat), datetime.now(UTC))
        assert officer.unheard({"kind": "sealed", "id": ""}, but=of(here))
        assert reader.heard.empty()


def test_a_lost_database_line_comes_back_and_pages_are_told_to_load_anew(
    console: RunningConsole,
) -> None:
    chat = fresh("chat")
    here = waiting(console, chat=chat)
    with listening(console, console.account(Role.OFFICER)) as page:
        (before,) = console.rows(LISTENERS)
        console.rows("select pg_terminate_backend(:pid)", pid=before.pid)
        page.until({"kind": "resync", "id": ""})
        (after,) = console.rows(LISTENERS)
        assert after.pid != before.pid
        PostgresInbox(console.engine).receive(message(chat), datetime.now(UTC))
        page.until(of(here))


def test_a_revoked_session_s_stream_ends_and_so_does_one_of_an_account_that_changed(
    console: RunningConsole,
) -> None:
    account, other = console.account(Role.OFFICER), console.account(Role.OFFICER)
    with listening(console, account) as page, listening(console, other) as theirs:
        (session,) = console.rows(
            "select id from account_sessions where account_id = :id", id=account.id
        )
        console.house.sessions.revoke(str(session.id), datetime.now(UTC))
        page.next("over")
        page.next("closed")
        console.rows("update accounts set unit = 'DPUPR' where id = :id", id=other.id)
        theirs.next("over")
    with httpx.Client(base_url=console.url, trust_env=False, timeout=60) as nobody:
        assert nobody.get("/langsung").status_code in (303, 401)


def test_a_session_that_is_over_by_time_is_no_longer_counted(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER, unit="DPUPR")
    console.secret(account)
    (row,) = console.rows("select id from account_sessions where account_id = :id", id=account.id)
    presence, now = console.house.presence, datetime.now(UTC)
    rights = {str(row.id): (frozenset({"petugas"}), "DPUPR")}
    assert presence.going_on([str(row.id)], now) == rights
    assert presence.going_on([str(row.id)], now + timedelta(hours=13)) == {}


def test_an_open_conversation_shows_who_looks_renews_their_hold_and_marks_it_read(
    console: RunningConsole,
) -> None:
    account, colleague = console.account(Role.OFFICER), console.account(Role.OFFICER)
    here, desk = waiting(console), console.house.desk
    now = datetime.now(UTC)
    console.house.officers.claim(here, account.id, "Petugas", Reply("Halo"), now)
    console.rows(
        "update officer_handlings set lease_until = :at where conversation_id = :id",
        at=now + timedelta(minutes=1), id=here,
    )  # fmt: skip
    with listening(console, colleague) as watching:
        with listening(console, account, f"/langsung?conversation={here}"):
            watching.until(of(here))
            assert desk.viewers(here, datetime.now(UTC)) == [account.id]
            held = console.house.officers.handling(here)
            assert held is not None
            assert held.lease_until > now + timedelta(minutes=10)
            assert account.id in {
                item.officer for item in console.house.officers.present(datetime.now(UTC))
            }
            assert console.rows("select 1 from desk_seen where conversation_id = :id", id=here)
        watching.until(of(here))
        comes(lambda: not desk.viewers(here, datetime.now(UTC)))
        with listening(console, account, f"/langsung?conversation={here}&idle=1"):
            assert desk.viewers(here, datetime.now(UTC)) == []
        unit = console.account(Role.OFFICER, unit="DPUPR")
        with listening(console, unit, f"/langsung?conversation={here}"):
            assert desk.viewers(here, datetime.now(UTC)) == []
        with listening(console, account, f"/langsung?conversation={uuid.uuid4()}"):
            pass
        with listening(console, account, "/langsung?conversation=bukan-uuid"):
            pass


def test_nothing_is_told_that_nobody_waits_for(console: RunningConsole) -> None:
    with listening(console, console.account(Role.OFFICER)) as page:
        chat, here = fresh("chat"), ""
        PostgresInbox(console.engine).receive(message(chat), datetime.now(UTC))
        here = waiting(console)
        page.until(of(here))
        try:
            while True:
                kind, told = page.heard.get_nowait()
                assert (kind, told) == ("news", of(here))
        except Empty:
            pass


def test_a_new_message_appears_in_an_open_inbox_without_reloading(
    console: RunningConsole, browser: Browser
) -> None:
    console.rows("update escalations set closed_at = now() where closed_at is null")
    chat = fresh("chat")
    waiting(console, "pesan pertama", chat=chat)
    with console.page(browser, Role.OFFICER) as page:
        page.goto(f"{console.url}/percakapan?antrean=tanpa_petugas")
        expect(page.locator("#garis-langsung")).to_have_text("Tersambung")
        expect(page.locator(".ib-said")).to_contain_text("pesan pertama")
        page.locator(".ib-link").focus()
        PostgresInbox(console.engine).receive(
            message(chat, text="pesan yang baru masuk"), datetime.now(UTC)
        )
        expect(page.locator(".ib-said")).to_contain_text("baru masuk")
        expect(page.locator(".ib-link")).to_be_focused()
        assert page.title().startswith("(1) ")
        waiting(console, "warga kedua")
        expect(page.locator(".ib-row")).to_have_count(2)
        assert page.title().startswith("(2) ")
        page.evaluate("document.getElementById('cari').focus()")
