"""The supervisors' figures, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from izin.complaint_figures import ComplaintFact
from izin.complaints import Complaint
from izin.conversations import Conversation, Namespace
from izin.figures import Period
from izin.officer_figures import AnswerFact, HandlingFact, Queue
from izin.officers import IN_CHAT
from izin.satisfaction import LOW_RATING
from izin.storage.memory.conversations import ConversationData
from izin.talk_figures import (
    AskedCount,
    DayFigures,
    HourCount,
    OpenedFact,
    TalkDay,
    TurnFact,
    figures_of_day,
)


class MemoryFigures:
    """The port ``Figures``.

    An officer's first answer is taken to be their latest: no other is kept here.
    """

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self._days: dict[date, DayFigures] = {}
        self._seen: set[str] = set()
        self._refreshed_at: datetime | None = None

    def refresh(self, now: datetime, zone: ZoneInfo) -> int:
        """Count the days that may have changed anew."""
        with self.data.lock:
            turns, opened = self._turns(), self._opened()
            fresh = [turn for turn in self.data.turns.values() if turn.id not in self._seen]
            today = now.astimezone(zone).date()
            days = {turn.now.astimezone(zone).date() for turn in fresh}
            days |= {today, today - timedelta(days=1)} if turns else set()
            for day in days:
                self._days[day] = figures_of_day(day, turns, opened, zone)
            self._seen |= {turn.id for turn in fresh}
            self._refreshed_at = now
            return len(days)

    def refreshed_at(self) -> datetime | None:
        """Give the moment of the last refreshing."""
        return self._refreshed_at

    def hours(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[HourCount]:
        """Give the messages of each day by hour and channel."""
        return [
            item
            for day in self._of(period)
            for item in day.hours
            if item.namespace in namespaces and channel in (None, item.channel)
        ]

    def talks(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[TalkDay]:
        """Give what is counted of each day and channel."""
        return [
            item
            for day in self._of(period)
            for item in day.talks
            if item.namespace in namespaces and channel in (None, item.channel)
        ]

    def asked(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[AskedCount]:
        """Give intents and permits asked about."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for day in self._of(period):
            for item in day.asked:
                if item.namespace in namespaces and channel in (None, item.channel):
                    counts[item.namespace, item.kind, item.code] += item.messages
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return [
            AskedCount(namespace, period.first, "", kind, code, many)  # type: ignore[arg-type]
            for (namespace, kind, code), many in ordered
        ]

    def complaints(
        self, since: datetime, until: datetime, namespaces: Sequence[Namespace]
    ) -> Sequence[ComplaintFact]:
        """Give ordinary complaints filed, answered or ended in a time, and all open ones."""
        return [
            _fact(item, self._chat(item.conversation_id))
            for item in self._ordinary(namespaces)
            if item.closed_at is None
            or any(
                moment is not None and since <= moment < until
                for moment in (item.filed_at, item.first_response_at, item.closed_at)
            )
        ]

    def complaints_open_at(
        self, moment: datetime, namespaces: Sequence[Namespace], unit: str | None = None
    ) -> int:
        """Give how many ordinary complaints were open at a moment."""
        return sum(
            item.filed_at < moment
            and (item.closed_at is None or item.closed_at >= moment)
            and unit in (None, item.unit)
            for item in self._ordinary(namespaces)
        )

    def sealed_by_month(self, period: Period, zone: ZoneInfo) -> Mapping[tuple[int, int], int]:
        """Give how many sealed complaints were filed in each whole month."""
        with self.data.lock:
            filed = [
                item.filed_at.astimezone(zone) for item in self.data.sealed_complaints.values()
            ]
        months = period.months()
        found = Counter((at.year, at.month) for at in filed)
        return {item: many for item, many in found.items() if item in months}

    def answers(
        self,
        since: datetime,
        until: datetime,
        namespaces: Sequence[Namespace],
        channel: str | None = None,
    ) -> Sequence[AnswerFact]:
        """Give what was opened to officers in the chat, and when one answered."""
        with self.data.lock:
            found = []
            for item in self.data.escalations.values():
                chat = self.data.conversations[item.conversation_id]
                if item.reason not in IN_CHAT or not since <= item.opened_at < until:
                    continue
                if _is(chat, namespaces, channel):
                    said = self._answered(item.conversation_id, item.opened_at)
                    found.append(
                        AnswerFact(
                            chat.address.channel, item.reason, item.opened_at, said, item.closed_at
                        )
                    )
        return sorted(found, key=lambda fact: fact.opened_at)

    def handlings(
        self,
        since: datetime,
        until: datetime,
        namespaces: Sequence[Namespace],
        channel: str | None = None,
    ) -> Sequence[HandlingFact]:
        """Give the holds that ended in a time, and those that go on."""
        with self.data.lock:
            found = []
            for record in self.data.handlings:
                chat = self.data.conversations[record.handling.conversation_id]
                ended = record.ended_at
                if _is(chat, namespaces, channel) and (ended is None or since <= ended < until):
                    found.append(
                        HandlingFact(
                            record.handling.officer, chat.address.channel,
                            record.handling.claimed_at, ended, record.ended_by,
                            record.handling.replied_at is not None,
                        )
                    )  # fmt: skip
        return sorted(found, key=lambda fact: fact.claimed_at)

    def queue(self, namespaces: Sequence[Namespace]) -> Queue:
        """Give how many wait in the chat and nobody holds."""
        with self.data.lock:
            waiting = [
                item
                for item in self.data.escalations.values()
                if item.closed_at is None
                and item.reason in IN_CHAT
                and not self.data.conversations[item.conversation_id].held_by_officer
                and _is(self.data.conversations[item.conversation_id], namespaces, None)
            ]
        return Queue(
            len({item.conversation_id for item in waiting}),
            min((item.opened_at for item in waiting), default=None),
        )

    def _of(self, period: Period) -> list[DayFigures]:
        return [self._days[day] for day in period.days() if day in self._days]

    def _turns(self) -> list[TurnFact]:
        latest: dict[str, datetime] = {}
        low = self._rated_badly()
        facts = []
        for turn in self.data.turns.values():
            address = self.data.conversations[turn.conversation_id].address
            read = turn.understood or {}
            facts.append(
                TurnFact(
                    turn.conversation_id, address.namespace, address.channel, turn.now,
                    latest.get(turn.conversation_id),
                    _text(read.get("intent")), _text(read.get("permit")),
                    _text(read.get("faq")), bool(read.get("task")), turn.id in low,
                )
            )  # fmt: skip
            latest[turn.conversation_id] = turn.now
        return facts

    def _rated_badly(self) -> set[str]:
        return {
            turn_id
            for turn_id, rating in self.data.ratings.items()
            if rating.score <= LOW_RATING and rating.subject in ("jawaban", "layanan")
        }

    def _opened(self) -> list[OpenedFact]:
        found = [
            OpenedFact(item.conversation_id, item.opened_at)
            for item in self.data.escalations.values()
            if item.reason in IN_CHAT
        ]
        return found + [
            OpenedFact(record.handling.conversation_id, record.handling.claimed_at)
            for record in self.data.handlings
        ]

    def _answered(self, conversation_id: str, opened_at: datetime) -> datetime | None:
        said = [
            record.handling.replied_at
            for record in self.data.handlings
            if record.handling.conversation_id == conversation_id
        ]
        return min((at for at in said if at is not None and at >= opened_at), default=None)

    def _ordinary(self, namespaces: Sequence[Namespace]) -> list[Complaint]:
        with self.data.lock:
            found = [
                item
                for item in self.data.complaints.values()
                if (chat := self._chat(item.conversation_id)) is None
                or chat.address.namespace in namespaces
            ]
        return sorted(found, key=lambda item: item.ticket)

    def _chat(self, conversation_id: str | None) -> Conversation | None:
        return self.data.conversations.get(conversation_id or "")


def _is(chat: Conversation, namespaces: Sequence[Namespace], channel: str | None) -> bool:
    return chat.address.namespace in namespaces and channel in (None, chat.address.channel)


def _text(value: object) -> str | None:
    return str(value) if value else None


def _fact(complaint: Complaint, chat: Conversation | None) -> ComplaintFact:
    return ComplaintFact(
        category=complaint.category,
        class_code=complaint.class_code,
        unit=complaint.unit,
        channel=chat.address.channel if chat else "",
        state=complaint.state,
        filed_at=complaint.filed_at,
        first_due=complaint.deadlines.first_response.day,
        decision_due=complaint.deadlines.decision.day,
        responded_at=complaint.first_response_at,
        closed_at=complaint.closed_at,
        reopened_times=complaint.reopened_times,
        rating=complaint.rating,
        pauses=complaint.pauses,
    )
