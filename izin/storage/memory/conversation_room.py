"""One conversation for its officer, in memory."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from izin.canned_replies import CannedReply
from izin.conversation_room import (
    PAGE,
    Background,
    EarlierComplaint,
    EarlierHandling,
    Entry,
    GivenRating,
    HistoryPage,
    Mention,
    Note,
    NoteKind,
    RoomFile,
    RoomHead,
    Scheduled,
    Understood,
)
from izin.conversations import OutboundMessage
from izin.errors import InvalidInput, NotFound
from izin.officers import LOOKED_AT
from izin.replies import Reply
from izin.storage.memory.conversations import ConversationData, Job, TurnRecord
from izin.storage.memory.replies import store_reply
from izin.storage.postgres.queue import DELIVERY_QUEUE, DELIVERY_TASK
from izin.storage.room_entries import (
    OFFICER_KEY,
    SCHEDULED_KEY,
    delivery_of,
    event_entry,
    outgoing_kind,
)


class MemoryConversationRoom:
    """The port ``ConversationRoom``; ``data`` is shared with the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self._notes: dict[str, tuple[str, Note]] = {}
        self._later: dict[str, Scheduled] = {}
        self._sent_later: dict[str, str] = {}
        self._again: dict[str, str] = {}

    def head(self, conversation_id: str) -> RoomHead:
        """Give the conversation."""
        with self.data.lock:
            known = self.data.conversations.get(conversation_id)
        if known is None:
            raise NotFound(f"conversation {conversation_id!r}")
        return RoomHead(
            known.id, known.address.channel, known.address.namespace, known.held_by_officer,
            known.verified_phone, known.last_inbound_at, known.address.user is not None,
        )  # fmt: skip

    def _now(self, conversation_id: str) -> str:
        """Give the chat that another became when both turned out to be one citizen's."""
        return self.data.earlier_chats.get(conversation_id, conversation_id)

    def history(self, conversation_id: str, before: str | None = None) -> HistoryPage:
        """Give one page of the history."""
        with self.data.lock:
            entries = [
                *(self._asked(i) for i in self._turns(conversation_id)),
                *(self._sent(i) for i in self._outbox(conversation_id)),
                *(self._note(i) for i in self._notes.values()
                  if self._now(i[1].conversation_id) == conversation_id),
            ]  # fmt: skip
            events = self._events(conversation_id)
        entries.sort(key=lambda entry: (entry.at, entry.id))
        until = None
        if before:
            moment, _, identity = before.partition("_")
            try:
                until = datetime.fromisoformat(moment)
            except ValueError:
                raise InvalidInput("no place in a history", field="before") from None
            entries = [entry for entry in entries if (entry.at, entry.id) < (until, identity)]
        more, kept = len(entries) > PAGE, entries[-PAGE:]
        since = kept[0].at if more else None
        events = [
            item
            for item in events
            if (since is None or item.at >= since) and (until is None or item.at < until)
        ]
        earlier = f"{kept[0].at.isoformat()}_{kept[0].id}" if more else None
        shown = sorted([*kept, *events], key=lambda entry: (entry.at, entry.id))
        return HistoryPage(tuple(shown), earlier)

    def open_reasons(self, conversation_id: str) -> Sequence[str]:
        """Give why the conversation waits for an officer."""
        with self.data.lock:
            found = [
                item.reason
                for item in self.data.escalations.values()
                if item.conversation_id == conversation_id and item.closed_at is None
            ]
        return tuple(dict.fromkeys(found))

    def settle(self, conversation_id: str, now: datetime) -> bool:
        """Close what an officer only has to look at."""
        with self.data.lock:
            found = [
                item
                for item in self.data.escalations.values()
                if item.conversation_id == conversation_id
                and item.reason in LOOKED_AT
                and item.closed_at is None
            ]
            for item in found:
                self.data.escalations[item.key] = replace(item, closed_at=now)
        return bool(found)

    def background(self, conversation_id: str) -> Background:
        """Give what is known of the citizen."""
        phone = self.head(conversation_id).verified_phone
        with self.data.lock:
            same = {
                item.id
                for item in self.data.conversations.values()
                if item.id == conversation_id or (phone and item.verified_phone == phone)
            }
            filed = [
                EarlierComplaint(item.ticket, item.category, item.state.value, item.filed_at)
                for item in self.data.complaints.values()
                if item.conversation_id in same
            ]
            held = [
                EarlierHandling(
                    item.handling.officer, item.handling.role, item.handling.claimed_at,
                    item.ended_at, str(item.ended_by),
                )
                for item in self.data.handlings
                if item.handling.conversation_id == conversation_id and item.ended_at
            ]  # fmt: skip
            rated = [
                GivenRating(item.score, str(item.subject), item.at)
                for item in self.data.ratings.values()
                if item.conversation_id == conversation_id
            ]
        filed.sort(key=lambda item: item.filed_at, reverse=True)
        return Background(tuple(filed), tuple(reversed(held)), tuple(reversed(rated)))

    def file(self, conversation_id: str, media_id: str) -> RoomFile:
        """Give a file of this conversation."""
        with self.data.lock:
            found = self.data.media.get(media_id)
        if found is None or found.conversation_id != conversation_id:
            raise NotFound(f"file {media_id!r}")
        return RoomFile(media_id, "", found.mime_type, None, len(found.content))

    def write_note(self, note: Note) -> str:
        """Store a note once per key."""
        with self.data.lock:
            return self._notes.setdefault(note.key, (str(uuid.uuid4()), note))[0]

    def mentions_of(self, account_id: str, limit: int = 50) -> Sequence[Mention]:
        """Give the notes that name an account."""
        with self.data.lock:
            found = [
                Mention(identity, note.conversation_id, note.author, note.text, note.at)
                for identity, note in self._notes.values()
                if account_id in note.mentions
            ]
        return sorted(found, key=lambda item: item.at, reverse=True)[:limit]

    def schedule(self, message: Scheduled, now: datetime) -> str:
        """Store a message to be sent later."""
        with self.data.lock:
            known = self._later.setdefault(message.key, replace(message, id=str(uuid.uuid4())))
            return known.id

    def scheduled(self, conversation_id: str) -> Sequence[Scheduled]:
        """Give what waits or has failed."""
        with self.data.lock:
            found = [
                item
                for item in self._later.values()
                if self._now(item.conversation_id) == conversation_id
                and item.state in ("waiting", "failed")
            ]
        return sorted(found, key=lambda item: (item.due_at, item.id))

    def cancel_scheduled(self, conversation_id: str, scheduled_id: str) -> bool:
        """Cancel a message that waits or has failed."""
        with self.data.lock:
            for item in self.scheduled(conversation_id):
                if item.id == scheduled_id:
                    self._later[item.key] = replace(item, state="cancelled")
                    return True
        return False

    def send_due(self, now: datetime) -> int:
        """Put the messages whose time has come into the outbox."""
        with self.data.lock:
            due = [i for i in self._later.values() if i.state == "waiting" and i.due_at <= now]
            done = 0
            for item in sorted(due, key=lambda item: item.due_at):
                head, key = self.head(item.conversation_id), f"{SCHEDULED_KEY}{item.id}"
                if head.namespace == "live" and item.due_at > datetime.now(UTC):
                    continue  # a moved clock never reaches a real chat
                done += 1
                if not head.window_open(now):
                    self._later[item.key] = replace(item, state="failed")
                    self.data.escalate(item.conversation_id, key, "delivery_failed", now)
                    continue
                sent = store_reply(self.data, item.conversation_id, Reply(item.signed), key, None)
                self._sent_later[sent] = item.author
                self._later[item.key] = replace(item, state="sent")
        return done

    def send_again(self, conversation_id: str, message_id: str, key: str) -> bool:
        """Put a failed message back on its way."""
        data = self.data
        with data.lock:
            known = data.outbox.get(message_id)
            if known is None or known.conversation_id != conversation_id:
                return False
            if known.state != "failed" or self._again.get(message_id) == key:
                return False
            self._again[message_id] = key
            parts = {i: p for i, p in data.parts.items() if p.outbox_id == message_id}
            failed = [part.part for part in parts.values() if part.status == "failed"]
            begin = min(failed, default=known.sent_parts)
            for external, part in parts.items():
                if part.part >= begin:
                    del data.parts[external]
            data.failures.pop(message_id, None)
            data.outbox[message_id] = replace(known, state="waiting", attempts=0, sent_parts=begin)
            job = {"message_id": message_id}
            data.jobs.append(Job(DELIVERY_TASK, DELIVERY_QUEUE, f"out:{conversation_id}", job))
            return True

    def _turns(self, conversation_id: str) -> list[TurnRecord]:
        return [i for i in self.data.turns.values() if i.conversation_id == conversation_id]

    def _outbox(self, conversation_id: str) -> list[OutboundMessage]:
        return [i for i in self.data.outbox.values() if i.conversation_id == conversation_id]

    def _asked(self, turn: TurnRecord) -> Entry:
        read = turn.understood
        permit = str(read["permit"]) if read and read.get("permit") else None
        return Entry(
            id=turn.id,
            at=turn.received_at,
            kind="citizen",
            text=str(turn.choice["title"]) if turn.choice else turn.message.text,
            what=turn.message.kind,
            details={"state": str(turn.state)},
            files=tuple(
                RoomFile(i, "", self.data.media[i].mime_type, None, len(self.data.media[i].content))
                for i in turn.media_ids
                if i in self.data.media
            ),
            location=turn.message.location,
            understood=Understood(str(read["intent"]), float(read["confidence"]), permit)
            if read
            else None,
        )

    def _sent(self, message: OutboundMessage) -> Entry:
        key = next(k for k, i in self.data.outbox_keys.items() if i == message.id)
        authors = {
            f"{OFFICER_KEY}{i.handling.id}": i.handling.officer for i in self.data.handlings
        } | self._sent_later
        kind, who = outgoing_kind(key, message.turn_id, message.id, authors)
        told = [p.status for p in self.data.parts.values() if p.outbox_id == message.id]
        error, code = self.data.failures.get(message.id, (None, None))
        return Entry(
            id=message.id,
            at=message.created_at or datetime.min.replace(tzinfo=UTC),
            kind=kind,
            text=str(message.reply.get("text") or ""),
            who=who,
            what="scheduled" if key.startswith(SCHEDULED_KEY) else "text",
            choices=tuple(str(i["title"]) for i in message.reply.get("choices") or ()),
            delivery=delivery_of(message.state, told, error, code, key, False),
        )

    def _note(self, stored: tuple[str, Note]) -> Entry:
        identity, note = stored
        worded = note.kind is NoteKind.NOTE or bool(note.text)
        return Entry(
            identity, note.at, "note" if worded else "event", note.text, note.author,
            note.kind.value, dict(note.details),
        )  # fmt: skip

    def _events(self, conversation_id: str) -> list[Entry]:
        events = []
        for item in self.data.handlings:
            if item.handling.conversation_id != conversation_id:
                continue
            name, who = f"hold-{item.handling.id}", item.handling.officer
            events.append(event_entry(name, item.handling.claimed_at, "taken", who))
            if item.ended_at is not None:
                what = f"ended_{item.ended_by}"
                events.append(event_entry(f"{name}-end", item.ended_at, what, who))
        events += [
            event_entry(f"call-{call.key}", call.opened_at, "escalated", None, reason=call.reason)
            for call in self.data.escalations.values()
            if call.conversation_id == conversation_id
        ]
        return events


class MemoryCannedReplies:
    """The port ``CannedReplies``."""

    def __init__(self) -> None:
        """Begin without replies."""
        self._replies: dict[str, CannedReply] = {}
        self._keys: dict[str, str] = {}

    def replies(self, *, active_only: bool = True) -> Sequence[CannedReply]:
        """Give the replies by category and title."""
        found = [item for item in self._replies.values() if item.active or not active_only]
        return sorted(found, key=lambda item: (item.category, item.title))

    def reply(self, reply_id: str) -> CannedReply:
        """Give one."""
        if reply_id not in self._replies:
            raise NotFound(f"canned reply {reply_id!r}")
        return self._replies[reply_id]

    def add(self, reply: CannedReply, key: str) -> str:
        """Store a new reply once per key."""
        if key not in self._keys:
            self._keys[key] = str(uuid.uuid4())
            self._replies[self._keys[key]] = replace(reply, id=self._keys[key])
        return self._keys[key]

    def change(self, reply: CannedReply) -> None:
        """Replace a reply's words."""
        self.reply(reply.id)
        self._replies[reply.id] = reply
