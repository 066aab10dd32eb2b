"""Messages on their way in and out, with their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from izin.conversations import (
    DeliveryReceipt,
    InboundMedia,
    InboundMessage,
    OutboundMessage,
    Received,
    Turn,
)
from izin.replies import Reply


class Inbox(Protocol):
    """Durable inbound messages and the turns they become."""

    def receive(
        self, message: InboundMessage, received_at: datetime, now: datetime | None = None
    ) -> Received:
        """Store a message once and enqueue its turn in the same transaction.

        A text that comes while the conversation's last turn has not begun may be merged into
        it, and past the limits a message is stored without a turn; see
        ``izin.message_limits``.

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
        self,
        turn_id: str,
        replies: Sequence[Reply],
        timings_ms: Mapping[str, float],
        understood: Mapping[str, str | float] | None = None,
    ) -> tuple[str, ...]:
        """Store the replies in the outbox and enqueue deliveries, once; gives outbox ids.

        ``understood`` is what officers may see of how the message was read: ``intent``,
        ``confidence`` (0 to 1) and the ``permit`` code, never words.

        If an officer has taken the conversation meanwhile, the turn is held instead.
        """
        ...

    def hold(self, turn_id: str) -> None:
        """Leave the message to the officer who holds the conversation; no answer."""
        ...

    def fail(self, turn_id: str, reply: Reply, error: str) -> tuple[str, ...]:
        """Answer politely after the last attempt, and open the conversation to an officer."""
        ...

    def set_media(self, turn_id: str, media_ids: Sequence[str]) -> None:
        """Remember our ids of the turn's stored files.

        A file that belongs to no chat yet belongs to the turn's chat from then on.
        """
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

    def put_back(self, message_id: str, error: str, code: str | None, at: datetime) -> bool:
        """Keep a notice the platform may not take now until the citizen writes again.

        A code that means the citizen cannot be reached (blocked, account gone) opens the chat to
        an officer once; further notices then wait untried as well. False, and nothing done, if
        the message is no notice.
        """
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

    def put(
        self,
        media: InboundMedia,
        content: bytes,
        conversation_id: str | None,
        expires_at: datetime | None = None,
    ) -> str:
        """Store a file without metadata and give our id.

        What a picture or a PDF says of its maker, device, place and time is taken out before
        anything is stored. With ``expires_at`` a due job removes the file then.

        Raises:
            RejectedMessage: A picture that cannot be read.
        """
        ...

    def get(self, media_id: str) -> tuple[bytes, str]:
        """Give content and MIME type (NotFound if unknown)."""
        ...

    def remove(self, media_id: str) -> None:
        """Remove a file; an unknown id is fine."""
        ...
