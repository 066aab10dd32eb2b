"""The inbox in memory."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from izin.conversations import (
    ChatAddress,
    Conversation,
    InboundMessage,
    Received,
    Turn,
)
from izin.errors import NotFound
from izin.message_limits import (
    NO_LIMITS,
    MessageLimits,
    Pace,
    arrive,
    joins,
    may_be_merged,
    merged_text,
)
from izin.replies import Reply
from izin.storage.memory.conversations import ConversationData, Job, ReviewItem, TurnRecord
from izin.storage.memory.notices import move_following, tell_held
from izin.storage.memory.officer_holds import move_holds
from izin.storage.memory.replies import store_reply
from izin.storage.message_json import masked_message, message_to_json, storable_message
from izin.storage.postgres.queue import TURN_QUEUE, TURN_TASK
from izin.storage.text import storable


class MemoryInbox:
    """The port ``Inbox``; ``data`` is shared with the other ports of the conversation side."""

    def __init__(
        self, data: ConversationData | None = None, limits: MessageLimits = NO_LIMITS
    ) -> None:
        """Take the shared tables (empty ones of its own when none are given) and the limits."""
        self.data = data or ConversationData()
        self._limits = limits

    def receive(
        self, message: InboundMessage, received_at: datetime, now: datetime | None = None
    ) -> Received:
        """Store a message once and put its turn on the job list."""
        message = storable_message(message)
        data, address = self.data, message.address
        with data.lock:
            external = (address.namespace, address.channel, message.external_id)
            if external in data.external_ids:
                earlier = data.turns[data.external_ids[external]]
                return Received(
                    earlier.id,
                    earlier.conversation_id,
                    duplicate=True,
                    merged_into=earlier.merged_into,
                    limited=earlier.state == "limited",
                )
            conversation_id = self._conversation_id(message, received_at)
            tell_held(data, conversation_id)
            turn_id, at = str(uuid.uuid4()), now or received_at
            pace, verdict = arrive(data.paces.get(conversation_id, Pace()), at, self._limits)
            data.paces[conversation_id] = pace
            leader = self._leader(conversation_id, message, at) if verdict == "answer" else None
            data.turns[turn_id] = TurnRecord(
                id=turn_id,
                conversation_id=conversation_id,
                message=message,
                now=at,
                received_at=received_at,
                choice=self._choice(conversation_id, message.choice_id),
                state="merged" if leader else "limited" if verdict == "store" else "queued",
                details={"limited": True} if verdict == "tell" else {},
                merged_into=leader,
            )
            data.external_ids[external] = turn_id
            if verdict == "tell":
                data.escalate(conversation_id, f"flood:{turn_id}", "flood", at)
            if verdict != "store" and leader is None:
                data.jobs.append(
                    Job(TURN_TASK, TURN_QUEUE, f"turn:{conversation_id}", {"turn_id": turn_id})
                )
            return Received(
                turn_id, conversation_id, merged_into=leader, limited=verdict != "answer"
            )

    def _leader(self, conversation_id: str, message: InboundMessage, at: datetime) -> str | None:
        """Give the conversation's last turn if it has not begun and takes the message."""
        if self._limits.merged < 2 or not may_be_merged(message):
            return None
        last = next(
            (
                record
                for record in reversed(self.data.turns.values())
                if record.conversation_id == conversation_id and record.merged_into is None
            ),
            None,
        )
        if last is None or last.state != "queued" or last.attempts or last.details.get("limited"):
            return None
        texts = self._texts(last)
        fits = joins(last.message, last.now, texts, message, at, self._limits)
        return last.id if fits else None

    def _texts(self, record: TurnRecord) -> list[str]:
        merged = (item for item in self.data.turns.values() if item.merged_into == record.id)
        return [record.message.text, *(item.message.text for item in merged)]

    def turn(self, turn_id: str) -> Turn:
        """Give a turn with its conversation."""
        with self.data.lock:
            record = self._record(turn_id)
            message, texts = record.message, self._texts(record)
            if len(texts) > 1:
                message = replace(message, text=merged_text(texts))
            return Turn(
                id=record.id,
                conversation=self.data.conversations[record.conversation_id],
                message=message,
                now=record.now,
                received_at=record.received_at,
                state=record.state,
                attempts=record.attempts,
                choice=record.choice,
                media_ids=record.media_ids,
                details=dict(record.details),
                merged_into=record.merged_into,
            )

    def begin(self, turn_id: str) -> Turn:
        """Count an attempt and give the turn."""
        with self.data.lock:
            record = self._record(turn_id)
            record.attempts += record.state == "queued"
            return self.turn(turn_id)

    def set_media(self, turn_id: str, media_ids: Sequence[str]) -> None:
        """Remember our ids of the turn's stored files; those of no chat yet are of its chat."""
        with self.data.lock:
            record = self._record(turn_id)
            record.media_ids = tuple(media_ids)
            for media_id in media_ids:
                file = self.data.media.get(media_id)
                if file is not None and file.conversation_id is None:
                    file.conversation_id = record.conversation_id

    def answer(
        self,
        turn_id: str,
        replies: Sequence[Reply],
        timings_ms: Mapping[str, float],
        understood: Mapping[str, str | float] | None = None,
    ) -> tuple[str, ...]:
        """Store replies and put their deliveries on the job list, once."""
        return self._close(turn_id, replies, "answered", timings_ms, None, understood)

    def hold(self, turn_id: str) -> None:
        """Leave the message to the officer."""
        self._close(turn_id, (), "held", {}, None)

    def fail(self, turn_id: str, reply: Reply, error: str) -> tuple[str, ...]:
        """Answer politely and open the conversation to an officer."""
        return self._close(turn_id, (reply,), "failed", {}, error)

    def verify_phone(self, conversation_id: str, phone: str) -> None:
        """Remember a phone proven on this channel."""
        with self.data.lock:
            known = self.data.conversations.get(conversation_id)
            if known is not None:
                self.data.conversations[conversation_id] = replace(known, verified_phone=phone)

    def keep_for_review(
        self, channel: str, payload: bytes, reason: str, received_at: datetime
    ) -> None:
        """Keep an item that could not be understood."""
        with self.data.lock:
            self.data.review_items.append(
                ReviewItem(channel, payload, storable(reason), received_at)
            )

    def _close(
        self,
        turn_id: str,
        replies: Sequence[Reply],
        state: str,
        timings_ms: Mapping[str, float],
        error: str | None,
        understood: Mapping[str, str | float] | None = None,
    ) -> tuple[str, ...]:
        data = self.data
        with data.lock:
            record = self._record(turn_id)
            if record.state != "queued":
                return tuple(item.id for item in data.outbox.values() if item.turn_id == turn_id)
            if data.conversations[record.conversation_id].held_by_officer:
                replies, state, understood = (
                    (),
                    "held",
                    None,
                )  # an officer took it while the bot was at work
            ids = tuple(
                store_reply(data, record.conversation_id, reply, f"{turn_id}:{step}", turn_id)
                for step, reply in enumerate(replies)
            )
            record.state, record.timings_ms, record.error = state, dict(timings_ms), error
            record.understood = None if understood is None else dict(understood)
            if state == "answered":
                masked = masked_message(message_to_json(record.message))
                record.message = replace(record.message, text=masked["text"])
            conversation = data.conversations[record.conversation_id]
            data.conversations[record.conversation_id] = replace(
                conversation,
                last_turn_at=record.now,
                last_text=storable(replies[-1].text) if replies else conversation.last_text,
            )
            if state == "failed" or any(reply.urgent for reply in replies):
                reason = "turn_failed" if state == "failed" else "urgent"
                data.escalate(record.conversation_id, f"turn:{turn_id}", reason, record.now)
            return ids

    def _record(self, turn_id: str) -> TurnRecord:
        try:
            return self.data.turns[turn_id]
        except KeyError:
            raise NotFound(f"turn {turn_id}") from None

    def _choice(self, conversation_id: str, choice_id: str | None) -> dict[str, object] | None:
        owner, choice = self.data.choices.get(choice_id or "", ("", {}))
        return dict(choice) if owner == conversation_id else None

    def _conversation_id(self, message: InboundMessage, received_at: datetime) -> str:
        data, address = self.data, message.address
        keys = {
            address.key,
            *(
                ChatAddress(address.channel, alias, address.namespace, address.user).key
                for alias in message.aliases
            ),
        }
        aliases = [(address.namespace, address.channel, key) for key in keys]
        known = {data.aliases[alias] for alias in aliases if alias in data.aliases}
        ids = [item for item in data.conversations if item in known]  # oldest first
        if ids:
            self._merge(ids[0], ids[1:])
        conversation = (
            data.conversations[ids[0]] if ids else Conversation(str(uuid.uuid4()), address)
        )
        data.conversations[conversation.id] = replace(
            conversation,
            address=replace(conversation.address, chat=address.chat),
            last_inbound_at=received_at,
            verified_phone=message.phone or conversation.verified_phone,
        )
        for alias in aliases:
            data.aliases.setdefault(alias, conversation.id)
        return conversation.id

    def _merge(self, older: str, younger: Sequence[str]) -> None:
        data = self.data
        move_following(data, older, younger)
        for conversation_id in younger:
            merged, kept = data.conversations[conversation_id], data.conversations[older]
            data.conversations[older] = replace(
                kept,
                held_by_officer=kept.held_by_officer or merged.held_by_officer,
                verified_phone=kept.verified_phone or merged.verified_phone,
            )
            move_holds(data, older, conversation_id)
            for alias, owner in data.aliases.items():
                if owner == conversation_id:
                    data.aliases[alias] = older
            for choice_id, (owner, choice) in data.choices.items():
                if owner == conversation_id:
                    data.choices[choice_id] = (older, choice)
            for shelf in (data.complaints, data.sealed_complaints):
                for ticket, complaint in shelf.items():
                    if complaint.conversation_id == conversation_id:
                        shelf[ticket] = replace(complaint, conversation_id=older)
            for earlier, became in data.earlier_chats.items():
                if became == conversation_id:
                    data.earlier_chats[earlier] = older
            data.earlier_chats[conversation_id] = older
