"""What the use cases need from the outside, as protocols.

All calls are synchronous and each writing call is one transaction of its own; processes
with an event loop call them in threads. ``turn_id``/``step`` are idempotency keys: the
same key twice changes nothing and gives the first result again. Implemented in
``izin.storage.postgres`` and ``izin.storage.memory``; the same contract tests run on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from izin.applications import Application
from izin.complaints import Complaint, ComplaintCategory, ComplaintClass
from izin.conversations import (
    DeliveryReceipt,
    InboundMedia,
    InboundMessage,
    OutboundMessage,
    Received,
    Turn,
)
from izin.faq import FaqEntry
from izin.office import Calendar, Office, Place
from izin.permits import Activity, AmbiguousTerm, LegacyName, Permit
from izin.replies import Reply


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the present as an aware UTC datetime."""
        ...


class Catalogue(Protocol):
    """The published permit catalogue."""

    def permit(self, code: str) -> Permit | None:
        """Give the permit with this catalogue code, or None."""
        ...

    def permits(self) -> Sequence[Permit]:
        """Give every published permit, in the catalogue's order."""
        ...

    def ambiguous_terms(self) -> Sequence[AmbiguousTerm]:
        """Give the names that mean several permits."""
        ...

    def legacy_names(self) -> Sequence[LegacyName]:
        """Give the old permit names."""
        ...

    def activities(self) -> Sequence[Activity]:
        """Give the described activities and the permits they need."""
        ...

    def fee_tables(self) -> Mapping[str, Any]:
        """Give the fee tables by name (``pbg``, ``reklame``), as in the catalogue file."""
        ...

    def status_labels(self) -> Mapping[str, str]:
        """Give the label of each status code."""
        ...

    def complaint_classes(self) -> Mapping[str, ComplaintClass]:
        """Give complaint classes by code."""
        ...

    def complaint_categories(self) -> Sequence[ComplaintCategory]:
        """Give complaint categories in the order to offer them."""
        ...

    def revision(self) -> int:
        """Give a number that grows with every change, so that an index can be renewed."""
        ...


class OfficeBook(Protocol):
    """Identity, hours, holidays and places of the office."""

    def office(self) -> Office:
        """Give the office."""
        ...

    def calendar(self) -> Calendar:
        """Give the working-day calendar."""
        ...

    def places(self) -> Sequence[Place]:
        """Give districts, villages and known spots."""
        ...


class FaqBook(Protocol):
    """The published questions and answers."""

    def entries(self) -> Sequence[FaqEntry]:
        """Give every published entry."""
        ...

    def revision(self) -> int:
        """Give a number that grows with every change, so that an index can be renewed."""
        ...


class Registry(Protocol):
    """The office's permit database, read only.

    Every call raises RegistryUnavailable when it does not answer in time.
    """

    def find(self, number: str) -> Application | None:
        """Give the application with exactly this number, or None."""
        ...

    def find_like(self, number: str) -> Sequence[Application]:
        """Give applications (at most 5) whose number matches an incomplete one."""
        ...

    def of_phone(self, phone: str) -> Sequence[Application]:
        """Give the applications of a phone (``+62…``), newest first, at most 20."""
        ...

    def ping(self) -> None:
        """Return when the registry answers."""
        ...


class ProofLedger(Protocol):
    """Counts wrong proofs and keeps the locks that follow."""

    def is_locked(self, number: str, conversation_id: str, now: datetime) -> bool:
        """Say whether the application number or the chat is locked at ``now``."""
        ...

    def record_failure(
        self, number: str, conversation_id: str, turn_id: str, now: datetime
    ) -> bool:
        """Count a wrong proof once per turn; True when this one caused a new lock.

        Five wrong proofs within 24 hours, for the number over all chats or for the chat,
        lock both the number and the chat for 24 hours. While either is locked nothing new is
        counted; the turn that caused the lock is told True again.
        """
        ...


class Drafts(Protocol):
    """Unfinished tasks of a conversation (its topic stack)."""

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        """Give the draft of one kind, or None."""
        ...

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        """Store the draft, replacing an earlier one of the kind."""
        ...

    def drop(self, conversation_id: str, kind: str) -> None:
        """Forget the draft."""
        ...


