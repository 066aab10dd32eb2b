"""Complaints as rows of a shelf, ordinary or sealed, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from izin.complaints import (
    Addition,
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.office import DueDate
from izin.storage.tables.complaints import SHELVES, Shelf


def shelf_of(connection: Connection, ticket: str) -> Shelf | None:
    """Give the shelf that holds a ticket, its row locked until the transaction ends."""
    for shelf in SHELVES:
        column = shelf.complaints.c.ticket
        if connection.execute(select(column).where(column == ticket).with_for_update()).first():
            return shelf
    return None


def read(connection: Connection, shelf: Shelf, condition: Any) -> list[Complaint]:
    """Give the complaints of a shelf that meet a condition, newest first."""
    table = shelf.complaints
    rows = connection.execute(
        select(table).where(condition).order_by(table.c.filed_at.desc(), table.c.ticket)
    ).all()
    return [_complaint(connection, shelf, row) for row in rows]


def write(connection: Connection, shelf: Shelf, complaint: Complaint, **more: Any) -> None:
    """Store a new complaint with its events; ``more`` are further columns."""
    connection.execute(insert(shelf.complaints).values(**_values(complaint), **more))
    for event in complaint.events:
        write_event(connection, shelf, complaint.ticket, event)


def write_event(connection: Connection, shelf: Shelf, ticket: str, event: ComplaintEvent) -> None:
    """Store something that happened to a complaint."""
    connection.execute(
        insert(shelf.events).values(ticket=ticket, at=event.at, kind=event.kind, text=event.text)
    )


def _promised(deadlines: Deadlines) -> dict[str, Any]:
    return {
        "first_response_due": _due_json(deadlines.first_response),
        "decision_due": _due_json(deadlines.decision),
    }


def rewrite(connection: Connection, shelf: Shelf, before: Complaint, after: Complaint) -> None:
    """Store what became of a complaint; events and additions are only ever added."""
    kept = _values(after)
    changed = {name: value for name, value in kept.items() if value != _values(before)[name]}
    if changed:
        table = shelf.complaints
        connection.execute(update(table).where(table.c.ticket == after.ticket).values(**changed))
    for event in after.events[len(before.events) :]:
        write_event(connection, shelf, after.ticket, event)
    for addition in after.additions[len(before.additions) :]:
        connection.execute(
            insert(shelf.additions).values(
                ticket=after.ticket,
                at=addition.at,
                text=addition.text,
                media_ids=list(addition.media_ids),
            )
        )


def _complaint(connection: Connection, shelf: Shelf, row: Row[Any]) -> Complaint:
    events = _of_ticket(connection, shelf.events, row.ticket)
    additions = _of_ticket(connection, shelf.additions, row.ticket)
    return Complaint(
        ticket=row.ticket,
        category=row.category,
        class_code=row.class_code,
        story=row.story,
        place=row.place,
        confidentiality=Confidentiality(row.confidentiality),
        state=ComplaintState(row.state),
        filed_at=row.filed_at,
        deadlines=Deadlines(_due(row.first_response_due), _due(row.decision_due)),
        owner=row.owner,
        conversation_id=row.conversation_id,
        permit_code=row.permit_code,
        application_number=row.application_number,
        media_ids=tuple(row.media_ids),
        events=tuple(ComplaintEvent(item.at, item.kind, item.text) for item in events),
        occurred_on=row.occurred_on,
        desired=row.desired,
        closed_at=row.closed_at,
        closing_reason=row.closing_reason,
        rating=row.rating,
        reopened_times=row.reopened_times,
        additions=tuple(Addition(item.at, item.text, tuple(item.media_ids)) for item in additions),
    )


def _of_ticket(connection: Connection, table: Any, ticket: str) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.ticket == ticket).order_by(table.c.id)
    return connection.execute(query).all()


def _values(complaint: Complaint) -> dict[str, Any]:
    return {
        "ticket": complaint.ticket,
        "conversation_id": complaint.conversation_id,
        "category": complaint.category,
        "class_code": complaint.class_code,
        "story": complaint.story,
        "place": complaint.place,
        "confidentiality": complaint.confidentiality.value,
        "state": complaint.state.value,
        "owner": complaint.owner,
        "permit_code": complaint.permit_code,
        "application_number": complaint.application_number,
        "media_ids": list(complaint.media_ids),
        "filed_at": complaint.filed_at,
        "occurred_on": complaint.occurred_on,
        "desired": complaint.desired,
        "closed_at": complaint.closed_at,
        "closing_reason": complaint.closing_reason,
        "rating": complaint.rating,
        "reopened_times": complaint.reopened_times,
        **_promised(complaint.deadlines),
    }


def _due_json(due: DueDate) -> dict[str, Any]:
    return {"day": due.day.isoformat(), "provisional": due.provisional}


def _due(document: dict[str, Any]) -> DueDate:
    return DueDate(date.fromisoformat(document["day"]), bool(document["provisional"]))
