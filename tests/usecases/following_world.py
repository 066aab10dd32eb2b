"""A chat that follows applications, and the watcher that tells it, all in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from izin.applications import Application
from izin.following import QuietHours
from izin.replies import Reply
from izin.storage.memory.following import MemoryFollowing
from izin.storage.memory.notices import MemoryNotices
from izin.storage.memory.office import MemoryOfficeBook
from izin.usecases.dialogue import StepResult, TurnInput
from izin.usecases.subscribe import Subscribe
from izin.usecases.watch_registry import WatchRegistry
from tests.usecases.long_dialogues import (
    NOW,
    PHONE,
    WORDING,
    World,
    catalogue,
    normaliser,
    office_book,
    said,
    turn,
)


@dataclass(slots=True)
class FollowingWorld:
    """One chat; ``phone`` is proven on its channel, None for none."""

    applications: Iterable[Application] = ()
    phone: str | None = PHONE
    quiet: QuietHours | None = None
    office: MemoryOfficeBook = field(default_factory=office_book)
    world: World = field(init=False)
    following: MemoryFollowing = field(init=False)
    notices: MemoryNotices = field(init=False)
    dialogue: Subscribe = field(init=False)
    chat: str = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.applications)
        data = self.world.data
        self.following, self.notices = MemoryFollowing(data), MemoryNotices(data)
        self.dialogue = Subscribe(
            self.world.status, self.following, lambda text: normaliser().normalise(text).text
        )
        self.chat = self.world.chat_of(self.phone or "+6280000009999")
        if self.phone is None:
            known = data.conversations[self.chat]
            data.conversations[self.chat] = replace(known, verified_phone=None)

    def turn(self, text: str = "", intent: str = "ubah_langganan", **changes: Any) -> TurnInput:
        """Give a turn of this chat."""
        if self.phone:
            changes.setdefault("phone", self.phone)
        return turn(text, intent, conversation_id=self.chat, **changes)

    def say(self, text: str, intent: str = "ubah_langganan", **changes: Any) -> StepResult:
        """Open the dialogue with a text."""
        return self.dialogue.start(self.turn(text, intent, **changes))

    def tap(self, reply: Reply, title: str) -> StepResult:
        """Tap the button that begins with a title."""
        choice = next(item for item in reply.choices if item.title.startswith(title))
        assert choice.intent == "ubah_langganan"
        metadata = {"kind": "choice"}
        made = self.turn(
            intent=choice.intent, entities=dict(choice.entities), metadata=metadata, confidence=1.0
        )
        return self.dialogue.start(made)

    def follow(self) -> Reply:
        """Follow the phone's only application."""
        return said(self.say("kabari saya kalau ada perubahan"))

    def watcher(self) -> WatchRegistry:
        """Give a watcher as a process just started has it."""
        return WatchRegistry(
            self.world.registry, self.following, catalogue(), self.office, WORDING, self.quiet
        )

    def watch(self, now: datetime = NOW) -> list[str]:
        """Run the watcher and what sends notices; give the texts that reached the chat by it."""
        before = len(self.world.pushed(self.chat))
        self.watcher().run(now)
        self.notices.release(now)
        return self.world.pushed(self.chat)[before:]

    def followed(self) -> list[str]:
        """Give the numbers the chat follows."""
        return [item.number for item in self.following.of_conversation(self.chat)]

    def buttons(self) -> list[str]:
        """Give the button titles of the last message that reached the chat."""
        last = list(self.world.data.outbox.values())[-1]
        return [item["title"] for item in last.reply.get("choices", ())]
