"""The platforms' post: updates go out as the real ones send them, again and again until taken.

Telegram sends the updates of a chat in their order, each until it hears 200. WhatsApp puts items
of several chats into one POST, in no order, and repeats a POST with growing pauses. Pauses are
shortened so that a day fits into minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

import httpx

from benchmarks.chaos.ledger import Ledger

PATIENCE_S = 10.0
DUPLICATES = 0.05
LOST_ANSWERS = 0.01
"""Our 200 gets lost on its way to the platform, which sends again."""
SPOILED = 0.02
FORGED = 0.01
_PAUSES_S = (0.4, 0.8, 1.6, 3.0)
_TIDY_S = 0.02


@dataclass
class Doors:
    """Where the webhooks are served; taken in turn, as a proxy in front of two gateways does."""

    urls: Sequence[str]
    taken: int = 0

    def next(self) -> str:
        """Give the door of the next request."""
        self.taken += 1
        return self.urls[self.taken % len(self.urls)]


@dataclass
class Post:
    """One platform's way to the house."""

    ledger: Ledger
    doors: Doors
    http: httpx.AsyncClient
    random: Random
    again_later: list[Callable[[], None]] = field(default_factory=list)
    """Duplicates that wait until something was started again."""
    running: set[asyncio.Task[Any]] = field(default_factory=set)

    def begin(self, work: Any) -> None:
        """Do something beside all else."""
        task = asyncio.get_running_loop().create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    async def sent(self, path: str, body: bytes, headers: dict[str, str]) -> int | None:
        """Give the status of one try, None when no answer came (or it was lost on the way)."""
        lost = self.random.random() < LOST_ANSWERS
        self.ledger.counts["requests"] += 1
        try:
            answer = await self.http.post(
                self.doors.next() + path, content=body,
                headers={"Content-Type": "application/json", **headers},
            )  # fmt: skip
        except httpx.HTTPError:
            self.ledger.counts["requests without answer"] += 1
            return None
        if lost and answer.is_success:
            self.ledger.counts["answers lost to the platform"] += 1
            return None
        if not answer.is_success:
            self.ledger.counts[f"answered {answer.status_code}"] += 1
        return answer.status_code

    def maybe_twice(self, again: Callable[[], None]) -> None:
        """Let some be sent twice: at once, late, or after the next restart."""
        if self.random.random() >= DUPLICATES:
            return
        self.ledger.counts["duplicates"] += 1
        when = self.random.random()
        if when < 0.3:
            self.again_later.append(again)
        else:
            delay = self.random.uniform(0, 0.2) if when < 0.65 else self.random.uniform(5, 30)
            asyncio.get_running_loop().call_later(delay, again)

    def restarted(self) -> None:
        """Send the duplicates that waited for a restart; called in the post's own loop."""
        waiting, self.again_later = self.again_later, []
        for again in waiting:
            again()


