"""Officers and the conversations they hold, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from izin.conversation_room import RoomHead
from izin.errors import Conflict, NotFound
from izin.officers import (
    IN_CHAT,
    LEASE,
    MOST_TIMES,
    RECENT,
    EndedBy,
    Handling,
    Line,
    OfficerSession,
    Waiting,
)
from izin.replies import Reply
from izin.storage.memory.conversations import ConversationData, Escalation, HandlingRecord
from izin.storage.memory.replies import store_reply

OFFICER_KEY = "officer:"


class MemoryOfficers:
    """The port ``Officers``; ``data`` is shared with the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self._said_at: dict[str, datetime] = {}

    def beat(self, session: OfficerSession, now: datetime) -> None:
        """Record that an officer is present."""
        with self.data.lock:
            self.data.officer_sessions[session.session] = session

    def leave(self, session: str) -> bool:
        """Forget a session."""
        with self.data.lock:
            return self.data.officer_sessions.pop(session, None) is not None

    def present(self, now: datetime) -> Sequence[OfficerSession]:
        """Give the sessions present, the one that lasts longest of each officer."""
        with self.data.lock:
            sessions = sorted(self.data.officer_sessions.values(), key=lambda item: item.until)
        longest = {item.officer: item for item in sessions if item.until > now}
        return [longest[name] for name in sorted(longest)]

    def waiting(self) -> Sequence[Waiting]:
        """Give every conversation with an open escalation, oldest first."""
        with self.data.lock:
            opened: dict[str, list[Escalation]] = {}
            for item in self.data.escalations.values():
                if item.closed_at is None:
                    opened.setdefault(item.conversation_id, []).append(item)
            found = [self._waiting(name, items) for name, items in opened.items()]
        return sorted(found, key=lambda item: item.opened_at)

    def _waiting(self, conversation_id: str, items: list[Escalation]) -> Waiting:
        address = self.data.conversations[conversation_id].address
        promised = [item.respond_by for item in items if item.respond_by]
        held = self.handling(conversation_id)
        return Waiting(
            conversation_id,
            address.namespace,
            address.channel,
            tuple(dict.fromkeys(item.reason for item in items)),
            min(item.opened_at for item in items),
            min(promised) if promised else None,
            sum(len(item.messages) for item in items),
            held.officer if held else None,
        )

    def handling_times(self, now: datetime) -> Sequence[timedelta]:
        """Give how long recent served conversations were held, latest first."""
        with self.data.lock:
            ended = [
                (item.ended_at, item.ended_at - item.handling.claimed_at)
                for item in self.data.handlings
                if item.ended_at is not None
                and now - RECENT < item.ended_at <= now
                and item.ended_by in ("petugas", "warga")
                and item.handling.replied_at is not None
            ]
        return [took for _, took in sorted(ended, reverse=True)[:MOST_TIMES]]

    def leave_message(self, conversation_id: str, turn_id: str) -> bool:
        """Add a turn's message to the newest thing that is open in the chat."""
        with self.data.lock:
            newest = next(reversed(list(self._open_in_chat(conversation_id))), None)
            if newest is None:
                return False
            others = tuple(item for item in newest.messages if item != turn_id)
            kept = newest.messages if turn_id in newest.messages else (*newest.messages, turn_id)
            self.data.escalations[newest.key] = replace(newest, messages=kept)
            return not others

    def withdraw(self, conversation_id: str, reason: str, now: datetime) -> bool:
        """Close the open escalations of a reason."""
        with self.data.lock:
            found = [
                item
                for item in self.data.escalations.values()
                if item.conversation_id == conversation_id
                and item.reason == reason
                and item.closed_at is None
            ]
            for item in found:
                self.data.escalations[item.key] = replace(item, closed_at=now)
        return bool(found)

    def claim(
        self, conversation_id: str, officer: str, role: str, notice: Reply, now: datetime
    ) -> Handling:
        """Give the conversation to an officer."""
        with self.data.lock:
            if conversation_id not in self.data.conversations:
                raise NotFound(f"conversation {conversation_id}")
            held = self._active(conversation_id)
            if held is not None and held.handling.officer != officer:
                raise Conflict(f"conversation {conversation_id} is held by another officer")
            if held is None:
                number = len(self.data.handlings) + 1
                handling = Handling(number, conversation_id, officer, role, now, now + LEASE)
                held = HandlingRecord(handling)
                self.data.handlings.append(held)
                self._hold(conversation_id, True)
                self._tell_if_heard(held, notice, "claimed", now)
            self._renew(held, now)
            return self._read(held)

    def handling(self, conversation_id: str) -> Handling | None:
        """Give the hold on a conversation."""
        with self.data.lock:
            held = self._active(conversation_id)
            return None if held is None else self._read(held)

    def reply(
        self, conversation_id: str, officer: str, reply: Reply, key: str, now: datetime
    ) -> str:
        """Put an officer's answer into the outbox, once per key."""
        with self.data.lock:
            held = self._active(conversation_id)
            if held is None or held.handling.officer != officer:
                raise Conflict(f"conversation {conversation_id} is not held by this officer")
            self._renew(held, now)
            held.handling = replace(held.handling, replied_at=now)
            return self._tell(held, reply, key, now)

    def renew(self, conversation_id: str, officer: str, now: datetime) -> bool:
        """Let one's own hold last for another lease."""
        with self.data.lock:
            held = self._active(conversation_id)
            if held is None or held.handling.officer != officer:
                return False
            self._renew(held, now)
            return True

    def transfer(
        self, conversation_id: str, officer: str | None, to: str, role: str, notice: Reply,
        now: datetime,
    ) -> Handling:  # fmt: skip
        """Pass the conversation to another officer."""
        with self.data.lock:
            if conversation_id not in self.data.conversations:
                raise NotFound(f"conversation {conversation_id}")
            held = self._active(conversation_id)
            if officer is not None and (held is None or held.handling.officer != officer):
                raise Conflict(f"conversation {conversation_id} is not held by this officer")
            if held is not None and held.handling.officer != to:
                self._end(held, now, "alih")
            return self.claim(conversation_id, to, role, notice, now)

    def release(
        self, conversation_id: str, officer: str, notice: Reply, now: datetime, *,
        served: bool = True,
    ) -> bool:  # fmt: skip
        """End one's own hold."""
        with self.data.lock:
            held = self._active(conversation_id)
            if held is None:
                return False
            if held.handling.officer != officer:
                raise Conflict(f"conversation {conversation_id} is held by another officer")
            self._end(held, now, "petugas" if served else "lepas")
            if served:
                self._close(conversation_id, now)
            else:
                self._keep_open(held)
            self._tell_if_heard(held, notice, "released", now)
            return True

    def return_to_bot(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """End the hold by the citizen's word; told True again when the turn runs again."""
        with self.data.lock:
            if not self.data.conversations[conversation_id].held_by_officer:
                return any(
                    item.ended_in == turn_id and item.handling.conversation_id == conversation_id
                    for item in self.data.handlings
                )
            held = self._active(conversation_id)
            if held is None:
                self._hold(conversation_id, False)
            else:
                self._end(held, now, "warga", turn_id)
            self._close(conversation_id, now)
            return True

    def expired(self, now: datetime) -> Sequence[Handling]:
        """Give the holds whose lease has run out."""
        with self.data.lock:
            return [
                self._read(item)
                for item in self.data.handlings
                if item.ended_at is None and item.handling.lease_until <= now
            ]

    def expire(self, handling: Handling, notice: Reply, now: datetime) -> bool:
        """End a hold that has run out; what the citizen still waits for stays open."""
        with self.data.lock:
            held = self._active(handling.conversation_id)
            if held is None or held.handling.id != handling.id:
                return False
            if held.handling.lease_until > now:
                return False
            self._end(held, now, "waktu")
            if not handling.waits:
                self._close(handling.conversation_id, now)
            else:
                self._keep_open(held)
            self._tell_if_heard(held, notice, "expired", now)
            return True

    def conversation_with(self, conversation_id: str) -> Sequence[Line]:
        """Give what was said between the citizen and officers, oldest first."""
        with self.data.lock:
            left = {
                turn_id
                for item in self.data.escalations.values()
                if item.conversation_id == conversation_id
                for turn_id in item.messages
            }
            lines = [
                Line(
                    turn.received_at,
                    True,
                    str(turn.choice["title"]) if turn.choice else turn.message.text,
                    turn.message.kind,
                    turn.media_ids,
                )
                for turn in self.data.turns.values()
                if turn.conversation_id == conversation_id
                and (turn.state == "held" or {turn.id, turn.merged_into} & left)
            ]
            for key, message_id in self.data.outbox_keys.items():
                message = self.data.outbox[message_id]
                if message.conversation_id == conversation_id and key.startswith(OFFICER_KEY):
                    said = str(message.reply.get("text", ""))
                    lines.append(Line(self._said_at[message_id], False, said))
        return sorted(lines, key=lambda line: line.at)

    def _active(self, conversation_id: str) -> HandlingRecord | None:
        return next(
            (
                item
                for item in self.data.handlings
                if item.handling.conversation_id == conversation_id and item.ended_at is None
            ),
            None,
        )

    def _read(self, held: HandlingRecord) -> Handling:
        replied = held.handling.replied_at
        waits = replied is None or any(
            turn.state == "held" and turn.now > replied
            for turn in self.data.turns.values()
            if turn.conversation_id == held.handling.conversation_id
        )
        return replace(held.handling, waits=waits)

    def _open_in_chat(self, conversation_id: str) -> Iterator[Escalation]:
        return (
            item
            for item in list(self.data.escalations.values())
            if item.conversation_id == conversation_id
            and item.reason in IN_CHAT
            and item.closed_at is None
        )

    def _keep_open(self, held: HandlingRecord) -> None:
        handling = held.handling
        if not list(self._open_in_chat(handling.conversation_id)):
            self.data.escalate(
                handling.conversation_id,
                f"lease:{handling.id}",
                "minta_petugas",
                handling.claimed_at,
            )

    def _renew(self, held: HandlingRecord, now: datetime) -> None:
        until = max(held.handling.lease_until, now + LEASE)
        held.handling = replace(held.handling, lease_until=until)

    def _hold(self, conversation_id: str, held: bool) -> None:
        known = self.data.conversations[conversation_id]
        self.data.conversations[conversation_id] = replace(known, held_by_officer=held)

    def _end(
        self, held: HandlingRecord, now: datetime, by: EndedBy, turn_id: str | None = None
    ) -> None:
        held.ended_at, held.ended_by, held.ended_in = now, by, turn_id
        self._hold(held.handling.conversation_id, False)

    def _close(self, conversation_id: str, now: datetime) -> None:
        for item in self._open_in_chat(conversation_id):
            self.data.escalations[item.key] = replace(item, closed_at=now)

    def _tell_if_heard(self, held: HandlingRecord, reply: Reply, what: str, now: datetime) -> None:
        known = self.data.conversations[held.handling.conversation_id]
        address = known.address
        head = RoomHead(
            known.id, address.channel, address.namespace, False, None, known.last_inbound_at
        )
        if head.window_open(now):
            self._tell(held, reply, what, now)

    def _tell(self, held: HandlingRecord, reply: Reply, what: str, now: datetime) -> str:
        key = f"{OFFICER_KEY}{held.handling.id}:{what}"
        message_id = store_reply(self.data, held.handling.conversation_id, reply, key, None)
        self._said_at.setdefault(message_id, now)
        return message_id
