"""Lists and counts of complaints, from their columns alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, tuple_

from izin.complaint_clock import NEVER
from izin.complaint_desk import Reader
from izin.complaint_states import ENDED, ComplaintState, Priority
from izin.complaint_work import (
    PAGE,
    Order,
    Urgency,
    WorkCounts,
    WorkFilter,
    WorkLine,
    WorkPage,
    cursor,
    cursor_parts,
)
from izin.complaints import Confidentiality
from izin.storage.postgres.complaint_desk import visible
from izin.storage.postgres.complaint_rows import promised_day
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF, Shelf
from izin.storage.tables.conversations import conversations

OPEN_STATES = tuple(state.value for state in ComplaintState if state not in ENDED)


def page(
    connection: Connection,
    shelf: Shelf,
    reader: Reader,
    wanted: WorkFilter,
    now: datetime,
    after: str | None,
) -> WorkPage:
    """Give the lines that a filter leaves, in its order, behind ``after``."""
    table = shelf.complaints
    newest = wanted.order is Order.NEWEST
    place = tuple_(table.c.filed_at if newest else table.c.due_at, table.c.ticket)
    conditions = [visible(reader, shelf), *_conditions(shelf, wanted, now)]
    if after is not None and (reached := cursor_parts(after)) is not None:
        conditions.append(place < reached if newest else place > reached)
    order = [table.c.filed_at if newest else table.c.due_at, table.c.ticket]
    query = (
        _lines(shelf)
        .where(and_(*conditions))
        .order_by(*(column.desc() if newest else column for column in order))
        .limit(PAGE + 1)
    )
    lines = tuple(_line(row) for row in connection.execute(query))
    more = len(lines) > PAGE
    return WorkPage(lines[:PAGE], cursor(lines[PAGE - 1], wanted.order) if more else None)


def counts(
    connection: Connection, reader: Reader, now: datetime, soon_until: datetime
) -> WorkCounts:
    """Give how many open complaints a reader has to do with."""
    table, sealed = OPEN_SHELF.complaints, SEALED_SHELF.complaints
    of_sealed = None
    if reader.sealed_role is not None:
        many = select(func.count()).where(sealed.c.state.in_(OPEN_STATES))
        of_sealed = connection.execute(many).scalar_one()
    if not reader.reads_ordinary:
        return WorkCounts(sealed_open=of_sealed)
    late = table.c.due_at <= now
    soon = and_(table.c.due_at > now, table.c.due_at <= soon_until)
    rows = connection.execute(
        select(
            table.c.state,
            func.count().label("many"),
            func.count().filter(soon).label("soon"),
            func.count().filter(late).label("late"),
            func.count().filter(table.c.officer == reader.officer).label("own"),
            func.count().filter(table.c.officer.is_(None)).label("free"),
        )
        .where(table.c.state.in_(OPEN_STATES), visible(reader, OPEN_SHELF))
        .group_by(table.c.state)
    ).all()
    return WorkCounts(
        by_state={ComplaintState(row.state): row.many for row in rows},
        soon=sum(row.soon for row in rows),
        overdue=sum(row.late for row in rows),
        own=sum(row.own for row in rows),
        unassigned=sum(row.free for row in rows),
        sealed_open=of_sealed,
    )


def _conditions(shelf: Shelf, wanted: WorkFilter, now: datetime) -> list[ColumnElement[bool]]:
    column = shelf.complaints.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(column.state.in_(sorted(state.value for state in wanted.states)))
    if wanted.open_only:
        conditions.append(column.state.in_(OPEN_STATES))
    for name in ("class_code", "category", "priority"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(column[name] == str(value))
    for name in ("unit", "officer"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(column[name] == value if value else column[name].is_(None))
    if wanted.channel is not None and not shelf.sealed:
        conditions.append(conversations.c.channel == wanted.channel)
    if wanted.filed_from is not None:
        conditions.append(column.filed_at >= wanted.filed_from)
    if wanted.filed_until is not None:
        conditions.append(column.filed_at < wanted.filed_until)
    if wanted.urgency is Urgency.OVERDUE:
        conditions.append(column.due_at <= now)
    elif wanted.urgency is Urgency.SOON:
        conditions += [column.due_at > now, column.due_at <= (wanted.soon_until or now)]
    return conditions


def _lines(shelf: Shelf) -> Select[Any]:
    table = shelf.complaints
    columns = [
        table.c[name]
        for name in (
            "ticket", "category", "class_code", "confidentiality", "state", "priority", "unit",
            "officer", "filed_at", "due_at", "first_response_due", "decision_due", "responded_at",
            "reopened_times", "rating", "version",
        )
    ]  # fmt: skip
    if shelf.sealed:  # a line of a sealed complaint leads to no chat
        return select(*columns)
    return select(*columns, conversations.c.channel, conversations.c.namespace).select_from(
        table.outerjoin(conversations, conversations.c.id == table.c.conversation_id)
    )


def _line(row: Row[Any]) -> WorkLine:
    return WorkLine(
        ticket=row.ticket,
        category=row.category,
        class_code=row.class_code,
        confidentiality=Confidentiality(row.confidentiality),
        state=ComplaintState(row.state),
        priority=Priority(row.priority),
        unit=row.unit,
        officer=row.officer,
        filed_at=row.filed_at,
        due_at=row.due_at if row.due_at < NEVER else None,
        first_response_due=promised_day(row.first_response_due),
        decision_due=promised_day(row.decision_due),
        responded=row.responded_at is not None,
        reopened_times=row.reopened_times,
        rating=row.rating,
        channel=getattr(row, "channel", None),
        version=row.version,
        simulated=getattr(row, "namespace", None) == "simulator",
    )
