"""The outbox in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from izin.conversations import DeliveryReceipt, OutboundMessage
from izin.errors import NotFound
from izin.storage.memory.conversations import ConversationData, PartRecord, Platform
from izin.storage.memory.notices import is_unreachable, notice_of, put_back
from izin.storage.receipts import NEEDS_THE_CITIZEN, moves_forward, unreachable

MOST_DELIVERED = 200


class MemoryOutbox:
    """The port ``Outbox``; ``data`` is shared with the other ports of the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def message(self, message_id: str) -> OutboundMessage:
        """Give an outbox message."""
        with self.data.lock:
            try:
                message = self.data.outbox[message_id]
            except KeyError:
                raise NotFound(f"outbox message {message_id}") from None
            conversation = self.data.conversations[message.conversation_id]
            notice = notice_of(self.data, message_id)
            return replace(
                message,
                notice_kind=notice.kind.value if notice else None,
                template_values=notice.values if notice else (),
                address=conversation.address,
                last_inbound_at=conversation.last_inbound_at,
            )

    def attempt(self, message_id: str) -> int:
        """Count a delivery attempt."""
        with self.data.lock:
            message = self.message(message_id)
            self.data.outbox[message_id] = replace(message, attempts=message.attempts + 1)
            return message.attempts + 1

    def part_accepted(
        self, message_id: str, part: int, external_id: str, parts: int, at: datetime
    ) -> None:
        """Record that the platform took one part."""
        with self.data.lock:
            message = self.message(message_id)
            address = message.address
            platform = (address.namespace, address.channel, external_id)
            taken = {(item.outbox_id, item.part) for item in self.data.parts.values()}
            if (message_id, part) not in taken:
                self.data.parts[platform] = PartRecord(message_id, part)
            done = part + 1 >= parts and message.state == "waiting"
            self.data.outbox[message_id] = replace(
                message,
                sent_parts=max(message.sent_parts, part + 1),
                state="accepted" if done else message.state,
            )
            for early in self.data.receipts.get(platform, ()):
                self._apply(platform, early)

    def failed(self, message_id: str, error: str, code: str | None, at: datetime) -> None:
        """Give a message up and open the conversation to an officer."""
        with self.data.lock:
            message = self.data.outbox.get(message_id)
            if message is not None and message.state == "waiting":
                self._fail(message, error, code, at)

    def put_back(self, message_id: str, error: str, code: str | None, at: datetime) -> bool:
        """Keep a notice until the citizen writes again; False if it is none."""
        with self.data.lock:
            message = self.data.outbox.get(message_id)
            if message is None:
                return False
            gone = unreachable(message.address.channel, code)
            is_news = gone and not is_unreachable(self.data, message.conversation_id)
            if not put_back(self.data, message_id, "unreachable" if gone else "held"):
                return False
            if is_news:
                key = f"unreachable:{message_id}"
                self.data.escalate(message.conversation_id, key, "delivery_failed", at)
            self.data.outbox[message_id] = replace(message, state="failed")
            self.data.failures[message_id] = (error, code)
            return True

    def receipt(self, receipt: DeliveryReceipt) -> None:
        """Record a receipt; a part's status only moves forward."""
        platform = (receipt.namespace, receipt.channel, receipt.external_id)
        with self.data.lock:
            known = self.data.receipts.setdefault(platform, [])
            if all(item.status != receipt.status for item in known):
                known.append(receipt)
            self._apply(platform, receipt)

    def delivered_since(
        self, namespace: str, channel: str, chat: str, after: str | None
    ) -> Sequence[OutboundMessage]:
        """Give accepted messages of a chat after an outbox id, oldest first."""
        with self.data.lock:
            ids = list(self.data.outbox)
            start = ids.index(after) + 1 if after in self.data.outbox else 0
            found = []
            for message_id in ids[start:]:
                message = self.message(message_id)
                address = message.address
                here = (address.namespace, address.channel, address.chat)
                if message.state == "accepted" and here == (namespace, channel, chat):
                    found.append(message)
            return found[:MOST_DELIVERED]

    def of_turn(self, turn_id: str) -> Sequence[OutboundMessage]:
        """Give the messages of one turn, oldest first."""
        with self.data.lock:
            return [
                self.message(item.id)
                for item in self.data.outbox.values()
                if item.turn_id == turn_id
            ]

    def _apply(self, platform: Platform, receipt: DeliveryReceipt) -> None:
        part = self.data.parts.get(platform)
        if part is None or not moves_forward(part.status, receipt.status):
            return
        part.status = receipt.status
        message = self.data.outbox[part.outbox_id]
        code = receipt.error_code
        late = receipt.status == "failed" and (
            code in NEEDS_THE_CITIZEN or unreachable(receipt.channel, code)
        )
        if late and self.put_back(part.outbox_id, "receipt", code, receipt.at):
            return
        if receipt.status == "failed" and message.state != "failed":
            self._fail(message, "receipt", receipt.error_code, receipt.at)

    def _fail(self, message: OutboundMessage, error: str, code: str | None, at: datetime) -> None:
        self.data.outbox[message.id] = replace(message, state="failed")
        self.data.failures[message.id] = (error, code)
        self.data.escalate(message.conversation_id, f"delivery:{message.id}", "delivery_failed", at)
