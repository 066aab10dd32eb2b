"""One citizen before the officer's and the opinion's dialogues, over ports in memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from izin.conversations import ChatAddress, InboundMessage
from izin.replies import Reply, join_replies
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.drafts import MemoryDrafts
from izin.storage.memory.escalations import MemoryEscalations
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.officers import MemoryOfficers
from izin.storage.memory.satisfaction import MemoryRatings, MemorySurveys
from izin.usecases.ask_officer import AskOfficer
from izin.usecases.dialogue import Entity, LongDialogue, StepResult, TurnInput
from izin.usecases.rate_service import RateService
from izin.usecases.serve_citizen import ServeCitizen
from izin.usecases.take_survey import GiveOpinion, TakeSurvey
from tests.usecases.house import normaliser, office, wording

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # Monday 09.30 in the office
_numbers = itertools.count(1)


@dataclass
class Citizen:
    """A chat; every text is a stored turn, understood as the test says."""

    data: ConversationData = field(default_factory=ConversationData)
    chat: str = "1"
    now: datetime = NOW
    office: MemoryOfficeBook = field(default_factory=lambda: MemoryOfficeBook(office()))

    def __post_init__(self) -> None:
        self.drafts = MemoryDrafts()
        self.inbox = MemoryInbox(self.data)
        self.officers = MemoryOfficers(self.data)
        self.ratings, self.surveys = MemoryRatings(self.data), MemorySurveys(self.data)

        def normalise(text: str) -> str:
            return normaliser().normalise(text).text

        self.asking = AskOfficer(
            self.office, MemoryEscalations(self.data), self.officers, self.drafts, wording(),
            normalise,
        )  # fmt: skip
        self.opinion = GiveOpinion(
            RateService(self.ratings, self.drafts, wording(), normalise),
            TakeSurvey(self.surveys, self.drafts, self.office, wording(), normalise),
        )
        self.serve = ServeCitizen(self.officers, self.office, wording())
        self.id = self.turn("halo", "sapa").conversation_id

    def turn(self, text: str, intent: str, **changes: Any) -> TurnInput:
        """Give the next turn, stored as the gateway stores it."""
        entities = changes.pop("entities", {})
        self.now += timedelta(seconds=2)
        message = InboundMessage(
            ChatAddress("telegram", self.chat), f"m-{next(_numbers)}", "text", self.now, text
        )
        received = self.inbox.receive(message, self.now)
        found = tuple(Entity(name, value, str(value)) for name, value in entities.items())
        values: dict[str, Any] = {"confidence": 0.9, "text": text, "entities": found, **changes}
        return TurnInput(received.conversation_id, received.turn_id, self.now, intent, **values)

    def tapped(self, reply: Reply, title: str) -> TurnInput:
        """Give the turn of tapping a button."""
        choice = next(item for item in reply.choices if item.title.startswith(title))
        return self.turn("", choice.intent, entities=dict(choice.entities), confidence=1.0,
                         metadata={"kind": "choice"})  # fmt: skip

    def waits(self) -> list[str]:
        """Give the reasons for which this chat waits."""
        return [
            reason
            for item in self.officers.waiting()
            if item.conversation_id == self.id
            for reason in item.reasons
        ]

    def left(self) -> list[str]:
        """Give what officers read of this chat."""
        return [line.text for line in self.officers.conversation_with(self.id)]

    def pushed(self) -> list[Reply]:
        """Give everything put into the outbox for this chat."""
        return [Reply.from_json(item.reply) for item in self.data.outbox.values()]


def said(result: StepResult) -> Reply:
    """Give the replies of a step in one."""
    return join_replies(list(result.replies))


def twice(dialogue: LongDialogue, turn: TurnInput, *, begins: bool = False) -> StepResult:
    """Run a turn, and again as after a crash; both must say the same."""
    run = dialogue.start if begins else dialogue.step
    first, second = run(turn), run(turn)
    assert first == second
    return first
