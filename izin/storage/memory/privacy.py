"""Citizens' requests about their own data, and what is kept about a chat, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from izin.errors import Conflict, NotFound
from izin.privacy import (
    KeptData,
    Outcome,
    PrivacyRequest,
    RequestNote,
    RequestState,
    RequestWork,
)
from izin.replies import Reply
from izin.storage.documents import plain
from izin.storage.memory.conversations import ConversationData
from izin.storage.text import storable

_FINISHED = (RequestState.DONE, RequestState.LAPSED)


class MemoryPrivacyRequests:
    """The port ``PrivacyRequests``; ``data`` is shared with the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self.requests: dict[str, PrivacyRequest] = {}
        self._keys: dict[str, str] = {}

    def open(self, request: PrivacyRequest, turn_id: str, step: str) -> PrivacyRequest:
        """Store a new request once; gives the stored one."""
        key = f"{turn_id}:{step}"
        with self.data.lock:
            if key in self._keys:
                return self.requests[self._keys[key]]
            if request.ticket in self.requests:
                raise Conflict(f"ticket {request.ticket} is taken")
            stored = replace(request, details=storable(dict(request.details)))
            self.requests[request.ticket] = stored
            self._keys[key] = request.ticket
            return stored

    def of_conversation(self, conversation_id: str) -> Sequence[PrivacyRequest]:
        """Give the requests made in a chat, newest first."""
        with self.data.lock:
            mine = [
                item for item in self.requests.values() if item.conversation_id == conversation_id
            ]
        return sorted(mine, key=lambda item: item.requested_at, reverse=True)

    def finish(self, ticket: str, now: datetime, details: Mapping[str, Any]) -> PrivacyRequest:
        """Close a request, replacing its details."""
        with self.data.lock:
            request = self._one(ticket)
            if request.state not in _FINISHED:
                request = replace(
                    request,
                    state=RequestState.DONE,
                    finished_at=now,
                    details=storable(dict(details)),
                )
                self.requests[ticket] = request
            return request

    def begin_erasure(self, ticket: str) -> None:
        """Cut the request's chat off from its address."""
        with self.data.lock:
            request = self._one(ticket)
            for alias, owner in list(self.data.aliases.items()):
                if owner == request.conversation_id:
                    del self.data.aliases[alias]

    def _one(self, ticket: str) -> PrivacyRequest:
        try:
            return self.requests[ticket]
        except KeyError:
            raise NotFound(f"request {ticket}") from None


class MemoryPrivacyDesk:
    """The port ``PrivacyDesk`` over the requests that ``MemoryPrivacyRequests`` keeps."""

    def __init__(self, requests: MemoryPrivacyRequests) -> None:
        """Take the shared requests.

        Attributes:
            sent: (conversation, answer) of every request that was closed.
        """
        self._asked = requests
        self._work: dict[str, RequestWork] = {}
        self._notes: dict[str, tuple[str, RequestNote]] = {}
        self._closed: dict[str, str] = {}
        self.sent: list[tuple[str, Reply]] = []

    def waiting(self, after: str | None = None, limit: int = 50) -> Sequence[RequestWork]:
        """Give the requests an officer has to act on, the next due first."""
        found = [item for item in self._all() if item.waits]
        return _page(sorted(found, key=_due), after, limit)

    def ended(self, after: str | None = None, limit: int = 50) -> Sequence[RequestWork]:
        """Give the requests that are done or lapsed, the latest due first."""
        found = [item for item in self._all() if item.request.state in _FINISHED]
        return _page(sorted(found, key=_due, reverse=True), after, limit)

    def read(self, ticket: str) -> RequestWork:
        """Give a request with all that is known."""
        if ticket not in self._asked.requests:
            raise NotFound(f"request {ticket}")
        notes = tuple(note for owner, note in self._notes.values() if owner == ticket)
        return replace(self._one(ticket), notes=notes)

    def take(self, ticket: str, officer: str, now: datetime, seen: str | None = None) -> None:
        """Work on a request."""
        work = self.read(ticket)
        if not work.waits:
            raise Conflict(f"request {ticket} needs no officer")
        if work.officer == officer:
            return
        if work.officer not in (None, seen):
            raise Conflict(f"request {ticket} was taken by another officer")
        self._work[ticket] = replace(work, officer=officer, taken_at=now)

    def note(self, ticket: str, officer: str, text: str, key: str, now: datetime) -> None:
        """Add a note once per key."""
        if self.read(ticket).request.conversation_id is None:
            raise Conflict(f"request {ticket} belongs to no chat any more")
        self._notes.setdefault(key, (ticket, RequestNote(now, officer, storable(text))))

    def close(
        self, ticket: str, officer: str, outcome: Outcome, answer: Reply, key: str, now: datetime
    ) -> bool:
        """End a request, tell the citizen and close what it had opened."""
        work = self.read(ticket)
        if self._closed.get(ticket) == key:
            return False
        if not work.waits or work.officer not in (None, officer):
            raise Conflict(f"request {ticket} was changed by another officer")
        self._closed[ticket] = key
        self._work[ticket] = replace(
            work, officer=officer, taken_at=work.taken_at or now, outcome=outcome
        )
        self._asked.finish(ticket, now, {})
        if work.request.conversation_id is not None:
            self.sent.append((work.request.conversation_id, answer))
        return True

    def _all(self) -> list[RequestWork]:
        return [self._one(ticket) for ticket in self._asked.requests]

    def _one(self, ticket: str) -> RequestWork:
        request = self._asked.requests[ticket]
        chat = self._asked.data.conversations.get(request.conversation_id or "")
        return replace(
            self._work.get(ticket, RequestWork(request)),
            request=request,
            channel=chat.address.channel if chat else None,
            phone=chat.verified_phone if chat else None,
            simulated=bool(chat and chat.address.namespace == "simulator"),
            notes=(),
        )


