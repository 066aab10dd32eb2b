"""Citizens who write, wait for the answer as people do, and go on."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from benchmarks.chaos.dialogues import Dialogues, Step
from benchmarks.chaos.ledger import Arrival, Ledger
from benchmarks.chaos.posts import TelegramPost, WhatsAppPost
from ops.journeys.chat import begins
from ops.journeys.files import FILES
from tests.fakes.meta import Citizen as Number

PATIENCE_S = 90.0
"""After so long a citizen writes on without an answer."""

AFTERWARDS = 5.0
"""So much longer think those who have written their share: faults need somebody to disturb."""

PHOTO = FILES["foto berlokasi"]


@dataclass
class Pace:
    """How long people think between two messages, at least and at most, in seconds."""

    least: float
    most: float


@dataclass
class Writer(ABC):
    """One citizen on one channel."""

    ledger: Ledger
    chat: str
    dialogues: Dialogues
    pace: Pace
    quota: int
    random: Random
    choices: dict[str, Arrival] = field(default_factory=dict)
    written: int = 0

    async def live(self, going_on: Callable[[], bool]) -> None:
        """Hold dialogues until the quota is written, and longer while ``going_on`` says so."""
        inbox = self.ledger.inboxes.setdefault(self.chat, asyncio.Queue())
        await asyncio.sleep(self.random.uniform(0, self.pace.most))
        while not self._is_done or going_on():
            for step in self.dialogues.next():
                if not step.burst:
                    pause_s = self.random.uniform(self.pace.least, self.pace.most)
                    await asyncio.sleep(pause_s * (AFTERWARDS if self._is_done else 1.0))
                    if self._is_done and not going_on():
                        return
                if not self._do(step):
                    self._do(Step("say", "batal"))
                    await self._hear(inbox)
                    break
                await self._hear(inbox, at_once=step.burst)

    @property
    def _is_done(self) -> bool:
        return self.written >= self.quota

    async def _hear(self, inbox: asyncio.Queue[Arrival], *, at_once: bool = False) -> None:
        patience = 0.05 if at_once else PATIENCE_S
        while True:
            try:
                arrival = await asyncio.wait_for(inbox.get(), patience)
            except TimeoutError:
                return
            self.choices.update(dict.fromkeys(arrival.choices, arrival))
            patience = 0.3  # the other parts of the same answer

    def _do(self, step: Step) -> bool:
        """Write one message; False when there is no such choice."""
        external_id = self.act(step)
        if external_id is None:
            return False
        self.written += 1
        self.ledger.wrote(self.chat, external_id, step.kind, step.marker, step.burst)
        return True

    @abstractmethod
    def act(self, step: Step) -> str | None:
        """Hand a message to the platform; gives the id under which it must be stored."""

    def shown(self, title: str) -> tuple[Arrival, str, str] | None:
        """Give the newest message with a choice that begins so, its title and its id."""
        for choice, arrival in reversed(self.choices.items()):
            if begins(choice, title):
                return arrival, choice, arrival.choices[choice]
        return None


@dataclass
class OnTelegram(Writer):
    """A citizen on Telegram."""

    post: TelegramPost | None = None

    def act(self, step: Step) -> str | None:
        """Hand a message to Telegram."""
        fake, chat = self.ledger.telegram, int(self.chat.partition(":")[2])
        if step.act == "tap":
            found = self.shown(step.text)
            if found is None:
                return None
            update = fake.tap(found[0].raw, found[2])
            return f"callback:{update['callback_query']['id']}"
        update = fake.send_photo(chat, PHOTO) if step.act == "photo" else fake.say(chat, step.text)
        if self.post is not None and self.random.random() < 0.01:
            self.post.spoil()
        return f"{chat}:{update['message']['message_id']}"


@dataclass
class OnWhatsApp(Writer):
    """A citizen on WhatsApp."""

    post: WhatsAppPost | None = None

    def act(self, step: Step) -> str | None:
        """Hand a message to WhatsApp."""
        meta, number = self.ledger.meta, self.chat.partition(":")[2]
        who = Number(number, None)
        if step.act == "tap":
            found = self.shown(step.text)
            if found is None:
                return None
            arrival, title, choice = found
            kind = "list_reply" if arrival.raw["interactive"]["type"] == "list" else "button_reply"
            item = meta.message(
                who, "interactive", {"type": kind, kind: {"id": choice, "title": title}}
            )
        elif step.act == "photo":
            media_id = meta.keep_file(PHOTO, "image/jpeg")
            item = meta.message(who, "image", {"id": media_id, "mime_type": "image/jpeg"})
        else:
            item = meta.message(who, "text", {"body": step.text})
        assert self.post is not None
        self.post.queue(item)
        return str(item["messages"][0]["id"])
