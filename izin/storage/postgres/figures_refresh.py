"""Counts conversations day by day into the tables of figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Date,
    Engine,
    Text,
    cast,
    delete,
    func,
    insert,
    select,
    text,
    union,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.officers import IN_CHAT
from izin.ports import OfficeBook
from izin.satisfaction import LOW_RATING
from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import conversations, escalations, turns
from izin.storage.tables.figures import figure_asked, figure_hours, figure_progress, figure_talks
from izin.storage.tables.officers import officer_handlings
from izin.storage.tables.satisfaction import ratings
from izin.talk_figures import LOOKED_AFTER, DayFigures, OpenedFact, TurnFact, figures_of_day

MARGIN = timedelta(minutes=10)
"""A message may become visible this long after its moment of receipt: it was being stored."""

TALKS = "talks"
RATED = ("jawaban", "layanan")
"""Subjects of ratings that tell of the answers."""

_LOCK = 7_203_015


def refresh(engine: Engine, now: datetime, zone: ZoneInfo) -> int:
    """Count today, yesterday and the days of new messages anew; gives how many.

    Each day is a transaction of its own, and how far the messages were seen is noted last:
    what breaks off is done again.
    """
    with transaction(engine) as connection:
        newest = connection.execute(select(func.max(turns.c.received_at))).scalar()
        days = _touched(connection, now, zone) if newest is not None else []
    for day in days:
        with transaction(engine) as connection:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _store(connection, _count(connection, day, zone))
    with transaction(engine) as connection:
        values = {"seen_until": newest, "refreshed_at": now}
        connection.execute(
            upsert(figure_progress)
            .values(what=TALKS, **values)
            .on_conflict_do_update(index_elements=["what"], set_=values)
        )
    return len(days)


def bound_often(engine: Engine, office: OfficeBook) -> dict[str, Callable[[datetime], int]]:
    """Give the job by name, ready to be called with the moment it is asked for."""
    return {"refresh_figures": lambda now: refresh(engine, now, office.office().zone)}


def _touched(connection: Connection, now: datetime, zone: ZoneInfo) -> list[date]:
    seen = connection.execute(select(figure_progress.c.seen_until)).scalar()
    day = cast(func.timezone(zone.key, turns.c.office_now), Date)
    query = select(day).distinct()
    if seen is not None:
        query = query.where(turns.c.received_at > seen - MARGIN)
    today = now.astimezone(zone).date()
    return sorted({*connection.execute(query).scalars(), today, today - timedelta(days=1)})


def _count(connection: Connection, day: date, zone: ZoneInfo) -> DayFigures:
    since = datetime.combine(day, time(), tzinfo=zone)
    until = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone) + LOOKED_AFTER
    return figures_of_day(
        day, _turns(connection, since, until), _opened(connection, since, until), zone
    )


def _turns(connection: Connection, since: datetime, until: datetime) -> list[TurnFact]:
    own = (
        select(
            turns.c.conversation_id,
            turns.c.namespace,
            turns.c.channel,
            turns.c.seq,
            turns.c.office_now,
            func.lag(turns.c.office_now)
            .over(partition_by=turns.c.conversation_id, order_by=turns.c.seq)
            .label("within"),
            turns.c.understood["intent"].astext.label("intent"),
            turns.c.understood["permit"].astext.label("permit"),
            turns.c.understood["faq"].astext.label("faq"),
            (turns.c.understood["task"].astext == "true").label("task"),
            ratings.c.id.is_not(None).label("low"),
        )
        .outerjoin(
            ratings,
            (ratings.c.turn_id == cast(turns.c.id, Text))
            & (ratings.c.score <= LOW_RATING)
            & ratings.c.subject.in_(RATED),
        )
        .where(turns.c.office_now >= since, turns.c.office_now < until)
        .subquery()
    )
    earlier = turns.alias()
    before = (
        select(earlier.c.office_now)
        .where(earlier.c.conversation_id == own.c.conversation_id, earlier.c.seq < own.c.seq)
        .order_by(earlier.c.seq.desc())
        .limit(1)
        .correlate(own)
        .scalar_subquery()
    )
    query = select(own, func.coalesce(own.c.within, before).label("previous")).order_by(own.c.seq)
    return [
        TurnFact(
            conversation_id=str(row.conversation_id),
            namespace=row.namespace,
            channel=row.channel,
            at=row.office_now,
            previous_at=row.previous,
            intent=row.intent,
            permit=row.permit,
            faq=row.faq,
            task=bool(row.task),
            low=row.low,
        )
        for row in connection.execute(query)
    ]


def _opened(connection: Connection, since: datetime, until: datetime) -> list[OpenedFact]:
    handling = officer_handlings.c
    query: Any = union(
        select(escalations.c.conversation_id, escalations.c.opened_at.label("at"))
        .join(conversations, conversations.c.id == escalations.c.conversation_id)
        .where(
            escalations.c.reason.in_(IN_CHAT),
            escalations.c.opened_at >= since,
            escalations.c.opened_at < until,
        ),
        select(handling.conversation_id, handling.claimed_at.label("at")).where(
            handling.claimed_at >= since, handling.claimed_at < until
        ),
    )
    return [OpenedFact(str(row.conversation_id), row.at) for row in connection.execute(query)]


def _store(connection: Connection, figures: DayFigures) -> None:
    rows = (
        (figure_hours, [_values(item) for item in figures.hours]),
        (figure_talks, [_values(item) for item in figures.talks]),
        (figure_asked, [_values(item) for item in figures.asked]),
    )
    for table, values in rows:
        connection.execute(delete(table).where(table.c.day == figures.day))
        if values:
            connection.execute(insert(table), values)


def _values(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}
