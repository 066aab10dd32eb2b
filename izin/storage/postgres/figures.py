"""The supervisors' figures, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Select, func, literal_column, or_, select

from izin.complaint_figures import ComplaintFact
from izin.complaint_states import ComplaintState, Pause
from izin.conversations import Namespace
from izin.figures import Period
from izin.officer_figures import AnswerFact, HandlingFact, Queue
from izin.officers import IN_CHAT
from izin.storage.postgres import figures_refresh
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.officer_queue import OFFICER_KEY
from izin.storage.tables.complaints import complaints, sealed_complaints
from izin.storage.tables.conversations import conversations, escalations, outbox
from izin.storage.tables.figures import figure_asked, figure_hours, figure_progress, figure_talks
from izin.storage.tables.officers import officer_handlings
from izin.talk_figures import AskedCount, HourCount, TalkDay

NOTICES = ("claimed", "released", "expired", "transferred")
"""What the console says in an officer's name by itself; it is no answer."""

_handling = officer_handlings.c
_STATES = {state.value: state for state in ComplaintState}
# Thousands of complaints share few hundred days.
_day = lru_cache(maxsize=2000)(date.fromisoformat)
# Most complaints never paused: nothing is cheaper to read than an empty list.
_pauses = func.nullif(complaints.c.pauses, literal_column("'[]'::jsonb"))