class TelegramPost(Post):
    """Sends Telegram's updates while a webhook is set; otherwise they wait to be fetched."""

    MOST = 16

    async def run(self) -> None:
        """Send until cancelled."""
        busy: set[Any] = set()
        fake = self.ledger.telegram
        while True:
            if fake.webhook is not None:
                with fake.lock:
                    waiting = list(fake.pending[:400])
                for update in waiting:
                    chat = _chat_of(update)
                    if chat not in busy and len(busy) < self.MOST:
                        busy.add(chat)
                        self.begin(self._deliver(update, chat, busy))
            await asyncio.sleep(_TIDY_S)

    async def _deliver(self, update: dict[str, Any], chat: Any, busy: set[Any]) -> None:
        fake = self.ledger.telegram
        try:
            for tries in range(1_000_000):
                webhook = fake.webhook
                if webhook is None:
                    return
                if self.random.random() < FORGED:
                    await self._forge()
                headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"] or ""}
                status = await self.sent("/webhooks/telegram", json.dumps(update).encode(), headers)
                if status == 200:
                    break
                await asyncio.sleep(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
            with fake.lock:
                fake.pending = [item for item in fake.pending if item is not update]
            if not update.get("again"):
                self.maybe_twice(lambda: self._queue_again(update))
        finally:
            busy.discard(chat)

    def _queue_again(self, update: dict[str, Any]) -> None:
        if self.ledger.telegram.webhook is not None:  # a poller confirms and never sees it again
            self.ledger.telegram.queue({**update, "again": True})

    async def _forge(self) -> None:
        fake = self.ledger.telegram
        chat = self.random.randint(7_700_000, 7_799_999)
        update = fake.message(chat, text="cek tiket ADU-PALS-UU")
        self.ledger.silent.add(f"telegram:{chat}")
        self.ledger.forged.add(f"{chat}:{update['message']['message_id']}")
        wrong = {"X-Telegram-Bot-Api-Secret-Token": "salah"} if self.random.random() < 0.5 else {}
        await self.sent("/webhooks/telegram", json.dumps(update).encode(), wrong)

    def spoil(self) -> None:
        """Queue an update that is none."""
        mark = f"rusak-tg-{len(self.ledger.malformed)}-{self.random.randint(0, 10**9)}"
        chat = self.random.randint(7_800_000, 7_899_999)
        self.ledger.telegram.citizen(chat)
        self.ledger.silent.add(f"telegram:{chat}")
        self.ledger.malformed.append(mark)
        shapes: list[dict[str, Any]] = [
            {"message": {"chat": mark, "text": 5}},
            {"message": {"from": {"id": chat}, "text": mark}},
            {"callback_query": {"id": mark, "from": {"id": chat}, "data": 7, "message": []}},
            {"message": {"chat": {"type": "private"}, "from": {"id": chat}, "text": mark}},
        ]
        self.ledger.telegram.queue(self.random.choice(shapes))


@dataclass
class _Parcel:
    items: list[dict[str, Any]]
    due: float
    tries: int = 0


@dataclass
class WhatsAppPost(Post):
    """Sends WhatsApp's items: in batches, unordered, with malformed ones among the good."""

    MOST: ClassVar[int] = 8

    waiting: list[_Parcel] = field(default_factory=list)
    busy: int = 0

    @property
    def open(self) -> int:
        """How many items nobody took yet."""
        return sum(len(parcel.items) for parcel in self.waiting) + self.busy

    def queue(self, item: dict[str, Any]) -> None:
        """Let an item go out soon; two at once may overtake one another."""
        self.waiting.append(_Parcel([item], self.ledger.now() + self.random.uniform(0, 0.25)))

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            now = self.ledger.now()
            due = [parcel for parcel in self.waiting if parcel.due <= now]
            self.random.shuffle(due)
            while due and self.busy < self.MOST:
                parcel = due.pop()
                self.waiting.remove(parcel)
                while due and not parcel.tries and not due[-1].tries and len(parcel.items) < 6:
                    if self.random.random() < 0.4:
                        break
                    other = due.pop()
                    self.waiting.remove(other)
                    parcel.items += other.items
                if not parcel.tries and self.random.random() < SPOILED:
                    parcel.items.insert(self.random.randint(0, 1), self._spoiled())
                self.busy += 1
                self.begin(self._deliver(parcel))
            await asyncio.sleep(_TIDY_S)

    async def _deliver(self, parcel: _Parcel) -> None:
        meta = self.ledger.meta
        try:
            if self.random.random() < FORGED:
                await self._forge()
            body = meta.body(parcel.items)
            status = await self.sent("/webhooks/whatsapp", body, self._signed(body))
            if status != 200:
                pause = _PAUSES_S[min(parcel.tries, len(_PAUSES_S) - 1)]
                again = _Parcel(parcel.items, self.ledger.now() + pause, parcel.tries + 1)
                self.waiting.append(again)
                return
            for item in parcel.items:
                for known in item.get("statuses", ()):
                    self.ledger.receipts[known["id"]].append(known["status"])
                if "statuses" not in item:
                    self.maybe_twice(lambda item=item: self.queue(item))  # type: ignore[misc]
        finally:
            self.busy -= 1

    def _signed(self, body: bytes) -> dict[str, str]:
        secret = self.ledger.meta.app_secret.encode()
        return {
            "X-Hub-Signature-256": f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
        }

    async def _forge(self) -> None:
        number = f"62877{self.random.randint(10**7, 10**8)}"
        wamid = f"wamid.palsu{self.random.randint(0, 10**12)}"
        self.ledger.silent.add(f"whatsapp:{number}")
        self.ledger.forged.add(wamid)
        message = {"from": number, "id": wamid, "timestamp": "1790000000", "type": "text",
                   "text": {"body": "cek tiket ADU-PALS-UU"}}  # fmt: skip
        body = self.ledger.meta.body([{"messages": [message]}])
        right = self._signed(body + b" ")
        await self.sent("/webhooks/whatsapp", body, right if self.random.random() < 0.5 else {})

    def _spoiled(self) -> dict[str, Any]:
        mark = f"rusak-wa-{len(self.ledger.malformed)}-{self.random.randint(0, 10**9)}"
        number = f"62878{self.random.randint(10**7, 10**8)}"
        self.ledger.silent.add(f"whatsapp:{number}")
        self.ledger.malformed.append(mark)
        shapes: list[dict[str, Any]] = [
            {"messages": [{"id": mark, "type": 7, "from": number}]},
            {"messages": [{"id": "", "from": number, "type": "text", "text": {"body": mark}}]},
            {"messages": [{"from": number, "timestamp": mark, "type": "text"}]},
        ]
        return self.random.choice(shapes)

    async def tell_statuses(self) -> None:
        """Tell, late and in no order, what became of half of what the house sent."""
        seen = 0
        while True:
            for message in self.ledger.meta.sent[seen:]:
                seen += 1
                if self.random.random() < 0.5:
                    self.begin(self._tell(message))
            await asyncio.sleep(0.1)

    async def _tell(self, message: dict[str, Any]) -> None:
        names = ["sent", "delivered"] + ["read"] * (self.random.random() < 0.6)
        if self.random.random() < 0.3:
            self.random.shuffle(names)
        if self.random.random() < 0.1:
            names.append(names[0])
        for name in names:
            await asyncio.sleep(self.random.uniform(0, 0.6))
            status = {"id": message["id"], "status": name, "recipient_id": message["chat"],
                      "timestamp": str(int(self.ledger.meta.now()))}  # fmt: skip
            self.ledger.counts["delivery statuses"] += 1
            self.queue({"statuses": [status]})


def _chat_of(update: dict[str, Any]) -> Any:
    with suppress(KeyError, TypeError):
        message = update.get("message") or update["callback_query"]["message"]
        return message["chat"]["id"]
    return update["update_id"]
