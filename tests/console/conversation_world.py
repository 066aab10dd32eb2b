"""A running console with conversations in it, for tests of the conversation's room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx

from izin.conversations import InboundMedia, Received
from izin.replies import Reply
from izin.storage.postgres.escalations import PostgresEscalations
from izin.storage.postgres.inbox import PostgresInbox
from izin.storage.postgres.outbox import PostgresOutbox
from tests.console.conftest import RunningConsole, csrf_of
from tests.contracts.conversation_ports import fresh, fresh_phone, message

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@dataclass
class World:
    """Conversations of one console, as the gateway would store them."""

    console: RunningConsole

    @property
    def inbox(self) -> PostgresInbox:
        return PostgresInbox(self.console.engine)

    @property
    def outbox(self) -> PostgresOutbox:
        return PostgresOutbox(self.console.engine)

    def hears(self, text: str = "syarat PBG apa saja", **changes: Any) -> Received:
        at = changes.pop("at", datetime.now(UTC))
        return self.inbox.receive(message(text=text, **changes), at)

    def waits(self, text: str = "tolong sambungkan ke petugas", **changes: Any) -> str:
        """Give a conversation that waits for an officer; the bot answered it."""
        got = self.hears(text, **changes)
        understood = {"intent": "minta_petugas", "confidence": 0.97}
        self.inbox.answer(got.turn_id, [Reply("Baik, saya [b]catat[/b].")], {}, understood)
        PostgresEscalations(self.console.engine).open(
            got.conversation_id, "minta_petugas", datetime.now(UTC), fresh("key")
        )
        return got.conversation_id

    def of_whatsapp(self, hours_ago: float = 0.0) -> str:
        at = datetime.now(UTC) - timedelta(hours=hours_ago)
        return self.waits(channel="whatsapp", phone=fresh_phone(), at=at)

    def sends_file(self, here: str, content: bytes, **media: Any) -> str:
        given = InboundMedia(platform_id="p", **media)
        return self.console.house.media.put(given, content, here)

    def said(self, here: str) -> list[str]:
        rows = self.console.rows(
            "select reply->>'text' as said from outbox where conversation_id = :id order by seq",
            id=here,
        )
        return [row.said for row in rows]

    def recorded(self, here: str) -> list[str]:
        rows = self.console.rows(
            "select action from audit_log where subject = :id order by id", id=here
        )
        return [row.action for row in rows]


def once_of(page: str) -> str:
    """Give a key that a form on the page carries."""
    found = re.search(r'name="once" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def press(http: httpx.Client, here: str, form: str, **fields: Any) -> httpx.Response:
    """Send one of the page's forms as a browser would."""
    page = http.get(f"/percakapan/{here}").text
    files = fields.pop("files", None)
    data = {"csrf": csrf_of(page), "once": once_of(page) if "once" in page else "", **fields}
    return http.post(f"/percakapan/{here}/{form}", data=data, files=files)


def text_of(answer: httpx.Response) -> str:
    """Give a page's words without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
