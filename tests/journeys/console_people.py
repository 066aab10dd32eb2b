"""Citizens on the fake platforms and officers in real browsers, for the console's journeys."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from playwright.sync_api import Browser, Page, expect

from izin.accounts import Account, Role
from izin.storage.passwords import Argon2Hashes
from izin.storage.postgres.accounts import PostgresAccounts
from ops.journeys.chat import begins
from tests.browsers import window
from tests.fakes.meta import Citizen as MetaCitizen
from tests.journeys.stack import Stack
from tests.stored_chats import conversation_with

DESKTOP, PHONE = (1280, 900), (360, 740)
PASSWORD = "lentera-di-ujung-dermaga"
PATIENCE_S = 25.0

_numbers = count(7_100_001)


class PlatformCitizen:
    """A citizen on one of the fake platforms, who knows what reached the phone.

    Attributes:
        channel: Which platform.
        chat: The conversation's key in the database.
        stack: The running house.
    """

    channel = ""

    def __init__(self, stack: Stack, chat: str) -> None:
        self.stack = stack
        self.chat = chat

    def say(self, text: str) -> None:
        """Write a text."""
        raise NotImplementedError

    def tap(self, title: str) -> None:
        """Tap the latest button or row that begins so."""
        raise NotImplementedError

    def heard(self) -> list[str]:
        """Give every text that reached the phone, oldest first."""
        raise NotImplementedError

    def ask(self, text: str) -> str:
        """Write a text and give what comes back for it."""
        return self._answer(lambda: self.say(text))

    def choose(self, title: str) -> str:
        """Tap, and give what comes back for it."""
        return self._answer(lambda: self.tap(title))

    def _answer(self, act: Callable[[], None]) -> str:
        before = len(self.heard())
        act()
        self.stack.until(lambda: len(self.heard()) > before, PATIENCE_S)
        self.stack.until(self._settled, PATIENCE_S)
        return "\n".join(self.heard()[before:])

    def _settled(self) -> bool:
        """Say whether nothing is under way to this chat or from it."""
        return not self.stack.one(
            "select exists (select from turns"
            " where conversation_id = :conversation and state = 'queued')"
            " or exists (select from outbox"
            " where conversation_id = :conversation and state = 'waiting')",
            conversation=self.stack.conversation(self.chat),
        )

    def hears(self, words: str) -> str:
        """Wait until a text with these words reached the phone; gives it."""
        self.stack.until(lambda: any(words in said for said in self.heard()), PATIENCE_S)
        return next(said for said in reversed(self.heard()) if words in said)

    @property
    def conversation(self) -> str:
        """Give the conversation's id."""
        return conversation_with(self.stack.engine, self.chat, self.channel)


class OnTelegram(PlatformCitizen):
    """A private Telegram chat."""

    channel = "telegram"

    def __init__(self, stack: Stack) -> None:
        self._id = next(_numbers)
        super().__init__(stack, str(self._id))

    def _sent(self) -> list[dict[str, Any]]:
        return [item for item in self.stack.telegram.sent if item["chat"]["id"] == self._id]

    def say(self, text: str) -> None:
        """Write a text."""
        self.stack.telegram.say(self._id, text)

    def tap(self, title: str) -> None:
        """Tap the latest button that begins so."""
        for message in reversed(self._sent()):
            for row in (message.get("markup") or {}).get("inline_keyboard", []):
                for button in row:
                    if begins(button["text"], title):
                        self.stack.telegram.tap(message, button["callback_data"])
                        return
        raise AssertionError(f"no button {title!r}")

    def heard(self) -> list[str]:
        """Give every text that reached the phone."""
        return [str(item.get("text") or item.get("caption") or "") for item in self._sent()]


class OnWhatsApp(PlatformCitizen):
    """A WhatsApp chat."""

    channel = "whatsapp"

    def __init__(self, stack: Stack) -> None:
        number = f"62800{next(_numbers)}"
        self._who = MetaCitizen(number, f"ID.{number}")
        stack.meta.webhook = f"{stack.trial.gateway_url}/webhooks/whatsapp"
        super().__init__(stack, f"ID.{number}")

    def _sent(self) -> list[dict[str, Any]]:
        chats = set(self._who.chats())
        return [
            item
            for item in self.stack.meta.sent
            if str(item.get("to", item.get("recipient", ""))).lstrip("+") in chats
        ]

    def say(self, text: str) -> None:
        """Write a text."""
        self.stack.meta.say(self._who, text)
        self.stack.meta.deliver()

    def tap(self, title: str) -> None:
        """Tap the latest button or row that begins so."""
        for message in reversed(self._sent()):
            action = message.get("interactive", {}).get("action", {})
            options = [button["reply"] for button in action.get("buttons", [])]
            options += [row for part in action.get("sections", []) for row in part["rows"]]
            for option in options:
                if begins(option["title"], title):
                    self.stack.meta.tap(self._who, option["id"], option["title"])
                    self.stack.meta.deliver()
                    return
        raise AssertionError(f"no button {title!r}")

    def heard(self) -> list[str]:
        """Give every text that reached the phone."""
        return [_words(item) for item in self._sent() if item["type"] in ("text", "interactive")]


