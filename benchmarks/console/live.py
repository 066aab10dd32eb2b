"""How long a citizen's new message takes to an open page: as an event, and on the screen."""

from __future__ import annotations

import queue
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import text

from benchmarks.console.house import BenchHouse, RunningConsole
from benchmarks.conversations import percentile
from console.door import COOKIE
from izin.accounts import Role
from izin.conversations import ChatAddress, InboundMessage
from izin.storage.postgres.inbox import PostgresInbox

NEWS = "/langsung"
EVENT = "event at an open page"
MOST_MS = 1000.0
"""A message must be there by then."""

PATIENCE_S = 10.0
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long messages took, the shortest first.

    Attributes:
        name: What was waited for.
        times_ms: Of those that arrived.
        lost: How many never did.
    """

    name: str
    times_ms: tuple[float, ...]
    lost: int = 0

    @property
    def good(self) -> bool:
        """Say whether every message was there in time."""
        return not self.lost and bool(self.times_ms) and self.times_ms[-1] < MOST_MS

    def share(self, share: float) -> float:
        """Give the time within which this share (0 to 1) arrived."""
        return percentile(self.times_ms, share)


class Citizens:
    """Citizens whose conversations wait for an officer, and who write again."""

    def __init__(self, bench: BenchHouse) -> None:
        self._inbox = PostgresInbox(bench.engine)
        with bench.engine.connect() as connection:
            self.chats: Sequence[tuple[str, str, str]] = [
                (str(row.id), row.channel, row.chat)
                for row in connection.execute(
                    text(
                        "select id, channel, chat from conversations where id in (select"
                        " conversation_id from escalations where closed_at is null) order by id"
                    )
                )
            ]

    def write(self, number: int, said: str) -> str:
        """Let the citizen of the ``number``-th chat write; gives the conversation's id."""
        chat_id, channel, chat = self.chats[number % len(self.chats)]
        self._send(channel, chat, said)
        return chat_id

    def write_in(self, chat_id: str, said: str) -> None:
        """Let the citizen of this conversation write."""
        _, channel, chat = next(item for item in self.chats if item[0] == chat_id)
        self._send(channel, chat, said)

    def _send(self, channel: str, chat: str, said: str) -> None:
        now = datetime.now(UTC)
        self._inbox.receive(
            InboundMessage(
                address=ChatAddress(channel, chat),  # type: ignore[arg-type]
                external_id=f"bench-{uuid.uuid4().hex}",
                kind="text",
                sent_at=now,
                text=said,
            ),
            now,
        )


def time_events(bench: BenchHouse, console: RunningConsole, messages: int) -> Waits:
    """Listen at the stream of news as an officer while citizens write."""
    citizens, times, lost = Citizens(bench), [], 0
    with console.client(bench.secret(Role.OFFICER)) as client, _listening(client) as heard:
        if heard is None:
            return Waits(EVENT, (), messages)
        for number in range(messages):
            while not heard.empty():
                heard.get()
            began = time.perf_counter()
            chat = citizens.write(number, f"Halo, saya masih menunggu kabar nomor {number}")
            at = _heard(heard, chat)
            if at is None:
                lost += 1
            else:
                times.append((at - began) * 1000)
    return Waits(EVENT, tuple(sorted(times)), lost)


@contextmanager
def _listening(client: httpx.Client) -> Iterator[queue.Queue[tuple[float, str]] | None]:
    heard: queue.Queue[tuple[float, str]] = queue.Queue()
    opened, ended = threading.Event(), threading.Event()

    def listen() -> None:
        limits = httpx.Timeout(10.0, read=PATIENCE_S)
        try:
            with client.stream("GET", NEWS, timeout=limits) as answer:
                if answer.status_code != 200:
                    return  # nobody will open
                opened.set()
                for line in answer.iter_lines():
                    heard.put((time.perf_counter(), line))
                    if ended.is_set():
                        return
        except httpx.TransportError:
            return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield heard if opened.wait(PATIENCE_S) else None
    finally:
        ended.set()


def _heard(heard: queue.Queue[tuple[float, str]], chat: str) -> float | None:
    deadline = time.perf_counter() + PATIENCE_S
    while (left := deadline - time.perf_counter()) > 0:
        try:
            at, line = heard.get(timeout=left)
        except queue.Empty:
            return None
        if line.startswith("data:") and chat in line:
            return at
    return None


def time_screen(bench: BenchHouse, console: RunningConsole, messages: int) -> list[Waits]:
    """Look at inbox and conversation in Chromium while a citizen writes."""
    if CHROMIUM is None:
        return []
    citizens = Citizens(bench)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="id-ID")
        secret = bench.secret(Role.OFFICER)
        context.add_cookies([{"name": COOKIE, "value": secret, "url": console.url}])
        page = context.new_page()
        waits = [
            _on_screen(page, console, citizens, messages, "inbox on the screen", "/percakapan"),
            _on_screen(page, console, citizens, messages, "conversation on the screen",
                       f"/percakapan/{citizens.chats[0][0]}"),
        ]  # fmt: skip
        browser.close()
    return waits


def _on_screen(
    page: Page, console: RunningConsole, citizens: Citizens, messages: int, name: str, path: str
) -> Waits:
    times, lost = [], 0
    try:
        with page.expect_request(f"**{NEWS}*", timeout=PATIENCE_S * 1000):
            page.goto(console.url + path)
    except PlaywrightTimeout:
        return Waits(name, (), messages)
    chat_id = _first_shown(page, path, {item[0] for item in citizens.chats})
    if chat_id is None:
        return Waits(name, (), messages)
    for number in range(messages + 1):
        said = f"Kabar {uuid.uuid4().hex[:8]}"
        began = time.perf_counter()
        citizens.write_in(chat_id, said)
        try:
            page.wait_for_function(
                "said => document.body.textContent.includes(said)",
                arg=said, polling="raf", timeout=PATIENCE_S * 1000,
            )  # fmt: skip
        except PlaywrightTimeout:
            lost += number > 0
        else:  # the first may come before the page listens
            times += [(time.perf_counter() - began) * 1000] if number else []
    return Waits(name, tuple(sorted(times)), lost)


def _first_shown(page: Page, path: str, waiting: set[str]) -> str | None:
    """Give the conversation of the page, or the first that it lists."""
    links = page.locator('main a.ib-link[href^="/percakapan/"]').evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    ids = [link.split("/")[-1].split("?")[0] for link in (path, *links)]
    return next((item for item in ids if item in waiting), None)
