"""Reading complaints by role, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, cast, func, insert, select, true
from sqlalchemy.dialects.postgresql import TSQUERY

from izin import desk_search
from izin.complaint_desk import DeskLine, Reader, desk_line
from izin.complaint_states import ENDED
from izin.complaints import Complaint
from izin.errors import NotFound
from izin.storage.postgres.complaint_rows import read
from izin.storage.postgres.desk_sql import tsquery
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.postgres.media import read_file
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF, Shelf, complaints
from izin.storage.tables.conversations import media_files
from izin.storage.tables.desk import complaint_words
from izin.storage.tables.sealed import readings, sealed_media

MOST_FOUND = 50
_ENDED = tuple(sorted(state.value for state in ENDED))


class PostgresComplaintDesk:
    """``izin.ports.ComplaintDesk`` on our own PostgreSQL and the folder of files."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Take the engine and the folder that files lie in."""
        self._engine = engine
        self._folder = folder

    def waiting(self, reader: Reader, now: datetime) -> Sequence[DeskLine]:
        """Give the open complaints the reader may see, sealed ones first."""
        lines: list[DeskLine] = []
        with transaction(self._engine) as connection:
            for shelf in shelves(reader):
                is_open = shelf.complaints.c.state.not_in(_ENDED)
                found = read(connection, shelf, is_open & visible(reader, shelf))
                lines += sorted(
                    (desk_line(item, now) for item in found),
                    key=lambda line: (line.deadlines.decision.day, line.ticket),
                )
        return lines

    def search(self, reader: Reader, words: str) -> Sequence[DeskLine]:
        """Give ordinary complaints with words that begin so; read from an index of words."""
        wanted = desk_search.read(words)
        if not reader.reads_ordinary or wanted is None:
            return []
        table = complaints
        newest = (
            select(table.c.ticket)
            .join(complaint_words, complaint_words.c.ticket == table.c.ticket)
            .where(
                visible(reader, OPEN_SHELF),
                complaint_words.c.words.op("@@")(cast(tsquery(wanted), TSQUERY)),
            )
            .order_by(table.c.filed_at.desc(), table.c.ticket)
            .limit(MOST_FOUND)
        )
        with transaction(self._engine) as connection:
            found = read(connection, OPEN_SHELF, table.c.ticket.in_(newest))
        return [desk_line(item) for item in found]

    def read(self, reader: Reader, ticket: str, now: datetime) -> Complaint:
        """Give a complaint and record the reading of a sealed one."""
        with transaction(self._engine) as connection:
            found, shelf = found_by(connection, reader, ticket)
            if shelf.sealed:
                record_reading(connection, reader, ticket, "read", now)
            return found

    def evidence(
        self, reader: Reader, ticket: str, media_id: str, now: datetime
    ) -> tuple[bytes, str]:
        """Give a file of a complaint and its MIME type."""
        with transaction(self._engine) as connection:
            found, shelf = found_by(connection, reader, ticket)
            added = [item for addition in found.additions for item in addition.media_ids]
            if media_id not in (*found.media_ids, *added) or not is_id(media_id):
                raise NotFound(f"file {media_id!r} of {ticket}")
            table = sealed_media if shelf.sealed else media_files
            row = connection.execute(select(table).where(table.c.id == media_id)).first()
            if row is None:
                raise NotFound(f"file {media_id} of {ticket}")
            if shelf.sealed:
                record_reading(connection, reader, ticket, f"file {media_id}", now)
        content = read_file(self._engine, self._folder, str(row.id))
        return content, row.mime_type or "application/octet-stream"

    def counts(self) -> dict[tuple[str, str], int]:
        """Give how many ordinary complaints there are by (class, state)."""
        query = select(complaints.c.class_code, complaints.c.state, func.count().label("many"))
        with transaction(self._engine) as connection:
            rows = connection.execute(
                query.group_by(complaints.c.class_code, complaints.c.state)
            ).all()
        return {(row.class_code, row.state): row.many for row in rows}


def visible(reader: Reader, shelf: Shelf) -> ColumnElement[bool]:
    """Give the condition on the complaints of a shelf that exist for a reader of that shelf."""
    if shelf.sealed or reader.unit is None:
        return true()
    return shelf.complaints.c.unit == reader.unit


def shelves(reader: Reader) -> list[Shelf]:
    """Give the shelves that exist for a reader, the sealed one first."""
    shelves = [SEALED_SHELF] if reader.sealed_role else []
    return [*shelves, OPEN_SHELF] if reader.reads_ordinary else shelves


def found_by(connection: Connection, reader: Reader, ticket: str) -> tuple[Complaint, Shelf]:
    """Give a complaint and its shelf (NotFound where it does not exist for the reader)."""
    for shelf in shelves(reader):
        here = shelf.complaints.c.ticket == ticket
        found = read(connection, shelf, here & visible(reader, shelf))
        if found:
            return found[0], shelf
    raise NotFound(f"ticket {ticket}")


def record_reading(
    connection: Connection, reader: Reader, ticket: str, what: str, now: datetime
) -> None:
    """Remember who opened a sealed complaint or one of its files."""
    connection.execute(
        insert(readings).values(
            ticket=ticket, reader=reader.officer, role=reader.sealed_role, what=what, at=now
        )
    )
