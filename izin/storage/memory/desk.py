"""The officers' desk in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from izin.accounts import Account
from izin.desk import (
    MOST_COUNTED,
    PAGE,
    Days,
    DeskPage,
    DeskRow,
    Filters,
    Found,
    LastWords,
    Queue,
    Seat,
    Sight,
    place,
)
from izin.desk_search import Wanted, marked, words
from izin.storage.memory.conversations import ConversationData, Escalation
from izin.storage.room_entries import outgoing_kind


class MemoryDesk:
    """The ports ``Desk``, ``DeskQueues`` and ``Presence``; nothing here is ever sealed."""

    def __init__(
        self,
        data: ConversationData | None = None,
        account_of_session: Callable[[str], Account | None] = lambda session_id: None,
    ) -> None:
        """Take the shared tables, and what knows the sessions that go on."""
        self.data = data or ConversationData()
        self._account_of_session = account_of_session
        self._seen: dict[tuple[str, str], datetime] = {}
        self._pages: dict[str, tuple[str, str, datetime]] = {}
        self._serving: dict[str, bool] = {}

    def may_see(self, conversation_id: str, unit: str | None) -> bool:
        """Say whether a person of a unit may see a conversation."""
        return self.sight(conversation_id).by(unit)

    def sight(self, conversation_id: str) -> Sight:
        """Give whether a conversation is visible, and to which units."""
        with self.data.lock:
            opened = self._opened(conversation_id)
            filed = self._complaints(conversation_id)
        units = {item.unit for item in (*opened, *filed)}
        return Sight(bool(opened or filed), frozenset(unit for unit in units if unit))

    def complaint_sight(self, ticket: str) -> Sight:
        """Give whether a complaint is an ordinary one, and its unit."""
        found = self.data.complaints.get(ticket)
        if found is None:
            return Sight(False)
        return Sight(True, frozenset({found.unit} if found.unit else ()))

    def forward(self, conversation_id: str, unit: str | None) -> bool:
        """Give what is open in a conversation to a unit."""
        with self.data.lock:
            opened = [item for item in self._opened(conversation_id) if item.closed_at is None]
            for item in opened:
                self.data.escalations[item.key] = replace(item, unit=unit)
        return bool(opened)

    def see(self, conversation_id: str, account: str, at: datetime) -> None:
        """Note that an account has looked at a conversation."""
        before = self._seen.get((conversation_id, account), at)
        self._seen[(conversation_id, account)] = max(before, at)

    def seen(self, account: str, conversation_ids: Collection[str]) -> Mapping[str, datetime]:
        """Give when an account last looked at these conversations."""
        return {
            item: self._seen[(item, account)]
            for item in conversation_ids
            if (item, account) in self._seen
        }

    def viewers(self, conversation_id: str, now: datetime) -> Sequence[str]:
        """Give the accounts that have the conversation open now."""
        pages = self._pages.values()
        return sorted(
            {who for chat, who, until in pages if chat == conversation_id and until > now}
        )

    def page(
        self, queue: Queue, seat: Seat, days: Days, filters: Filters, after: str | None = None
    ) -> DeskPage:
        """Give a page of a queue."""
        found = [row for row in self._rows(seat) if _within(row, queue, seat, days)]
        found = [row for row in found if self._passes(row, filters)]
        if queue is Queue.CLOSED:
            found.sort(key=lambda row: (row.opened_at, row.conversation_id), reverse=True)
        else:
            found.sort(key=place)
        ids = [row.conversation_id for row in found]
        start = ids.index(after) + 1 if after in ids else 0
        rows = tuple(found[start : start + PAGE])
        more = len(found) > start + PAGE
        return DeskPage(rows, rows[-1].conversation_id if more else None)

    def counts(self, seat: Seat, days: Days) -> Mapping[Queue, int]:
        """Give the length of every queue."""
        rows = self._rows(seat)
        found = {queue: sum(_within(row, queue, seat, days) for row in rows) for queue in Queue}
        return {**found, Queue.CLOSED: min(found[Queue.CLOSED], MOST_COUNTED)}

    def search(self, seat: Seat, wanted: Wanted, limit: int = 30) -> Sequence[Found]:
        """Give the conversations that match, the one last heard of first."""
        hits = []
        for row in self._rows(seat):
            lines = self._lines(row.conversation_id, with_bot=True)
            said = [word for line in lines for word in words(line.text)]
            matched = all(any(w.startswith(word) for w in said) for word in wanted.words)
            if matched or self._named(row, wanted):
                met = [
                    line for line in lines if any(hit for _, hit in marked(line.text, wanted.words))
                ]
                hits.append(Found(row, met[-1] if met else None))
        hits.sort(key=lambda hit: self._heard(hit.row.conversation_id), reverse=True)
        return hits[:limit]

    def look(self, conversation_id: str, account: str, page: str, until: datetime) -> None:
        """Note that a page shows a conversation."""
        if conversation_id in self.data.conversations:
            self._pages[page] = (conversation_id, account, until)

    def look_away(self, page: str) -> None:
        """Note that a page is closed."""
        self._pages.pop(page, None)

    def forget(self, now: datetime) -> None:
        """Drop the pages that were not heard of in time."""
        self._pages = {key: page for key, page in self._pages.items() if page[2] > now}

    def serving(self, session_id: str) -> bool | None:
        """Say whether a session serves or rests."""
        return self._serving.get(session_id)

    def serve(self, session_id: str, serving: bool) -> None:
        """Choose whether a session serves or rests."""
        self._serving[session_id] = serving

    def going_on(
        self, session_ids: Collection[str], now: datetime
    ) -> Mapping[str, tuple[frozenset[str], str | None]]:
        """Give roles and unit of the sessions that are not over."""
        found = {item: self._account_of_session(item) for item in session_ids}
        return {
            item: (frozenset(role.value for role in account.roles), account.unit)
            for item, account in found.items()
            if account is not None
        }

    def _opened(self, conversation_id: str) -> list[Escalation]:
        return [
            item
            for item in self.data.escalations.values()
            if item.conversation_id == conversation_id
        ]

    def _complaints(self, conversation_id: str) -> list[Any]:
        return [
            item
            for item in self.data.complaints.values()
            if item.conversation_id == conversation_id
        ]

    def _rows(self, seat: Seat) -> list[DeskRow]:
        with self.data.lock:
            ids = [item for item in self.data.conversations if self.may_see(item, seat.unit)]
            return [self._row(item, seat) for item in ids]

    def _row(self, conversation_id: str, seat: Seat) -> DeskRow:
        chat = self.data.conversations[conversation_id]
        every = self._opened(conversation_id)
        opened = [item for item in every if item.closed_at is None]
        holds = [
            item for item in self.data.handlings
            if item.handling.conversation_id == conversation_id
        ]  # fmt: skip
        held = next((item.handling for item in holds if item.ended_at is None), None)
        replied = [item.handling.replied_at for item in holds if item.handling.replied_at]
        heard = chat.last_inbound_at
        lines = self._lines(conversation_id)
        ended = [item.closed_at for item in every if item.closed_at]
        since = min((item.opened_at for item in opened), default=None) or (
            held.claimed_at if held else max(ended, default=heard)
        )
        seen = self._seen.get((conversation_id, seat.account))
        return DeskRow(
            conversation_id=conversation_id,
            namespace=chat.address.namespace,
            channel=chat.address.channel,
            phone_end=chat.verified_phone[-4:] if chat.verified_phone else None,
            reasons=tuple(dict.fromkeys(item.reason for item in opened or every)),
            urgent=any(item.reason == "urgent" for item in opened),
            opened_at=since,  # type: ignore[arg-type]
            respond_by=min((item.respond_by for item in opened if item.respond_by), default=None),
            held_by=held.officer if held else None,
            waits_for_citizen=bool(replied) and (heard is None or max(replied) > heard),
            unread=heard is not None and (seen is None or heard > seen),
            units=tuple(sorted({item.unit for item in opened or every if item.unit})),
            tickets=tuple(
                item.ticket
                for item in sorted(self._complaints(conversation_id), key=lambda c: c.filed_at)
            ),
            last=lines[-1] if lines else None,
            ended=not opened and held is None,
        )

    def _lines(self, conversation_id: str, with_bot: bool = False) -> list[LastWords]:
        found = [
            LastWords(turn.received_at, "citizen",
                      str((turn.choice or {}).get("title") or turn.message.text),
                      turn.message.kind)
            for turn in self.data.turns.values()
            if turn.conversation_id == conversation_id
        ]  # fmt: skip
        keys = {message_id: key for key, message_id in self.data.outbox_keys.items()}
        for message in self.data.outbox.values():
            kind, _ = outgoing_kind(keys.get(message.id, ""), message.turn_id, message.id, {})
            with_bot_too = kind == "bot" and with_bot
            if message.conversation_id == conversation_id and (kind == "officer" or with_bot_too):
                at = message.created_at or found[-1].at
                said = str(message.reply.get("text", ""))
                found.append(LastWords(at, "officer" if kind == "officer" else "bot", said))
        return sorted(found, key=lambda line: line.at)

    def _heard(self, conversation_id: str) -> float:
        heard = self.data.conversations[conversation_id].last_inbound_at
        return heard.timestamp() if heard else 0.0

    def _named(self, row: DeskRow, wanted: Wanted) -> bool:
        numbers = [*row.tickets]
        filed = self._complaints(row.conversation_id)
        numbers += [item.application_number for item in filed if item.application_number]
        numbers += [
            number for chat, number in self.data.subscriptions if chat == row.conversation_id
        ]
        phone = self.data.conversations[row.conversation_id].verified_phone or ""
        named = wanted.number in {"".join(words(number)) for number in numbers}
        return named or bool(wanted.phone_end and phone.endswith(wanted.phone_end))

    def _passes(self, row: DeskRow, filters: Filters) -> bool:
        permits = {
            item.permit_code for item in self._complaints(row.conversation_id)
        } | {
            record.subscription.permit_code
            for (chat, _), record in self.data.subscriptions.items()
            if chat == row.conversation_id
        }  # fmt: skip
        return (
            filters.channel in (None, row.channel)
            and (filters.reason is None or filters.reason in row.reasons)
            and (filters.unit is None or filters.unit in row.units)
            and (filters.permit is None or filters.permit in permits)
            and (filters.since is None or row.opened_at >= filters.since)
            and (filters.until is None or row.opened_at < filters.until)
        )


def _within(row: DeskRow, queue: Queue, seat: Seat, days: Days) -> bool:
    if queue is Queue.CLOSED or row.ended:
        return queue is Queue.CLOSED and row.ended and bool(row.reasons)
    due = row.respond_by or date.max
    return {
        Queue.MINE: row.held_by == seat.account,
        Queue.UNASSIGNED: row.held_by is None,
        Queue.UNIT: seat.unit in row.units if row.units else True,
        Queue.WAITING: row.waits_for_citizen,
        Queue.SOON: days.today <= due <= days.soon,
        Queue.OVERDUE: due < days.today,
    }[queue]


def _has(said: str, wanted: Wanted) -> bool:
    return any(hit for _, hit in marked(said, wanted.words))
