"""Conversations: what came in from a channel, and the turn it becomes.

A conversation belongs to one chat on one channel. The namespace keeps simulator chats
apart from real ones, so that nothing simulated can ever reach a platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

ChannelName = Literal["telegram", "whatsapp"]
Namespace = Literal["live", "simulator"]
MessageKind = Literal[
    "text", "choice", "start", "photo", "document", "voice", "video",
    "sticker", "location", "contact", "edited", "unsupported",
]  # fmt: skip


SESSION_LENGTH = timedelta(hours=6)
"""A pause after which permit and question of an earlier talk are no longer assumed."""


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """Where a conversation's messages go.

    Attributes:
        channel: The platform.
        chat: The platform's stable id to send to. Telegram: chat id. WhatsApp: BSUID if
            known, else the phone number; see ``aliases`` of the message.
        namespace: ``simulator`` addresses are never sent to a platform.
        user: In a Telegram group, the citizen's user id (the conversation is chat + user).
    """

    channel: ChannelName
    chat: str
    namespace: Namespace = "live"
    user: str | None = None

    @property
    def key(self) -> str:
        """Give the text that identifies the conversation, unique over channels."""
        person = f":{self.user}" if self.user else ""
        return f"{self.namespace}:{self.channel}:{self.chat}{person}"


@dataclass(frozen=True, slots=True)
class InboundMedia:
    """A file a citizen sent, known by the platform's id until it is fetched.

    ``content`` is set only where the file came with the message (simulator).
    """

    kind: Literal["photo", "document", "voice", "video", "sticker"]
    platform_id: str
    mime_type: str | None = None
    size_bytes: int | None = None
    file_name: str | None = None
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One verified message of a citizen, whatever the platform called it.

    Attributes:
        address: The conversation.
        external_id: The platform's id, unique per channel and namespace.
        kind: What it is. A photo or document with a caption keeps the caption in ``text``.
        sent_at: The platform's time.
        text: What was typed (or the caption, or the deep-link parameter for ``start``).
        choice_id: Our opaque id of the tapped button.
        media: Files that came along.
        location: (latitude, longitude).
        phone: The channel's verified phone of this chat, ``+62…``, if it tells.
        aliases: Other stable ids of the same citizen on this channel (WhatsApp phone,
            BSUID); conversations known by any of them are the same.
        group: True in a group chat.
        reply_to: External id of the message answered or edited.
    """

    address: ChatAddress
    external_id: str
    kind: MessageKind
    sent_at: datetime
    text: str = ""
    choice_id: str | None = None
    media: tuple[InboundMedia, ...] = ()
    location: tuple[float, float] | None = None
    phone: str | None = None
    aliases: tuple[str, ...] = ()
    group: bool = False
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What storing an inbound message gave; a duplicate names the turn of the first.

    ``merged_into`` names the waiting turn that this message is answered with; ``limited``
    says that it is only stored, as too many came at once.
    """

    turn_id: str
    conversation_id: str
    duplicate: bool = False
    merged_into: str | None = None
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One citizen's chat.

    Attributes:
        id: Opaque id, also Rasa's sender id.
        address: Where answers go.
        held_by_officer: An officer answers; the bot stays silent.
        verified_phone: Phone proven on this channel, ``+62…``.
        last_inbound_at: Opens WhatsApp's 24 h window.
        last_turn_at: By the office clock; decides when a session ends.
        last_text: Text of the last answer sent, so it is never sent twice in a row.
    """

    id: str
    address: ChatAddress
    held_by_officer: bool = False
    verified_phone: str | None = None
    last_inbound_at: datetime | None = None
    last_turn_at: datetime | None = None
    last_text: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message to be answered, with all the worker needs.

    Attributes:
        id: Idempotency key of everything the turn does.
        conversation: The chat as it was when the turn was read.
        message: What came in; with messages that were merged into it, their texts in order.
        now: The office clock of this turn (receipt time, or the simulator's ``at``).
        received_at: Real time of receipt.
        state: queued, answered, failed, held (by an officer), merged (into an earlier turn)
            or limited (stored only, as too many came at once).
        attempts: How often it was begun before.
        choice: The tapped choice, resolved: intent, entities and title; None if unknown.
        media_ids: Our ids of the stored files.
        details: ``limited``: this turn only says that too many messages came at once.
        merged_into: The turn this message is answered with.
    """

    id: str
    conversation: Conversation
    message: InboundMessage
    now: datetime
    received_at: datetime
    state: Literal["queued", "answered", "failed", "held", "merged", "limited"] = "queued"
    attempts: int = 0
    choice: Mapping[str, Any] | None = None
    media_ids: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """An answer in the outbox.

    ``reply`` is the abstract reply's JSON; ``choice_ids`` are our opaque ids, in the order
    of its choices. ``sent_parts`` says how many rendered parts a platform already took.
    A notice names its kind, and the values of the template that may carry it.
    """

    id: str
    conversation_id: str
    address: ChatAddress
    reply: Mapping[str, Any]
    choice_ids: tuple[str, ...] = ()
    turn_id: str | None = None
    state: Literal["waiting", "accepted", "failed"] = "waiting"
    attempts: int = 0
    sent_parts: int = 0
    last_inbound_at: datetime | None = None
    created_at: datetime | None = None
    notice_kind: str | None = None
    template_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A platform's word about a message it took (sent, delivered, read, failed)."""

    channel: ChannelName
    external_id: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    error_code: str | None = None
    namespace: Namespace = "live"


def starts_session(conversation: Conversation, now: datetime) -> bool:
    """Say whether a turn at the office clock ``now`` begins a new session."""
    last = conversation.last_turn_at
    return last is None or now - last > SESSION_LENGTH
