"""Filed complaints, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from izin.complaints import (
    Complaint,
    ComplaintEvent,
    ComplaintState,
    Confidentiality,
    Deadlines,
)
from izin.errors import Conflict
from izin.office import DueDate
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.complaints import complaint_events, complaints
from izin.storage.tables.conversations import media_files
from izin.storage.text import storable


class PostgresComplaints:
    """``izin.ports.Complaints`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def file(self, complaint: Complaint, turn_id: str, step: str) -> Complaint:
        """Store a new complaint once; gives the stored one."""
        key = f"{turn_id}:{step}"
        complaint = _as_stored(complaint)
        try:
            with transaction(self._engine) as connection:
                earlier = _read(connection, complaints.c.key == key)
                if earlier:
                    return earlier[0]
                connection.execute(insert(complaints).values(key=key, **_values(complaint)))
                if complaint.confidentiality is Confidentiality.ANONYMOUS:
                    _forget_senders(connection, complaint.media_ids)
                for event in complaint.events:
                    connection.execute(
                        insert(complaint_events).values(
                            ticket=complaint.ticket, at=event.at, kind=event.kind, text=event.text
                        )
                    )
        except IntegrityError as error:
            with transaction(self._engine) as connection:
                earlier = _read(connection, complaints.c.key == key)
            if earlier:
                return earlier[0]
            raise Conflict(f"ticket {complaint.ticket} is taken") from error
        return complaint

    def find(self, ticket: str) -> Complaint | None:
        """Give the complaint with this ticket, or None."""
        with transaction(self._engine) as connection:
            found = _read(connection, complaints.c.ticket == ticket)
        return found[0] if found else None

    def of_conversation(self, conversation_id: str) -> Sequence[Complaint]:
        """Give the complaints filed in a conversation, newest first."""
        with transaction(self._engine) as connection:
            return _read(connection, complaints.c.conversation_id == conversation_id)


def _read(connection: Connection, condition: Any) -> list[Complaint]:
    rows = connection.execute(
        select(complaints).where(condition).order_by(complaints.c.filed_at.desc())
    ).all()
    found = []
    for row in rows:
        events = connection.execute(
            select(complaint_events)
            .where(complaint_events.c.ticket == row.ticket)
            .order_by(complaint_events.c.id)
        ).all()
        found.append(_complaint(row, events))
    return found


def _complaint(row: Row[Any], events: Sequence[Row[Any]]) -> Complaint:
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
    )


def _as_stored(complaint: Complaint) -> Complaint:
    anonymous = complaint.confidentiality is Confidentiality.ANONYMOUS
    return replace(
        complaint,
        story=storable(complaint.story),
        place=storable(complaint.place),
        # An anonymous complaint keeps no way back to its chat: only the ticket leads to it.
        conversation_id=None if anonymous else complaint.conversation_id,
    )


def _forget_senders(connection: Connection, media_ids: Sequence[str]) -> None:
    ids = [item for item in media_ids if is_id(item)]
    connection.execute(
        update(media_files).where(media_files.c.id.in_(ids)).values(conversation_id=None)
    )


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
        "first_response_due": _due_json(complaint.deadlines.first_response),
        "decision_due": _due_json(complaint.deadlines.decision),
    }


def _due_json(due: DueDate) -> dict[str, Any]:
    return {"day": due.day.isoformat(), "provisional": due.provisional}


def _due(document: dict[str, Any]) -> DueDate:
    return DueDate(date.fromisoformat(document["day"]), bool(document["provisional"]))
