"""Escalated complaints: each mark of a complaint's time is kept once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin import complaint_rules as rules
from izin.complaint_clock import AT_ONCE, PARTS, Mark, PromisedTime, marks
from izin.complaint_desk import Reader
from izin.complaint_states import ENDED, Closing, ClosingReason, ComplaintState
from izin.complaint_work import Alarm
from izin.complaints import Complaint
from izin.office import OfficeHours
from izin.storage.postgres.complaint_desk import visible
from izin.storage.postgres.complaint_moments import known_marks, office_hours, reckoned
from izin.storage.postgres.complaint_rows import read, rewrite
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import SHELVES, Shelf
from izin.storage.tables.content import content_revisions

_ENDED = tuple(sorted(state.value for state in ENDED))


class PostgresComplaintAlarms:
    """``izin.ports.complaint_work.ComplaintAlarms`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine
        self._reckoned: int | None = None

    def raise_due(self, now: datetime, limit: int = 200) -> Sequence[tuple[Complaint, Alarm]]:
        """Store every alarm due by ``now`` that is not there yet."""
        raised: list[tuple[Complaint, Alarm]] = []
        with transaction(self._engine) as connection:
            hours = office_hours(connection)
            for shelf in SHELVES:
                table = shelf.complaints
                looked_at = connection.execute(
                    select(table.c.ticket)
                    .where(table.c.alarm_at <= now)
                    .order_by(table.c.alarm_at.desc())  # those never looked at come last
                    .limit(limit)
                    .with_for_update(skip_locked=True)  # two gateways may ask at the same time
                ).scalars()
                for complaint in read(connection, shelf, table.c.ticket.in_(list(looked_at))):
                    raised += [
                        (complaint, alarm)
                        for alarm in _raise(connection, shelf, complaint, hours, now)
                    ]
        return raised

    def settled(self, now: datetime, before: datetime) -> Sequence[Complaint]:
        """Close complaints resolved before a moment."""
        done = []
        with transaction(self._engine) as connection:
            hours = office_hours(connection)
            for shelf in SHELVES:
                table = shelf.complaints
                resolved = table.c.state == ComplaintState.RESOLVED.value
                tickets = connection.execute(
                    select(table.c.ticket)
                    .where(resolved, table.c.closed_at < before)
                    .limit(200)
                    .with_for_update(skip_locked=True)
                ).scalars()
                if hours is None:
                    continue
                for item in read(connection, shelf, table.c.ticket.in_(list(tickets))):
                    after = rules.closed(item, None, Closing(ClosingReason.RESOLVED), now, hours)
                    after = replace(after, version=item.version + 1)
                    rewrite(connection, shelf, item, after)
                    done.append(after)
        return done

    def look_again(self, now: datetime) -> int:
        """Have every open complaint reckoned anew if hours or holidays may have changed."""
        many = 0
        with transaction(self._engine) as connection:
            revision = connection.execute(
                select(content_revisions.c.revision).where(content_revisions.c.subject == "office")
            ).scalar()
            if revision is not None and revision == self._reckoned:
                return 0
            self._reckoned = revision
            for shelf in SHELVES:
                table = shelf.complaints
                is_open = table.c.state.not_in(_ENDED)
                many += connection.execute(
                    update(table).where(is_open).values(alarm_at=AT_ONCE)
                ).rowcount
        return many


def _raise(
    connection: Connection,
    shelf: Shelf,
    complaint: Complaint,
    hours: OfficeHours | None,
    now: datetime,
) -> list[Alarm]:
    known = known_marks(connection, shelf, complaint.ticket)
    raised = []
    for mark in marks(complaint, hours):
        if mark.at > now or mark.key in known:
            continue
        made = connection.execute(
            upsert(shelf.alarms)
            .values(
                ticket=complaint.ticket,
                promise=mark.promise.value,
                percent=mark.percent,
                opening=mark.opening,
                at=mark.at,
                due_on=mark.due_on,
                raised_at=now,
            )
            .on_conflict_do_nothing()
            .returning(shelf.alarms.c.id)
        ).scalar()
        if made is not None:
            raised.append(Alarm(made, complaint.ticket, mark, now))
    table = shelf.complaints
    connection.execute(
        update(table)
        .where(table.c.ticket == complaint.ticket)
        .values(**reckoned(connection, shelf, complaint, hours))
    )
    return raised


def of_ticket(connection: Connection, shelf: Shelf, ticket: str) -> list[Alarm]:
    """Give the alarms of a complaint, oldest first."""
    table = shelf.alarms
    rows = connection.execute(select(table).where(table.c.ticket == ticket).order_by(table.c.id))
    return [_alarm(row) for row in rows]


def unseen(
    connection: Connection, shelf: Shelf, reader: Reader, *, supervisors: bool, limit: int
) -> list[Alarm]:
    """Give alarms of open complaints of a shelf nobody took note of, the newest first."""
    table, complaints = shelf.alarms, shelf.complaints
    addressed = (
        table.c.percent > PARTS[0] if supervisors else complaints.c.officer == reader.officer
    )
    rows = connection.execute(
        select(table)
        .join(complaints, complaints.c.ticket == table.c.ticket)
        .where(
            table.c.seen_by.is_(None),
            complaints.c.state.not_in(_ENDED),
            addressed,
            visible(reader, shelf),
        )
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [_alarm(row) for row in rows]


def _alarm(row: Row[Any]) -> Alarm:
    mark = Mark(PromisedTime(row.promise), row.percent, row.opening, row.at, row.due_on)
    return Alarm(row.id, row.ticket, mark, row.raised_at, row.seen_by)
