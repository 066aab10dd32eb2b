"""Writes down, while a run lasts, what was written and what the platforms received."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chaos.evidence import Kind, Received, Shaken, Written
from tests.fakes.meta import FakeMeta
from tests.fakes.telegram import FakeTelegram

_LOOK_EVERY_S = 0.03


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that reached a citizen, and what can be tapped on it (title to id)."""

    received: Received
    raw: dict[str, Any]
    choices: dict[str, str]


@dataclass
class Ledger:
    """One run's notes. Times are seconds since it began."""

    telegram: FakeTelegram
    meta: FakeMeta
    began: float = field(default_factory=time.monotonic)
    written: list[Written] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    shaken: list[Shaken] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)
    receipts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refusing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    forged: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    inboxes: dict[str, asyncio.Queue[Arrival]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def now(self) -> float:
        """Give the seconds since the run began."""
        return time.monotonic() - self.began

    def wrote(self, chat: str, external_id: str, kind: Kind, marker: str, burst: bool) -> None:
        """Note a message of a citizen."""
        self.numbers[chat] += 1
        self.written.append(Written(chat, self.numbers[chat], external_id, kind, marker, burst))

    async def watch(self) -> None:
        """Hand what the platforms take to the citizens it is for, until cancelled."""
        seen = {"telegram": 0, "whatsapp": 0}
        while True:
            for message in self.telegram.sent[seen["telegram"] :]:
                seen["telegram"] += 1
                self._arrived(self._of_telegram(message))
            for message in self.meta.sent[seen["whatsapp"] :]:
                seen["whatsapp"] += 1
                self._arrived(self._of_whatsapp(message))
            await asyncio.sleep(_LOOK_EVERY_S)

    def received(self) -> list[Received]:
        """Give all that the platforms took, with what was lost marked as it is known now."""
        lost = self.telegram.lost | self.meta.lost
        return [
            Received(item.chat, item.external_id, item.text, item.at, item.external_id in lost)
            for item in (arrival.received for arrival in self.arrivals)
        ]

    def _arrived(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)
        inbox = self.inboxes.get(arrival.received.chat)
        if inbox is not None:
            inbox.put_nowait(arrival)

    def _of_telegram(self, message: dict[str, Any]) -> Arrival:
        chat = message["chat"]["id"]
        text = str(message.get("text") or message.get("caption") or "")
        rows = (message["markup"] or {}).get("inline_keyboard", [])
        choices = {b["text"]: b["callback_data"] for r in rows for b in r if "callback_data" in b}
        external_id = f"{chat}:{message['message_id']}"
        return Arrival(
            Received(f"telegram:{chat}", external_id, text, self.now()), message, choices
        )

    def _of_whatsapp(self, message: dict[str, Any]) -> Arrival:
        content = message[message["type"]]
        body = content.get("body", "")
        text = str(body if isinstance(body, str) else body.get("text", ""))
        text = text.replace("*", "")  # shown as bold, not as stars
        action = content.get("action", {}) if message["type"] == "interactive" else {}
        options = [button["reply"] for button in action.get("buttons", [])]
        options += [row for section in action.get("sections", []) for row in section["rows"]]
        choices = {option["title"]: option["id"] for option in options}
        chat = f"whatsapp:{message['chat']}"
        return Arrival(Received(chat, message["id"], text, self.now()), message, choices)
