"""Officers' work on complaints, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, insert, select, update

from izin.complaint_clock import due
from izin.complaint_desk import Reader
from izin.complaint_work import Alarm, Case, Note, WorkCounts, WorkFilter, WorkPage
from izin.complaints import Complaint
from izin.errors import Conflict, NotFound
from izin.storage import complaint_steps as steps
from izin.storage.postgres import complaint_alarms as alarm_rows
from izin.storage.postgres import complaint_lists as lists
from izin.storage.postgres.complaint_desk import found_by, record_reading
from izin.storage.postgres.complaint_moments import office_hours
from izin.storage.postgres.complaint_rows import read, rewrite, shelf_of
from izin.storage.postgres.complaint_tightening import OFFICERS, move_to_sealed
from izin.storage.postgres.engine import transaction
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF, SHELVES, Shelf
from izin.storage.text import storable
from izin.storage.vault import Vault


class PostgresComplaintWork:
    """``izin.ports.complaint_work.ComplaintWork`` on our own PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault | None = None) -> None:
        """Take the engine; every call is one transaction.

        Without the vault (the console has none) what a complaint that becomes confidential left
        in its chat is sealed by the gateway's job within a minute.
        """
        self._engine = engine
        self._vault = vault

    def case(self, reader: Reader, ticket: str, now: datetime) -> Case:
        """Give a complaint with notes and alarms, and record the reading of a sealed one."""
        with transaction(self._engine) as connection:
            found, shelf = found_by(connection, reader, ticket)
            if shelf.sealed:
                record_reading(connection, reader, ticket, "read", now)
            return _case(connection, shelf, found)

    def change(
        self,
        reader: Reader,
        ticket: str,
        version: int,
        key: str,
        step: Callable[[Complaint], Complaint],
        now: datetime,
    ) -> tuple[Case, bool]:
        """Make a step once per ``key``."""
        with transaction(self._engine) as connection:
            shelf_of(connection, ticket)  # holds its row: the second of two waits here
            if (done := _made(connection, ticket, key)) is not None:
                before = read(connection, done, done.complaints.c.ticket == ticket)[0]
                if not reader.may_see(before):
                    raise NotFound(f"ticket {ticket}")
                return _case(connection, done, before), False
            before, shelf = found_by(connection, reader, ticket)
            if before.version != version:
                raise Conflict(f"{ticket} is at version {before.version}, not {version}")
            after = steps.as_changed(before, steps.with_storable_texts(before, step(before)))
            becomes_sealed = steps.is_sealed(after.confidentiality) and not shelf.sealed
            if becomes_sealed:
                move_to_sealed(connection, before, after, "", self._vault)
                shelf = SEALED_SHELF
            else:
                rewrite(connection, shelf, before, after)
            connection.execute(insert(shelf.steps).values(key=f"{OFFICERS}{key}", ticket=ticket))
            return _case(connection, shelf, after), True

    def note(self, reader: Reader, ticket: str, text: str, key: str, now: datetime) -> Note:
        """Store an internal note once per ``key``."""
        with transaction(self._engine) as connection:
            shelf_of(connection, ticket)
            _, shelf = found_by(connection, reader, ticket)
            table = shelf.notes
            row = connection.execute(select(table).where(table.c.key == key)).first()
            if row is not None:
                return Note(row.at, row.author, row.text)
            note = Note(now, reader.officer, storable(text))
            connection.execute(
                insert(table).values(
                    ticket=ticket, key=key, at=now, author=note.author, text=note.text
                )
            )
            return note

    def list(
        self, reader: Reader, wanted: WorkFilter, now: datetime, after: str | None = None
    ) -> WorkPage:
        """Give a page of ordinary complaints of the reader's unit."""
        if not reader.reads_ordinary:
            return WorkPage(())
        with transaction(self._engine) as connection:
            return lists.page(connection, OPEN_SHELF, reader, wanted, now, after)

    def list_sealed(
        self, reader: Reader, wanted: WorkFilter, now: datetime, after: str | None = None
    ) -> WorkPage:
        """Give a page of sealed complaints; none without the role."""
        if reader.sealed_role is None:
            return WorkPage(())
        with transaction(self._engine) as connection:
            return lists.page(connection, SEALED_SHELF, reader, wanted, now, after)

    def counts(self, reader: Reader, now: datetime, soon_until: datetime) -> WorkCounts:
        """Give how many open complaints the reader has to do with."""
        with transaction(self._engine) as connection:
            return lists.counts(connection, reader, now, soon_until)

    def alarms(self, reader: Reader, *, supervisors: bool, limit: int = 50) -> Sequence[Alarm]:
        """Give alarms of open ordinary complaints nobody took note of, the newest first."""
        if not reader.reads_ordinary:
            return []
        with transaction(self._engine) as connection:
            return alarm_rows.unseen(
                connection, OPEN_SHELF, reader, supervisors=supervisors, limit=limit
            )

    def sealed_alarms(self, reader: Reader, limit: int = 50) -> Sequence[Alarm]:
        """Give the same of sealed complaints; none without the role."""
        if reader.sealed_role is None:
            return []
        with transaction(self._engine) as connection:
            return alarm_rows.unseen(
                connection, SEALED_SHELF, reader, supervisors=True, limit=limit
            )

    def see_alarm(self, reader: Reader, ticket: str, alarm_id: int) -> None:
        """Take note of an alarm and all earlier ones of its complaint."""
        with transaction(self._engine) as connection:
            _, shelf = found_by(connection, reader, ticket)
            table = shelf.alarms
            connection.execute(
                update(table)
                .where(table.c.ticket == ticket, table.c.id <= alarm_id, table.c.seen_by.is_(None))
                .values(seen_by=reader.officer)
            )


def _made(connection: Connection, ticket: str, key: str) -> Shelf | None:
    """Give the shelf on which a step was made already."""
    for shelf in SHELVES:
        table = shelf.steps
        here = and_(table.c.key == f"{OFFICERS}{key}", table.c.ticket == ticket)
        if connection.execute(select(table.c.key).where(here)).first():
            return shelf
    return None


def _case(connection: Connection, shelf: Shelf, complaint: Complaint) -> Case:
    table = shelf.notes
    rows = connection.execute(
        select(table).where(table.c.ticket == complaint.ticket).order_by(table.c.id)
    )
    return Case(
        complaint,
        due(complaint, office_hours(connection)),
        tuple(Note(row.at, row.author, row.text) for row in rows),
        tuple(alarm_rows.of_ticket(connection, shelf, complaint.ticket)),
    )