class PostgresFigures:
    """``izin.ports.Figures`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call but ``refresh`` is one transaction."""
        self._engine = engine

    def refresh(self, now: datetime, zone: ZoneInfo) -> int:
        """Count the days that may have changed anew."""
        return figures_refresh.refresh(self._engine, now, zone)

    def refreshed_at(self) -> datetime | None:
        """Give the moment of the last refreshing."""
        with transaction(self._engine) as connection:
            found: datetime | None = connection.execute(
                select(figure_progress.c.refreshed_at)
            ).scalar()
            return found

    def hours(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[HourCount]:
        """Give the messages of each day by hour and channel."""
        query = select(figure_hours).order_by(*figure_hours.primary_key.columns)
        rows = self._rows(_of_days(query, figure_hours, period, namespaces, channel))
        return [
            HourCount(row.namespace, row.day, row.hour, row.channel, row.messages) for row in rows
        ]

    def talks(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[TalkDay]:
        """Give what is counted of each day and channel."""
        query = select(figure_talks).order_by(*figure_talks.primary_key.columns)
        rows = self._rows(_of_days(query, figure_talks, period, namespaces, channel))
        return [TalkDay(**row._mapping) for row in rows]

    def asked(
        self, period: Period, namespaces: Sequence[Namespace], channel: str | None = None
    ) -> Sequence[AskedCount]:
        """Give intents and permits asked about."""
        many = func.sum(figure_asked.c.messages).label("many")
        key = (figure_asked.c.namespace, figure_asked.c.kind, figure_asked.c.code)
        query = select(*key, many).group_by(*key).order_by(many.desc(), *key)
        rows = self._rows(_of_days(query, figure_asked, period, namespaces, channel))
        return [
            AskedCount(row.namespace, period.first, "", row.kind, row.code, int(row.many))
            for row in rows
        ]

    def complaints(
        self, since: datetime, until: datetime, namespaces: Sequence[Namespace]
    ) -> Sequence[ComplaintFact]:
        """Give ordinary complaints filed, answered or ended in a time, and all open ones."""
        table = complaints.c
        within = [
            (moment >= since) & (moment < until)
            for moment in (table.filed_at, table.first_response_at, table.closed_at)
        ]
        query = (
            select(
                table.category, table.class_code, table.state, table.filed_at,
                table.unit, _pauses.label("pauses"),
                table.first_response_due["day"].astext.label("first_due"),
                table.decision_due["day"].astext.label("decision_due"),
                table.first_response_at, table.closed_at, table.reopened_times,
                table.rating, conversations.c.channel,
            )
            .outerjoin(conversations, conversations.c.id == table.conversation_id)
            .where(or_(*within, table.closed_at.is_(None)), _namespace(namespaces))
            .order_by(table.ticket)
        )  # fmt: skip
        return [_fact(row) for row in self._rows(query)]

    def complaints_open_at(
        self, moment: datetime, namespaces: Sequence[Namespace], unit: str | None = None
    ) -> int:
        """Give how many ordinary complaints were open at a moment."""
        table = complaints.c
        query = (
            select(func.count())
            .select_from(complaints)
            .outerjoin(conversations, conversations.c.id == table.conversation_id)
            .where(
                table.filed_at < moment,
                or_(table.closed_at >= moment, table.closed_at.is_(None)),
                _namespace(namespaces),
            )
        )
        if unit is not None:
            query = query.where(table.unit == unit)
        with transaction(self._engine) as connection:
            return int(connection.execute(query).scalar_one())

    def sealed_by_month(self, period: Period, zone: ZoneInfo) -> Mapping[tuple[int, int], int]:
        """Give how many sealed complaints were filed in each whole month."""
        months = period.months()
        (year, number), (last_year, last) = months[0], months[-1]
        since = datetime.combine(date(year, number, 1), time(), tzinfo=zone)
        after = date(last_year + last // 12, last % 12 + 1, 1)
        until = datetime.combine(after, time(), tzinfo=zone)
        filed = sealed_complaints.c.filed_at
        local = func.timezone(zone.key, filed)
        parts = (func.extract("year", local).label("y"), func.extract("month", local).label("m"))
        query = (
            select(*parts, func.count().label("many"))
            .where(filed >= since, filed < until)
            .group_by("y", "m")
        )
        return {(int(row.y), int(row.m)): int(row.many) for row in self._rows(query)}

    def answers(
        self,
        since: datetime,
        until: datetime,
        namespaces: Sequence[Namespace],
        channel: str | None = None,
    ) -> Sequence[AnswerFact]:
        """Give what was opened to officers in the chat, and when one first answered."""
        said = (
            select(func.min(outbox.c.created_at))
            .where(
                outbox.c.conversation_id == escalations.c.conversation_id,
                outbox.c.created_at >= escalations.c.opened_at,
                outbox.c.key.startswith(OFFICER_KEY, autoescape=True),
                func.split_part(outbox.c.key, ":", 3).not_in(NOTICES),
            )
            .correlate(escalations)
            .scalar_subquery()
        )
        query = (
            select(
                conversations.c.channel, escalations.c.reason, escalations.c.opened_at,
                said.label("answered_at"), escalations.c.closed_at,
            )
            .join(conversations, conversations.c.id == escalations.c.conversation_id)
            .where(
                escalations.c.opened_at >= since,
                escalations.c.opened_at < until,
                escalations.c.reason.in_(IN_CHAT),
                *_chat(namespaces, channel),
            )
            .order_by(escalations.c.opened_at, escalations.c.id)
        )  # fmt: skip
        return [AnswerFact(**row._mapping) for row in self._rows(query)]

    def handlings(
        self,
        since: datetime,
        until: datetime,
        namespaces: Sequence[Namespace],
        channel: str | None = None,
    ) -> Sequence[HandlingFact]:
        """Give the holds that ended in a time, and those that go on."""
        ended = (_handling.ended_at >= since) & (_handling.ended_at < until)
        query = (
            select(
                _handling.officer, conversations.c.channel, _handling.claimed_at,
                _handling.ended_at, _handling.ended_by,
                _handling.replied_at.is_not(None).label("replied"),
            )
            .join(conversations, conversations.c.id == _handling.conversation_id)
            .where(or_(ended, _handling.ended_at.is_(None)), *_chat(namespaces, channel))
            .order_by(_handling.claimed_at, _handling.id)
        )  # fmt: skip
        return [HandlingFact(**row._mapping) for row in self._rows(query)]

    def queue(self, namespaces: Sequence[Namespace]) -> Queue:
        """Give how many wait in the chat and nobody holds."""
        query = (
            select(
                func.count(escalations.c.conversation_id.distinct()).label("waiting"),
                func.min(escalations.c.opened_at).label("oldest_at"),
            )
            .join(conversations, conversations.c.id == escalations.c.conversation_id)
            .where(
                escalations.c.closed_at.is_(None),
                escalations.c.reason.in_(IN_CHAT),
                conversations.c.held_by_officer.is_(False),
                *_chat(namespaces, None),
            )
        )
        row = self._rows(query)[0]
        return Queue(int(row.waiting), row.oldest_at)

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with transaction(self._engine) as connection:
            return connection.execute(query).all()


def _of_days(
    query: Select[Any],
    table: Any,
    period: Period,
    namespaces: Sequence[Namespace],
    channel: str | None,
) -> Select[Any]:
    own = query.where(
        table.c.day.between(period.first, period.last), table.c.namespace.in_(namespaces)
    )
    return own if channel is None else own.where(table.c.channel == channel)


def _chat(namespaces: Sequence[Namespace], channel: str | None) -> list[Any]:
    own: list[Any] = [conversations.c.namespace.in_(namespaces)]
    return own if channel is None else [*own, conversations.c.channel == channel]


def _namespace(namespaces: Sequence[Namespace]) -> Any:
    """Give the condition that a complaint is of these; one without a chat is real."""
    return func.coalesce(conversations.c.namespace, "live").in_(namespaces)


def _fact(row: Any) -> ComplaintFact:
    return ComplaintFact(
        category=row.category,
        class_code=row.class_code,
        unit=row.unit,
        channel=row.channel or "",
        state=_STATES[row.state],
        filed_at=row.filed_at,
        first_due=_day(row.first_due),
        decision_due=_day(row.decision_due),
        responded_at=row.first_response_at,
        closed_at=row.closed_at,
        reopened_times=row.reopened_times,
        rating=row.rating,
        pauses=tuple(map(_pause, row.pauses or ())),
    )


def _pause(item: Mapping[str, Any]) -> Pause:
    until = item["until"]
    return Pause(
        datetime.fromisoformat(item["from"]), datetime.fromisoformat(until) if until else None
    )
