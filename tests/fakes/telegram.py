"""A strict fake Telegram: the Bot API over HTTP on loopback, and citizens who write.

Use the ``fake_telegram`` fixture. The control methods may be called from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx

from tests.fakes.faults import Fault, Faults
from tests.fakes.serving import serve
from tests.fakes.telegram_rules import Flood
from tests.fakes.telegram_server import application

TOKEN = "1234567:contoh-token_bukan_rahasia"
USERNAME = "tanya_contoh_bot"


class FakeTelegram:
    """State of the platform, and what citizens and faults do to it.

    Attributes:
        url: Base address of the Bot API.
        sent: Messages the bot sent, oldest first, as Telegram's message objects with
            ``method`` and ``markup``.
        lost: Ids (``chat:message``) of sent messages whose answer never reached the bot.
        paced: Flood limits are enforced.
    """

    def __init__(self) -> None:
        """Begin with no chats."""
        self.token = TOKEN
        self.username = USERNAME
        self.bot = {
            "id": 1234567, "is_bot": True, "first_name": "Tanya Izin", "username": USERNAME,
            "can_join_groups": True, "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }  # fmt: skip
        self.url = ""
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.faults = Faults()
        self.flood = Flood()
        self.paced = True
        self.poll = 0
        self.webhook: dict[str, Any] | None = None
        self.pending: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[dict[str, Any]] = []
        self.lost: set[str] = set()
        self.uploads: list[bytes] = []
        self.actions: list[tuple[int, str]] = []
        self.commands: list[dict[str, str]] = []
        self.chats: dict[int, dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}
        self.files: dict[str, int] = {}
        self.paths: dict[str, bytes] = {}
        self.open_callbacks: set[str] = set()
        self.answered_callbacks: list[str] = []
        self._update_ids = count(870_000_000)
        self._message_ids: dict[int, Any] = {}
        self._numbers = count(1)

    @contextmanager
    def running(self) -> Iterator[FakeTelegram]:
        """Serve the Bot API while the context lasts."""
        with serve(application(self)) as self.url:
            try:
                yield self
            finally:
                self.faults.release.set()

    # What citizens do

    def citizen(self, chat: int) -> dict[str, Any]:
        """Open a private chat and give it; the bot may write to it from now on."""
        with self.lock:
            return self.chats.setdefault(
                chat, {"id": chat, "type": "private", "first_name": "Warga Contoh"}
            )

    def group(self, chat: int) -> dict[str, Any]:
        """Open a group (negative id) with the bot in it."""
        with self.lock:
            return self.chats.setdefault(
                chat, {"id": chat, "type": "supergroup", "title": "Grup Contoh"}
            )

    def message(self, chat: int, user: int | None = None, **content: Any) -> dict[str, Any]:
        """Give an update with a citizen's message, not yet queued."""
        place = self.citizen(chat) if chat > 0 else self.group(chat)
        return {
            "update_id": next(self._update_ids),
            "message": {
                "message_id": self.next_message_id(chat),
                "from": {"id": user or chat, "is_bot": False, "first_name": "Warga"},
                "chat": place,
                "date": int(time.time()),
                **content,
            },
        }

    def say(self, chat: int, text: str, user: int | None = None, **more: Any) -> dict[str, Any]:
        """Write a text to the bot; gives the queued update."""
        return self.queue(self.message(chat, user, text=text, **more))

    def edit(self, update: dict[str, Any], text: str) -> dict[str, Any]:
        """Edit a message that was written before."""
        edited = {**update["message"], "text": text, "edit_date": int(time.time())}
        return self.queue({"update_id": next(self._update_ids), "edited_message": edited})

    def share_contact(self, chat: int, phone: str, *, own: bool = True) -> dict[str, Any]:
        """Press the request-contact button, or send somebody else's contact."""
        contact = {"phone_number": phone, "first_name": "Warga"}
        contact["user_id"] = chat if own else chat + 1  # type: ignore[assignment]
        return self.queue(self.message(chat, contact=contact))

    def send_photo(self, chat: int, content: bytes, caption: str = "") -> dict[str, Any]:
        """Send a photo in two sizes."""
        small, large = self.keep_file(content[:50]), self.keep_file(content)
        sizes = [
            {"file_id": small, "file_unique_id": small, "width": 90, "height": 60,
             "file_size": 50},
            {"file_id": large, "file_unique_id": large, "width": 1280, "height": 960,
             "file_size": len(content)},
        ]  # fmt: skip
        more = {"caption": caption} if caption else {}
        return self.queue(self.message(chat, photo=sizes, **more))

    def tap(self, message: dict[str, Any], data: str, user: int | None = None) -> dict[str, Any]:
        """Tap an inline button of a message in ``sent``."""
        query_id = f"{next(self._numbers):019d}"
        shown = {key: message[key] for key in ("message_id", "from", "chat", "date")}
        with self.lock:
            self.open_callbacks.add(query_id)
        return self.queue(
            {
                "update_id": next(self._update_ids),
                "callback_query": {
                    "id": query_id,
                    "from": {
                        "id": user or message["chat"]["id"],
                        "is_bot": False,
                        "first_name": "Warga",
                    },
                    "message": shown,
                    "chat_instance": "1",
                    "data": data,
                },
            }
        )

    def queue(self, update: dict[str, Any]) -> dict[str, Any]:
        """Let an update wait for the bot; any object, so that malformed ones can come too."""
        with self.changed:
            update.setdefault("update_id", next(self._update_ids))
            self.pending.append(update)
            self.changed.notify_all()
        return update

    def keep_file(self, content: bytes, size: int | None = None) -> str:
        """Store a file and give its id; ``size`` lets it claim another size."""
        file_id = f"berkas{next(self._numbers)}"
        self.files[file_id] = len(content) if size is None else size
        self.paths[f"documents/{file_id}"] = content
        return file_id

    def next_message_id(self, chat: int) -> int:
        """Count messages per chat, as Telegram does."""
        with self.lock:
            return int(next(self._message_ids.setdefault(chat, count(1))))

    # What goes wrong

    def fail(
        self, method: str, status: int, description: str, times: int = 1, **parameters: Any
    ) -> None:
        """Let the next calls of a method answer an error (``retry_after=…`` for 429)."""
        body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.faults.order(method, Fault("error", status, body), times)

    def hang(self, method: str, *, acts: bool = False, times: int = 1) -> None:
        """Let the next calls never be answered; with ``acts`` the work is done all the same."""
        self.faults.order(method, Fault("lost" if acts else "silence"), times)

    def drop(self, method: str, times: int = 1) -> None:
        """Let the next calls act, and their connection break before the answer is whole."""
        self.faults.order(method, Fault("dropped"), times)

    # The webhook

    def deliver(
        self, *, twice: bool = False, newest_first: bool = False, secret: str | None = None
    ) -> list[int]:
        """Send waiting updates to the webhook and give the statuses.

        An update answered with anything but 2xx goes on waiting, as with the real one.
        """
        assert self.webhook is not None, "no webhook was set"
        with self.lock:
            updates = list(self.pending)
        updates = updates[::-1] if newest_first else updates
        updates = [u for u in updates for _ in range(2)] if twice else updates
        given = self.webhook["secret"] if secret is None else secret
        headers = {"X-Telegram-Bot-Api-Secret-Token": given} if given else {}
        statuses = []
        with httpx.Client(trust_env=False, timeout=30) as client:
            for update in updates:
                answer = client.post(self.webhook["url"], json=update, headers=headers)
                statuses.append(answer.status_code)
                if answer.is_success:
                    with self.lock:
                        self.pending = [u for u in self.pending if u is not update]
        return statuses

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = 25.0) -> None:
        """Return when ``condition`` holds; raises AssertionError after ``timeout_s``."""
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while not condition():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError("the fake Telegram waited in vain")
                self.changed.wait(min(left, 0.05))
