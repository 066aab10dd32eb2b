"""When complaints are due and looked at next, reckoned at every change of one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from izin.complaint_clock import NEVER, Mark, PromisedTime, due, marks
from izin.complaints import Complaint
from izin.office import Calendar, Holiday, OfficeHours
from izin.storage.postgres.office_rows import read_office
from izin.storage.postgres.term_rows import read_flat
from izin.storage.tables.complaints import Shelf
from izin.storage.tables.content import holidays


def office_hours(connection: Connection) -> OfficeHours | None:
    """Give the office's hours and calendar, or None before it was seeded."""
    office = read_office(connection)
    if office is None:
        return None
    return OfficeHours(office, Calendar(tuple(read_flat(connection, holidays, Holiday))))


def moments(connection: Connection, shelf: Shelf, complaint: Complaint) -> dict[str, datetime]:
    """Give the columns ``due_at`` and ``alarm_at`` of a complaint."""
    return reckoned(connection, shelf, complaint, office_hours(connection))


def reckoned(
    connection: Connection, shelf: Shelf, complaint: Complaint, hours: OfficeHours | None
) -> dict[str, datetime]:
    """Give the same with the office's hours at hand."""
    known = known_marks(connection, shelf, complaint.ticket)
    coming = [mark.at for mark in marks(complaint, hours) if mark.key not in known]
    return {
        "due_at": due(complaint, hours).next_at or NEVER,
        "alarm_at": min(coming, default=NEVER),
    }


def known_marks(connection: Connection, shelf: Shelf, ticket: str) -> set[str]:
    """Give the keys of the marks at which a complaint was escalated already."""
    table = shelf.alarms
    rows = connection.execute(select(table).where(table.c.ticket == ticket))
    return {
        Mark(PromisedTime(row.promise), row.percent, row.opening, row.at, row.due_on).key
        for row in rows
    }
