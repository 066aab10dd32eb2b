"""A strict fake Meta: the WhatsApp Cloud API over HTTP on loopback, and citizens who write.

Use the ``fake_meta`` fixture. The control methods may be called from any thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from tests.fakes.faults import Fault, Faults
from tests.fakes.meta_rules import GraphError, Templates, Throughput
from tests.fakes.meta_server import application
from tests.fakes.serving import serve

VERSION = "v23.0"


@dataclass(frozen=True)
class Citizen:
    """Somebody on WhatsApp. ``shows_number`` is false for a user who hides it."""

    wa_id: str = "6281200000001"
    bsuid: str | None = "ID.1000000000000001"
    shows_number: bool = True
    username: str | None = None

    def contact(self) -> dict[str, Any]:
        """Give the entry of ``contacts``."""
        profile: dict[str, Any] = {"name": "Warga Contoh"}
        if self.username:
            profile["username"] = self.username
        return {"profile": profile} | self._ids("wa_id", "user_id")

    def sender(self) -> dict[str, Any]:
        """Give the fields of a message that say who wrote it."""
        return self._ids("from", "from_user_id")

    def chats(self) -> list[str]:
        """Give the ids that can be sent to."""
        return [self.wa_id] + ([self.bsuid] if self.bsuid else [])

    def _ids(self, number: str, user: str) -> dict[str, Any]:
        ids = {number: self.wa_id} if self.shows_number else {}
        return ids | ({user: self.bsuid} if self.bsuid else {})


class FakeMeta:
    """State of the platform, and what citizens and faults do to it.

    Attributes:
        url: Base address of the Graph API with its version.
        sent: Messages the business sent, oldest first, as it sent them, with ``id``.
        lost: Ids of sent messages whose answer never reached the business.
        templates: Approved templates, (name, language) with the count of body parameters.
        queued: Items (messages, statuses, anything) that wait for the webhook.
        paced: Throughput and pair rate are enforced.
        clock_shift_s: Moves the platform's clock (windows, life of addresses).
    """

    def __init__(self) -> None:
        """Begin with nobody having written."""
        self.token = "token-contoh-bukan-rahasia"
        self.phone_id = "100000000000001"
        self.account_id = "200000000000002"
        self.display_number = "+62 21 000 0000"
        self.app_secret = "kunci-contoh"
        self.verify_token = "kata-contoh"
        self.origin = ""
        self.url = ""
        self.webhook = ""
        self.changed = threading.Condition(threading.RLock())
        self.faults = Faults()
        self.throughput = Throughput()
        self.paced = True
        self.clock_shift_s = 0.0
        self.calls: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []
        self.lost: set[str] = set()
        self.reads: list[tuple[str, bool]] = []
        self.received_ids: set[str] = set()
        self.queued: list[dict[str, Any]] = []
        self.last_inbound: dict[str, float] = {}
        self.unreachable: set[str] = set()
        self.hidden: set[str] = set()
        self.templates: Templates = {}
        self.uploads: dict[str, bytes] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.addresses: dict[str, tuple[bytes, float]] = {}
        self._numbers = count(1)

    @contextmanager
    def running(self) -> Iterator[FakeMeta]:
        """Serve the Graph API while the context lasts."""
        with serve(application(self)) as self.origin:
            self.url = f"{self.origin}/{VERSION}"
            try:
                yield self
            finally:
                self.faults.release.set()

    def now(self) -> float:
        """Give the platform's time in Unix seconds."""
        return time.time() + self.clock_shift_s

    def window_open(self, chat: str) -> bool:
        """Say whether the chat wrote within 24 hours."""
        return self.now() - self.last_inbound.get(chat, 0.0) < 86_400

    # What citizens do

    def message(self, who: Citizen, kind: str, content: Any = None, **more: Any) -> dict[str, Any]:
        """Give an item with a citizen's message, not yet queued; opens the window."""
        message = {
            **who.sender(),
            "id": self.new_message_id(),
            "timestamp": str(int(self.now())),
            "type": kind,
            **more,
        }
        if content is not None:
            message[kind] = content
        with self.changed:
            self.received_ids.add(message["id"])
            for chat in who.chats():
                self.last_inbound[chat] = self.now()
            if not who.shows_number:
                self.hidden.add(who.wa_id)
        return {"messages": [message], "contacts": [who.contact()]}

    def say(self, who: Citizen, text: str, **more: Any) -> str:
        """Write a text; gives the message's id."""
        return self.queue(self.message(who, "text", {"body": text}, **more))

    def tap(self, who: Citizen, choice_id: str, title: str, kind: str = "button_reply") -> str:
        """Tap a reply button or (``list_reply``) a row."""
        content = {"type": kind, kind: {"id": choice_id, "title": title}}
        return self.queue(self.message(who, "interactive", content))

    def send_file(
        self, who: Citizen, kind: str, content: bytes, mime_type: str, **more: Any
    ) -> str:
        """Send an image, document, audio, video or sticker."""
        media_id = self.keep_file(content, mime_type)
        return self.queue(self.message(who, kind, {"id": media_id, "mime_type": mime_type, **more}))

    def keep_file(self, content: bytes, mime_type: str, claimed_size: int | None = None) -> str:
        """Store a citizen's file and give its id."""
        media_id = f"{next(self._numbers):016d}"
        self.files[media_id] = {
            "content": content,
            "mime_type": mime_type,
            "claimed_size": len(content) if claimed_size is None else claimed_size,
            "at": self.now(),
        }
        return media_id

    def receipt(self, message_id: str, status: str, code: int | None = None) -> None:
        """Queue a status of a message that the business sent."""
        item: dict[str, Any] = {
            "id": message_id,
            "status": status,
            "timestamp": str(int(self.now())),
            "recipient_id": "6281200000001",
        }
        if code is not None:
            item["errors"] = [{"code": code, "title": "gagal"}]
        self.queue({"statuses": [item]})

    def queue(self, item: dict[str, Any]) -> str:
        """Let a ``value`` wait for the webhook; gives its message's id, if it has one."""
        with self.changed:
            self.queued.append(item)
        return str((item.get("messages") or [{}])[0].get("id", ""))

    # What goes wrong

    def fail(self, name: str, code: int, times: int = 1, status: int | None = None) -> None:
        """Let the next calls (``messages``, ``media``, ``node``) answer an error code."""
        error = GraphError(code, "kesalahan yang diminta", status)
        self.faults.order(name, Fault("error", error.status, error.document()), times)

    def hang(self, name: str, *, acts: bool = False, times: int = 1) -> None:
        """Let the next calls never be answered; with ``acts`` a message is sent all the same."""
        self.faults.order(name, Fault("lost" if acts else "silence"), times)

    def drop(self, name: str, times: int = 1) -> None:
        """Let the next calls act, and their connection break before the answer is whole."""
        self.faults.order(name, Fault("dropped"), times)

    # The webhook

    def subscribe(self, url: str, verify_token: str | None = None) -> httpx.Response:
        """Ask the webhook for its challenge, as Meta does when it is entered."""
        self.webhook = url
        word = self.verify_token if verify_token is None else verify_token
        params = {
            "hub.mode": "subscribe",
            "hub.verify_token": word,
            "hub.challenge": "1158201444",
        }
        return httpx.get(url, params=params, trust_env=False)

    def deliver(
        self, *, batch: bool = False, twice: bool = False, newest_first: bool = False
    ) -> list[int]:
        """Send queued items and give the statuses; what is not taken goes on waiting.

        ``batch`` puts all into one POST, over several entries and changes.
        """
        with self.changed:
            items = list(self.queued)
        items = items[::-1] if newest_first else items
        posts = [items] if batch else [[item] for item in items]
        posts = [post for post in posts for _ in range(2)] if twice else posts
        statuses = []
        for post in posts:
            answer = self.post(self.body(post))
            statuses.append(answer.status_code)
            if answer.is_success:
                with self.changed:
                    self.queued = [i for i in self.queued if not any(i is p for p in post)]
        return statuses

    def body(self, items: list[dict[str, Any]]) -> bytes:
        """Give a POST's body with all items; two changes to an entry."""
        changes = [{"field": "messages", "value": self._value(item)} for item in items]
        entries = [
            {"id": self.account_id, "changes": changes[first : first + 2]}
            for first in range(0, len(changes), 2)
        ]
        document = {"object": "whatsapp_business_account", "entry": entries}
        return json.dumps(document, ensure_ascii=False).encode()

    def post(self, body: bytes, signature: str | None = None) -> httpx.Response:
        """Send a raw body, signed as Meta signs (``signature=""`` sends none)."""
        if signature is None:
            digest = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
            signature = f"sha256={digest}"
        headers = {"Content-Type": "application/json"}
        if signature:
            headers["X-Hub-Signature-256"] = signature
        return httpx.post(self.webhook, content=body, headers=headers, trust_env=False, timeout=30)

    def _value(self, item: dict[str, Any]) -> dict[str, Any]:
        metadata = {"display_phone_number": "62210000000", "phone_number_id": self.phone_id}
        return {"messaging_product": "whatsapp", "metadata": metadata, **item}

    # For the server

    def new_message_id(self) -> str:
        """Give a fresh message id."""
        return f"wamid.HBgM{next(self._numbers):012d}"

    def keep_upload(self, content: bytes, mime_type: str) -> str:
        """Store what the business uploaded."""
        media_id = f"unggah{next(self._numbers)}"
        self.uploads[media_id] = content
        return media_id

    def new_address(self, content: bytes) -> str:
        """Give the key of a download address that lives five minutes."""
        key = f"a{next(self._numbers)}"
        self.addresses[key] = (content, self.now())
        return key

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = 25.0) -> None:
        """Return when ``condition`` holds; raises AssertionError after ``timeout_s``."""
        deadline = time.monotonic() + timeout_s
        with self.changed:
            while not condition():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError("the fake Meta waited in vain")
                self.changed.wait(min(left, 0.05))
