"""What the conversation side keeps in memory, shared by its ports as tables would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import RLock
from typing import Any

from izin.complaint_work import Alarm, Note
from izin.complaints import Complaint
from izin.conversations import (
    Conversation,
    DeliveryReceipt,
    InboundMessage,
    OutboundMessage,
)
from izin.following import Notice, Subscription
from izin.message_limits import Pace
from izin.office import OfficeHours
from izin.officers import EndedBy, Handling, OfficerSession
from izin.satisfaction import Rating, SurveyResponse

Platform = tuple[str, str, str]
"""(namespace, channel, external id or alias)."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the PostgreSQL adapters enqueue it."""

    task: str
    queue: str
    lock: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Escalation:
    """A conversation opened to an officer."""

    conversation_id: str
    key: str
    reason: str
    opened_at: datetime
    note: str = ""
    respond_by: date | None = None
    closed_at: datetime | None = None
    messages: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """An item that was verified but not understood."""

    channel: str
    payload: bytes
    reason: str
    received_at: datetime


@dataclass(slots=True)
class TurnRecord:
    """A stored turn."""

    id: str
    conversation_id: str
    message: InboundMessage
    now: datetime
    received_at: datetime
    choice: Mapping[str, Any] | None = None
    state: Any = "queued"
    attempts: int = 0
    media_ids: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    merged_into: str | None = None
    understood: Mapping[str, str | float] | None = None


@dataclass(slots=True)
class PartRecord:
    """A part that a platform took, with the furthest status told of it."""

    outbox_id: str
    part: int
    status: str = "accepted"


@dataclass(slots=True)
class MediaRecord:
    """A stored file."""

    content: bytes
    mime_type: str | None
    conversation_id: str | None


@dataclass(slots=True)
class SubscriptionRecord:
    """A subscription, going on or ended."""

    subscription: Subscription
    followed_turn: str
    stopped: bool = False
    stopped_turn: str | None = None


@dataclass(slots=True)
class NoticeRecord:
    """A notice and where it is: waiting, sent, held, unreachable, told or dropped."""

    notice: Notice
    not_before: datetime
    state: str = "waiting"
    outbox_id: str | None = None


@dataclass(slots=True)
class HandlingRecord:
    """A conversation in an officer's hands, now or earlier."""

    handling: Handling
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    ended_in: str | None = None


@dataclass(slots=True)
class ConversationData:
    """The tables; ``jobs`` holds what would be on the queue, oldest first.

    ``lock`` makes each port's call one transaction.
    """

    lock: RLock = field(default_factory=RLock)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    aliases: dict[Platform, str] = field(default_factory=dict)
    turns: dict[str, TurnRecord] = field(default_factory=dict)
    external_ids: dict[Platform, str] = field(default_factory=dict)
    choices: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)
    outbox: dict[str, OutboundMessage] = field(default_factory=dict)
    outbox_keys: dict[str, str] = field(default_factory=dict)
    failures: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    parts: dict[Platform, PartRecord] = field(default_factory=dict)
    receipts: dict[Platform, list[DeliveryReceipt]] = field(default_factory=dict)
    escalations: dict[str, Escalation] = field(default_factory=dict)
    review_items: list[ReviewItem] = field(default_factory=list)
    complaints: dict[str, Complaint] = field(default_factory=dict)
    complaint_keys: dict[str, str] = field(default_factory=dict)
    complaint_notes: dict[str, list[Note]] = field(default_factory=dict)
    complaint_alarms: dict[str, list[Alarm]] = field(default_factory=dict)
    office_hours: OfficeHours | None = None
    sealed_complaints: dict[str, Complaint] = field(default_factory=dict)
    filed_by: dict[str, str] = field(default_factory=dict)
    earlier_chats: dict[str, str] = field(default_factory=dict)
    media: dict[str, MediaRecord] = field(default_factory=dict)
    sealed_media: dict[str, MediaRecord] = field(default_factory=dict)
    subscriptions: dict[tuple[str, str], SubscriptionRecord] = field(default_factory=dict)
    notices: dict[str, NoticeRecord] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    officer_sessions: dict[str, OfficerSession] = field(default_factory=dict)
    handlings: list[HandlingRecord] = field(default_factory=list)
    ratings: dict[str, Rating] = field(default_factory=dict)
    rating_offers: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    surveys: dict[tuple[str | None, str], tuple[str, SurveyResponse]] = field(default_factory=dict)

    def escalate(
        self,
        conversation_id: str,
        key: str,
        reason: str,
        at: datetime,
        note: str = "",
        respond_by: date | None = None,
    ) -> bool:
        """Open a conversation to an officer once per ``key``; True if newly opened."""
        if key in self.escalations:
            return False
        self.escalations[key] = Escalation(conversation_id, key, reason, at, note, respond_by)
        return True
