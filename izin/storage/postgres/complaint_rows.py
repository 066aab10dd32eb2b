"""Complaints as rows of a shelf, ordinary or sealed, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Null, Row, insert, null, select, update

from izin.complaint_states import Closing, ClosingReason, Pause, Priority
from izin.complaints import (
    Addition,
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.office import DueDate
from izin.storage.postgres.complaint_moments import moments
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
    kept = {**_values(complaint), **moments(connection, shelf, complaint), **more}
    connection.execute(insert(shelf.complaints).values(**kept))
    for event in complaint.events:
        write_event(connection, shelf, complaint.ticket, event)


def write_event(connection: Connection, shelf: Shelf, ticket: str, event: ComplaintEvent) -> None:
    """Store something that happened to a complaint."""
    connection.execute(
        insert(shelf.events).values(
            ticket=ticket,
            at=event.at,
            kind=event.kind,
            text=event.text,
            actor=event.actor,
            details=dict(event.details),
        )
    )


def _promised(deadlines: Deadlines) -> dict[str, Any]:
    return {
        "first_response_due": _due_json(deadlines.first_response),
        "decision_due": _due_json(deadlines.decision),
    }


def rewrite(connection: Connection, shelf: Shelf, before: Complaint, after: Complaint) -> None:
    """Store what became of a complaint; events and additions are only ever added."""
    kept = _values(after)
    was = _values(before)
    changed = {name: value for name, value in kept.items() if not _same(value, was[name])}
    if changed:
        table = shelf.complaints
        changed |= moments(connection, shelf, after)
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
        events=tuple(
            ComplaintEvent(item.at, item.kind, item.text, item.actor, item.details)
            for item in events
        ),
        occurred_on=row.occurred_on,
        desired=row.desired,
        closed_at=row.closed_at,
        closing_reason=row.closing_reason,
        rating=row.rating,
        reopened_times=row.reopened_times,
        additions=tuple(Addition(item.at, item.text, tuple(item.media_ids)) for item in additions),
        unit=row.unit,
        officer=row.officer,
        priority=Priority(row.priority),
        version=row.version,
        first_response_at=row.first_response_at,
        responded_at=row.responded_at,
        waiting_until=row.waiting_until,
        pauses=tuple(_pause(item) for item in row.pauses),
        closing=_closing(row.closing),
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
        "unit": complaint.unit,
        "officer": complaint.officer,
        "priority": complaint.priority.value,
        "version": complaint.version,
        "first_response_at": complaint.first_response_at,
        "responded_at": complaint.responded_at,
        "waiting_until": complaint.waiting_until,
        "pauses": [
            {
                "from": pause.begun_at.isoformat(),
                "until": pause.until.isoformat() if pause.until else None,
            }
            for pause in complaint.pauses
        ],
        "closing": _closing_json(complaint.closing),
        **_promised(complaint.deadlines),
    }


def _same(new: Any, old: Any) -> bool:
    # SQL's null is an expression: comparing it would make another one.
    return new is old or (not isinstance(new, Null) and not isinstance(old, Null) and new == old)


def _closing_json(closing: Closing | None) -> Any:
    if closing is None:
        return null()  # SQL's, not JSON's
    document = {
        "reason": closing.reason.value,
        "text": closing.text,
        "unit": closing.unit,
        "done_on": closing.done_on.isoformat() if closing.done_on else None,
        "basis": closing.basis,
        "other": closing.other,
        "forwarded_to": closing.forwarded_to,
    }
    return {name: value for name, value in document.items() if value}


def _closing(document: dict[str, Any] | None) -> Closing | None:
    if document is None:
        return None
    done_on = document.get("done_on")
    kept = {key: value for key, value in document.items() if key not in ("reason", "done_on")}
    return Closing(
        ClosingReason(document["reason"]),
        done_on=date.fromisoformat(done_on) if done_on else None,
        **kept,
    )


def _pause(document: dict[str, Any]) -> Pause:
    until = document["until"]
    begun_at = datetime.fromisoformat(document["from"])
    return Pause(begun_at, datetime.fromisoformat(until) if until else None)


def _due_json(due: DueDate) -> dict[str, Any]:
    return {"day": due.day.isoformat(), "provisional": due.provisional}


def promised_day(document: dict[str, Any]) -> date:
    """Give the day of a stored promise."""
    return _due(document).day


def _due(document: dict[str, Any]) -> DueDate:
    return DueDate(date.fromisoformat(document["day"]), bool(document["provisional"]))
