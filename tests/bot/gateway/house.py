"""A gateway's inside over ports in memory, with Rasa and platforms replaced at their edges."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from bot.dialogue import RasaClient
from bot.gateway.channels import Channels
from bot.gateway.delivery import Deliverer
from bot.gateway.metrics import Metrics
from bot.gateway.turns import TurnAnswerer
from bot.gateway.watch import Watch
from izin.conversations import ChatAddress, InboundMedia, InboundMessage
from izin.office import Office
from izin.rendering.shape import RenderedMessage
from izin.rendering.telegram import render_telegram
from izin.rendering.whatsapp import render_whatsapp
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.media import MemoryMediaStore
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.officers import MemoryOfficers
from izin.storage.memory.outbox import MemoryOutbox
from izin.usecases.serve_citizen import ServeCitizen
from izin.wording import Wording

WORDING = Wording()
OFFICE = Office("Dinas Perizinan Kabupaten Contoh", "DPMPTSP Contoh", "Contoh", "Asia/Jakarta")
_numbers = itertools.count(1)

Answer = httpx.Response | Exception


def said(*texts: str, **fields: Any) -> httpx.Response:
    """Give Rasa's answer with these texts."""
    document = {
        "replies": [{"text": text} for text in texts],
        "intent": "tanya_syarat",
        "confidence": 0.9,
        "replayed": False,
    }
    return httpx.Response(200, json={**document, **fields})


@dataclass(slots=True)
class FakeRasa:
    """Rasa at the transport: gives ``answers`` in turn, the last one for ever."""

    answers: Sequence[Answer | Callable[[dict[str, Any]], Answer]] = field(
        default_factory=lambda: [said("Ini syaratnya.")]
    )
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            body: dict[str, Any] = {"path": request.url.path}
        else:
            assert request.url.path == "/webhooks/tanya/turns"
            body = json.loads(request.content)
        answer = self.answers[min(len(self.bodies), len(self.answers) - 1)]
        self.bodies.append(body)
        self.headers.append(request.headers)
        if callable(answer):
            answer = answer(body)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeSender:
    """A platform: ``outcomes`` of sends in turn (None is success), files by platform id."""

    outcomes: list[Exception | None] = field(default_factory=list)
    files: dict[str, tuple[bytes, str, str] | Exception] = field(default_factory=dict)
    sent: list[tuple[ChatAddress, RenderedMessage]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    async def send(self, address: ChatAddress, message: RenderedMessage) -> str:
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        self.sent.append((address, message))
        return f"platform-{next(_numbers)}"

    async def typing(self, address: ChatAddress, external_id: str) -> None:
        self.typed.append(external_id)

    async def fetch_media(self, media: InboundMedia) -> tuple[bytes, str, str]:
        self.fetched.append(media.platform_id)
        found = self.files[media.platform_id]
        if isinstance(found, Exception):
            raise found
        return found


class House:
    """Inbox, dialogue and outbox joined as in the gateway's ``main``."""

    def __init__(self, rasa: FakeRasa | None = None, sender: FakeSender | None = None) -> None:
        self.data = ConversationData()
        self.inbox, self.outbox = MemoryInbox(self.data), MemoryOutbox(self.data)
        self.media = MemoryMediaStore(self.data)
        self.fake_rasa, self.sender = rasa or FakeRasa(), sender or FakeSender()
        self.rasa = RasaClient("http://rasa", "s3cret", httpx.MockTransport(self.fake_rasa))
        self.channels = Channels(
            {"telegram": render_telegram, "whatsapp": render_whatsapp},
            {"telegram": self.sender, "whatsapp": self.sender},
        )
        self.metrics, self.watch = Metrics(), Watch()
        self.serve = ServeCitizen(MemoryOfficers(self.data), MemoryOfficeBook(OFFICE), WORDING)
        self.turns = TurnAnswerer(
            self.inbox, self.media, self.rasa, self.channels, WORDING, self.metrics, self.watch,
            self.serve,
        )  # fmt: skip
        self.deliverer = Deliverer(self.outbox, self.channels, self.metrics, self.watch)

    def receive(self, chat: str = "1", **changes: Any) -> str:
        """Store a message of a chat; gives its turn's id."""
        namespace = changes.pop("namespace", "live")
        channel = changes.pop("channel", "telegram")
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "address": ChatAddress(channel, chat, namespace),
            "external_id": f"m{next(_numbers)}",
            "kind": "text",
            "sent_at": now,
            "text": "syarat pbg apa?",
        }
        return self.inbox.receive(InboundMessage(**{**values, **changes}), now).turn_id

    async def answer(self, turn_id: str) -> list[str]:
        """Run a turn; gives the texts it put into the outbox."""
        await self.turns.answer(turn_id)
        return self.texts(turn_id)

    def texts(self, turn_id: str) -> list[str]:
        """Give the texts of a turn's answers."""
        return [item.reply["text"] for item in self.outbox.of_turn(turn_id)]

    def state(self, turn_id: str) -> str:
        """Give a turn's state."""
        return self.inbox.turn(turn_id).state

    def hold(self, turn_id: str) -> None:
        """Give the turn's conversation to an officer."""
        conversation = self.inbox.turn(turn_id).conversation
        self.data.conversations[conversation.id] = replace(conversation, held_by_officer=True)

    def escalations(self) -> list[str]:
        """Give the reasons conversations were opened to officers for."""
        return [item.reason for item in self.data.escalations.values()]