def _due(work: RequestWork) -> tuple[datetime, str]:
    return work.request.due_at, work.request.ticket


def _page(found: list[RequestWork], after: str | None, limit: int) -> list[RequestWork]:
    tickets = [item.request.ticket for item in found]
    start = tickets.index(after) + 1 if after in tickets else 0
    return found[start : start + limit]


class MemoryPrivacyChoices:
    """The port ``PrivacyChoices``."""

    def __init__(self) -> None:
        """Start with nobody told anything."""
        self._shown: dict[str, tuple[str, str]] = {}
        self._recorded: dict[tuple[str, str], tuple[str, bool]] = {}

    def show_notice(self, conversation_id: str, version: str, turn_id: str, now: datetime) -> bool:
        """Say whether this turn has to show the notice, and remember that it did."""
        seen = self._shown.get(conversation_id)
        if seen is not None and seen[0] == version:
            return seen[1] == turn_id
        self._shown[conversation_id] = (version, turn_id)
        return True

    def record(
        self, conversation_id: str, purpose: str, given: bool, version: str, now: datetime,
        turn_id: str,
    ) -> None:  # fmt: skip
        """Store what a citizen allows or stops, once per turn."""
        self._recorded.setdefault((turn_id, purpose), (conversation_id, given))

    def consents(self, conversation_id: str) -> Mapping[str, bool]:
        """Give the citizen's last word by purpose."""
        return {
            purpose: given
            for (_, purpose), (owner, given) in self._recorded.items()
            if owner == conversation_id
        }


class MemoryOwnData:
    """The port ``OwnData``; ``data`` is shared with the conversation side."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()

    def kept(self, conversation_id: str) -> KeptData:
        """Count what is kept."""
        with self.data.lock:
            chat = self._chat(conversation_id)
            messages = self._of(self.data.turns, conversation_id)
            counts = {
                "pesan": len(messages),
                "balasan": len(self._of(self.data.outbox, conversation_id)),
                "berkas": len(self._of(self.data.media, conversation_id)),
                "isian": 0,
            }
        moments = [item.now for item in messages]
        return KeptData(
            channel=chat.address.channel,
            since=min(moments, default=datetime.now(UTC)),
            phone=chat.verified_phone,
            counts=counts,
            oldest_message_at=min(moments, default=None),
        )

    def copy(self, conversation_id: str) -> Mapping[str, Any]:
        """Give messages and answers in JSON's own types."""
        with self.data.lock:
            chat = self._chat(conversation_id)
            document = {
                "percakapan": {
                    "kanal": chat.address.channel,
                    "nomor_telepon_terbukti": chat.verified_phone,
                },
                "pesan": [
                    {"waktu": item.now, "jenis": item.message.kind, "teks": item.message.text}
                    for item in self._of(self.data.turns, conversation_id)
                ],
                "jawaban": [
                    {"teks": item.reply.get("text") or ""}
                    for item in self._of(self.data.outbox, conversation_id)
                ],
            }
        return dict(plain(document))

    def forget_phone(self, conversation_id: str) -> bool:
        """Forget the proven phone."""
        with self.data.lock:
            chat = self.data.conversations.get(conversation_id)
            if chat is None or chat.verified_phone is None:
                return False
            self.data.conversations[conversation_id] = replace(chat, verified_phone=None)
            return True

    def end_subscriptions(self, conversation_id: str) -> int:
        """End every subscription to notices."""
        with self.data.lock:
            stored = getattr(self.data, "subscriptions", {})
            mine = [key for key in stored if conversation_id in key]
            for key in mine:
                del stored[key]
        return len(mine)

    def _chat(self, conversation_id: str) -> Any:
        try:
            return self.data.conversations[conversation_id]
        except KeyError:
            raise NotFound(f"conversation {conversation_id!r}") from None

    def _of(self, table: Mapping[str, Any], conversation_id: str) -> list[Any]:
        return [item for item in table.values() if item.conversation_id == conversation_id]