CITIZENS = {"telegram": OnTelegram, "whatsapp": OnWhatsApp}


def _words(message: dict[str, Any]) -> str:
    body = message[message["type"]]["body"]
    return str(body if isinstance(body, str) else body["text"])


def new_account(stack: Stack, *roles: Role, name: str, unit: str | None = None) -> Account:
    """Give a new account that signs in with :data:`PASSWORD`."""
    account = Account(
        str(uuid.uuid4()), f"u{uuid.uuid4().hex[:10]}", name, frozenset(roles), unit=unit
    )
    PostgresAccounts(stack.engine).add(account, Argon2Hashes().hash(PASSWORD), datetime.now(UTC))
    return account


@dataclass
class AtDesk:
    """Somebody who works in the console, in a browser of their own."""

    url: str
    page: Page
    account: Account | None = None
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a page of the console."""
        answer = self.page.goto(self.url + path)
        assert answer is not None, path
        assert answer.status == 200, (path, answer.status)

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in by the form."""
        self.page.goto(f"{self.url}/masuk")
        self.page.get_by_label("Nama pengguna").fill(login)
        self.page.get_by_label("Kata sandi", exact=True).fill(password)
        self.page.get_by_role("button", name="Masuk").click()
        expect(self.page).not_to_have_url(re.compile("/masuk"))

    def press(self, name: str, *, among: str = "main") -> None:
        """Press a button by its words."""
        self.page.locator(among).get_by_role("button", name=name, exact=True).click()

    def write(self, label: str, words: str) -> None:
        """Write into a field."""
        self.page.get_by_label(label, exact=True).fill(words)

    def unfold(self, words: str) -> None:
        """Open what is folded under these words, unless it is open."""
        summary = self.page.locator("main summary", has_text=words).first
        if summary.evaluate("item => !item.parentElement.open"):
            summary.click()

    def act(self, action: str, **fields: str) -> None:
        """Send a complaint's form of this action, after its preview where it has one."""
        form = self.page.locator(f"#form-{action}")
        for _ in range(2):
            form.evaluate(
                "form => { for (let one = form; one; one = one.parentElement)"
                " if (one.tagName === 'DETAILS') one.open = true; }"
            )
            for name, value in fields.items():
                field = form.locator(f'[name="{name}"]')
                if field.evaluate("field => field.tagName") == "SELECT":
                    field.select_option(value)
                else:
                    field.fill(value)
            looked = form.get_by_role("button", name="Lihat dulu yang akan dibaca warga")
            if not looked.count():
                break
            with self.page.expect_navigation():
                looked.click()
        with self.page.expect_navigation():
            form.get_by_role("button").first.click()
        assert self.page.locator(".field-problem").all_inner_texts() == []

    def sees(self, words: str) -> None:
        """Wait until words stand on the page, without reloading it."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=PATIENCE_S * 1000)

    def token(self) -> str:
        """Give the token that this session's forms carry."""
        return str(self.page.locator("body").get_attribute("data-csrf"))

    def fits(self) -> bool:
        """Say whether the page is no wider than its window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@contextmanager
def at_desk(
    stack: Stack, browser: Browser, *roles: Role, name: str, size: tuple[int, int] = DESKTOP
) -> Iterator[AtDesk]:
    """Give a new colleague, signed in by the form; the browser may complain of nothing."""
    account = new_account(stack, *roles, name=name)
    with nobody_at_desk(stack, browser, size) as desk:
        desk.account = account
        desk.sign_in(account.login)
        yield desk
        assert desk.said == []
        assert desk.fits()


@contextmanager
def nobody_at_desk(
    stack: Stack, browser: Browser, size: tuple[int, int] = DESKTOP
) -> Iterator[AtDesk]:
    """Give a browser in which nobody has signed in."""
    context = window(browser, size)
    page = context.new_page()
    desk = AtDesk(stack.trial.console_url, page)
    page.on("pageerror", lambda error: desk.said.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    try:
        yield desk
    finally:
        context.close()
