"""A person's own Telegram chat."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from izin.accounts import Role
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.officer_chats import PostgresOfficerChats
from izin.usecases.link_officer_chat import LinkOfficerChat
from tests.console.conftest import DESKTOP, PHONE, RunningConsole, csrf_of
from tests.contracts.conversation_ports import message

HERE = "/akun-saya/telegram"


def link_chat(console: RunningConsole, payload: str, now: datetime) -> str:
    """Send a code to the bot; gives what it answers."""
    inbox = PostgresInbox(console.engine)
    received = inbox.receive(message(kind="start", text=payload), now)
    link = LinkOfficerChat(PostgresOfficerChats(console.engine), console.house.wording)
    reply = link.take(inbox.turn(received.turn_id))
    assert reply is not None
    return reply.text


def test_a_chat_is_linked_and_unlinked_and_both_are_recorded(console: RunningConsole) -> None:
    account = console.account(Role.OFFICER)
    PostgresOfficerChats(console.engine).note_bot("https://t.me/izinbot")
    with console.client(account=account) as client:
        page = client.get("/akun-saya")
        assert HERE in page.text
        page = client.get(HERE)
        assert "belum terhubung" in page.text
        page = client.post(f"{HERE}/tautan", data={"csrf": csrf_of(page.text)})
        [payload] = set(re.findall(r"petugas_[0-9a-f]+", html.unescape(page.text)))
        assert f"https://t.me/izinbot?start={payload}" in page.text
        late = datetime.now(UTC) + timedelta(minutes=16)
        assert "15 menit" in link_chat(console, payload, late)
        assert "Terhubung" in link_chat(console, payload, datetime.now(UTC))
        assert "dipakai" in link_chat(console, payload, datetime.now(UTC))
        page = client.get(HERE)
        assert "sudah terhubung" in page.text
        gone = client.post(f"{HERE}/putus", data={"csrf": csrf_of(page.text)})
        assert gone.status_code == 303
        assert "belum terhubung" in client.get(HERE).text
    rows = console.rows("select action from audit_log where actor = :id order by id", id=account.id)
    assert [row.action for row in rows] == ["akun.telegram_tautan", "akun.telegram_putus"]


def test_without_the_session_s_token_nothing_is_begun(console: RunningConsole) -> None:
    with console.client(Role.OFFICER) as client:
        assert client.post(f"{HERE}/tautan").status_code == 403


@pytest.mark.needs_chromium
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_is_sound(
    console: RunningConsole, browser: Browser, screenshots: Path, size: tuple[int, int]
) -> None:
    with console.page(browser, Role.OFFICER, size=size) as page:
        page.goto(console.url + HERE)
        page.get_by_role("button", name="Buat tautan").click()
        page.get_by_label("Pesan untuk bot").wait_for()
        found = Axe().run(page)
        serious = [
            item["id"]
            for item in found.response["violations"]
            if item["impact"] in ("serious", "critical")
        ]
        assert serious == []
        name = "desktop" if size == DESKTOP else "phone"
        page.screenshot(path=screenshots / f"aduan-telegram-{name}.png")