class Complaints(Protocol):
    """Filed complaints."""

    def file(self, complaint: Complaint, turn_id: str, step: str) -> Complaint:
        """Store a new complaint once; gives the stored one (the first, on repetition).

        Raises:
            Conflict: The ticket number is taken by another complaint.
        """
        ...

    def find(self, ticket: str) -> Complaint | None:
        """Give the complaint with this ticket, or None."""
        ...

    def of_conversation(self, conversation_id: str) -> Sequence[Complaint]:
        """Give the complaints filed here, newest first (never anonymous ones)."""
        ...


class Escalations(Protocol):
    """Conversations that a human has to look at."""

    def open(
        self, conversation_id: str, reason: str, now: datetime, key: str, note: str = ""
    ) -> bool:
        """Open the conversation to an officer once per ``key``; True if newly opened."""
        ...

    def officer_present(self, now: datetime) -> bool:
        """Say whether an officer is signed in and present."""
        ...


class Notices(Protocol):
    """Messages that reach a citizen without a question."""

    def push_to_phone(self, phone: str, reply: Reply, key: str, now: datetime) -> bool:
        """Queue a reply to the chats that proved this phone; False if there are none."""
        ...


class Inbox(Protocol):
    """Durable inbound messages and the turns they become."""

    def receive(
        self, message: InboundMessage, received_at: datetime, now: datetime | None = None
    ) -> Received:
        """Store a message once and enqueue its turn in the same transaction.

        ``now`` overrides the office clock of this turn (simulator).
        """
        ...

    def turn(self, turn_id: str) -> Turn:
        """Give a turn with its conversation and resolved choice (NotFound if unknown)."""
        ...

    def begin(self, turn_id: str) -> Turn:
        """Count an attempt and give the turn as it is now."""
        ...

    def answer(
        self, turn_id: str, replies: Sequence[Reply], timings_ms: Mapping[str, float]
    ) -> tuple[str, ...]:
        """Store the replies in the outbox and enqueue deliveries, once; gives outbox ids."""
        ...

    def hold(self, turn_id: str) -> None:
        """Leave the message to the officer who holds the conversation; no answer."""
        ...

    def fail(self, turn_id: str, reply: Reply, error: str) -> tuple[str, ...]:
        """Answer politely after the last attempt, and open the conversation to an officer."""
        ...

    def set_media(self, turn_id: str, media_ids: Sequence[str]) -> None:
        """Remember our ids of the turn's stored files."""
        ...

    def verify_phone(self, conversation_id: str, phone: str) -> None:
        """Remember a phone proven on this channel (``+62…``)."""
        ...

    def keep_for_review(
        self, channel: str, payload: bytes, reason: str, received_at: datetime
    ) -> None:
        """Keep an item that was verified but could not be understood."""
        ...


class Outbox(Protocol):
    """Answers on their way to a platform."""

    def message(self, message_id: str) -> OutboundMessage:
        """Give an outbox message (NotFound if unknown)."""
        ...

    def part_accepted(
        self, message_id: str, part: int, external_id: str, parts: int, at: datetime
    ) -> None:
        """Record that the platform took part ``part`` (from 0) of ``parts``."""
        ...

    def failed(self, message_id: str, error: str, code: str | None, at: datetime) -> None:
        """Give a message up; the conversation is opened to an officer."""
        ...

    def attempt(self, message_id: str) -> int:
        """Count a delivery attempt and give the count."""
        ...

    def receipt(self, receipt: DeliveryReceipt) -> None:
        """Record a platform's receipt; the message's state only moves forward."""
        ...

    def of_turn(self, turn_id: str) -> Sequence[OutboundMessage]:
        """Give the messages of one turn, oldest first."""
        ...

    def delivered_since(
        self, namespace: str, channel: str, chat: str, after: str | None
    ) -> Sequence[OutboundMessage]:
        """Give accepted messages of a chat after the outbox id ``after``, oldest first."""
        ...


class MediaStore(Protocol):
    """Citizens' files, private."""

    def put(self, media: InboundMedia, content: bytes, conversation_id: str | None) -> str:
        """Store a file and give our id."""
        ...

    def get(self, media_id: str) -> tuple[bytes, str]:
        """Give content and MIME type (NotFound if unknown)."""
        ...
