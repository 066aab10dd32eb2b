"""The status and complaint dialogues over the real catalogue and ports in memory."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tanya_language import Lexicon, Normaliser

from izin.applications import Application, IssuedPermit, MissingDocument, StageVisit, Status
from izin.conversations import ChatAddress, InboundMessage
from izin.replies import Reply, join_replies
from izin.storage.memory.catalogue import MemoryCatalogue
from izin.storage.memory.complaints import MemoryComplaints
from izin.storage.memory.conversations import ConversationData
from izin.storage.memory.drafts import MemoryDrafts
from izin.storage.memory.escalations import MemoryEscalations
from izin.storage.memory.inbox import MemoryInbox
from izin.storage.memory.notices import MemoryNotices
from izin.storage.memory.office import MemoryOfficeBook
from izin.storage.memory.proof import MemoryProofLedger
from izin.storage.memory.registry import MemoryRegistry
from izin.storage.seed_files import Seed, read_seed
from izin.usecases.check_status import CheckStatus
from izin.usecases.complaint_dialogue import ComplaintDialogue
from izin.usecases.dialogue import Entity, StepResult, TurnInput
from izin.usecases.file_complaint import FileComplaint
from izin.usecases.follow_complaint import FollowComplaint
from izin.usecases.track_complaint import TrackComplaint
from izin.wording import Wording

WORDING = Wording()
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # Monday 09.30 in the office
NUMBER = "503/0123/PBG/2026"
PHONE = "+6280000000001"
NIK_LAST4 = "0417"
_turns = itertools.count(1)


@cache
def normaliser() -> Normaliser:
    """Give the language's normaliser over the real lexicon."""
    return Normaliser(Lexicon.load(Path(__file__).parents[2] / "data" / "lexicon"))


@cache
def seed() -> Seed:
    """Give the real data files, read once."""
    return read_seed(Path(__file__).parents[2] / "data")


def catalogue() -> MemoryCatalogue:
    """Give the real catalogue."""
    content = seed()
    return MemoryCatalogue(
        content.permits,
        status_labels=content.status_labels,
        complaint_classes=content.complaint_classes,
        complaint_categories=content.complaint_categories,
    )


def office_book() -> MemoryOfficeBook:
    """Give the real office."""
    content = seed()
    return MemoryOfficeBook(content.office, content.holidays, content.places)


def application(**changes: Any) -> Application:
    """Give an application in technical review since ten days."""
    entered = NOW - timedelta(days=10)
    values: dict[str, Any] = {
        "number": NUMBER,
        "permit_code": "PBG",
        "status": Status.TECHNICAL,
        "stage": "Kajian teknis",
        "unit": "Dinas PUPR",
        "submitted_at": NOW - timedelta(days=14),
        "changed_at": entered,
        "completed_at": entered,
        "applicant_name": "Contoh Pemohon",
        "phone": PHONE,
        "nik_last4": NIK_LAST4,
        "history": (StageVisit(Status.TECHNICAL, "Kajian teknis", "Dinas PUPR", entered),),
        "note": "Berkas fisik di rak 3",
    }
    return Application(**{**values, **changes})


def issued(**changes: Any) -> Application:
    """Give an application whose permit was issued."""
    return application(
        status=Status.ISSUED,
        stage="Selesai",
        history=(),
        issued=IssuedPermit("PBG-1", NOW.date() - timedelta(days=5), **changes),
    )


def missing() -> tuple[MissingDocument, ...]:
    """Give two missing documents, one with a note."""
    return (MissingDocument("Gambar denah"), MissingDocument("KTP", "buram, foto ulang"))


@dataclass(slots=True)
class World:
    """Use cases with the storage behind them, and one chat that talks to them."""

    applications: Iterable[Application] = ()
    drafts: MemoryDrafts = field(default_factory=MemoryDrafts)
    data: ConversationData = field(default_factory=ConversationData)
    ledger: MemoryProofLedger = field(default_factory=MemoryProofLedger)
    registry: MemoryRegistry = field(init=False)
    status: CheckStatus = field(init=False)
    complaint: FileComplaint = field(init=False)
    track: TrackComplaint = field(init=False)
    follow: FollowComplaint = field(init=False)
    dialogue: ComplaintDialogue = field(init=False)
    complaints: MemoryComplaints = field(init=False)

    def __post_init__(self) -> None:
        self.registry = MemoryRegistry(self.applications)
        self.complaints = MemoryComplaints(self.data)
        shared = (catalogue(), office_book())
        self.status = CheckStatus(
            self.registry, *shared, self.ledger, self.drafts, MemoryNotices(self.data), WORDING
        )
        self.complaint = FileComplaint(
            *shared,
            self.complaints,
            self.drafts,
            WORDING,
            normalise=lambda text: normaliser().normalise(text).text,
        )
        self.track = TrackComplaint(*shared, self.complaints, WORDING)
        escalations = MemoryEscalations(self.data)
        self.follow = FollowComplaint(*shared, self.complaints, self.drafts, escalations, WORDING)
        self.dialogue = ComplaintDialogue(self.complaint, self.follow, self.drafts, WORDING)

    def chat_of(self, phone: str) -> str:
        """Open a chat that proved a phone; gives its conversation id."""
        message = InboundMessage(
            ChatAddress("telegram", f"chat-{phone}"), f"m-{next(_turns)}", "text", NOW, phone=phone
        )
        return MemoryInbox(self.data).receive(message, NOW).conversation_id

    def pushed(self, conversation_id: str) -> list[str]:
        """Give the texts pushed to a chat."""
        return [
            item.reply["text"]
            for item in self.data.outbox.values()
            if item.conversation_id == conversation_id
        ]


def turn(text: str = "", intent: str = "nlu_fallback", **changes: Any) -> TurnInput:
    """Give a turn of the chat ``chat``; ``entities`` by name, ``metadata`` merged."""
    entities = changes.pop("entities", {})
    metadata = {"channel": "telegram", "kind": "text", **changes.pop("metadata", {})}
    if "phone" in changes:
        metadata["verified_phone"] = changes.pop("phone")
    values: dict[str, Any] = {
        "conversation_id": "chat",
        "turn_id": f"turn-{next(_turns)}",
        "now": NOW,
        "intent": intent,
        "confidence": 0.95,
        "text": text,
        "entities": tuple(Entity(name, value) for name, value in entities.items()),
        "metadata": metadata,
    }
    return TurnInput(**{**values, **changes})


def tap(intent: str, **entities: Any) -> TurnInput:
    """Give the turn of a tapped button of ours."""
    return turn(intent=intent, entities=entities, metadata={"kind": "choice"}, confidence=1.0)


def tapped(result: StepResult, title: str) -> TurnInput:
    """Give the turn of tapping the button with this title."""
    for choice in said(result).choices:
        if choice.title == title:
            return tap(choice.intent, **choice.entities)
    raise AssertionError(f"no button {title!r} among {[c.title for c in said(result).choices]}")


def said(result: StepResult) -> Reply:
    """Give what the citizen gets: the replies of a turn in one."""
    return join_replies(list(result.replies))


def again(before: TurnInput) -> TurnInput:
    """Give the same turn as a worker runs it after a crash."""
    return replace(before)


_LEAKS = re.compile(r"[{}]|\bNone\b|\bnull\b|\bTrue\b|\bFalse\b|<[a-z_.]+>")


def readable(reply: Reply) -> bool:
    """Say whether a reply shows none of our insides."""
    texts = [reply.text, *(choice.title for choice in reply.choices)]
    return not any(_LEAKS.search(text) for text in texts)
