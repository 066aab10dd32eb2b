"""How long complaints, their evidence and other uploads are kept.

Periods follow the retention suggestion of the privacy notice (UU 27/2022): complaints two
years after closing, files sent without a complaint one day, as an identity card may be among
them, and the record of who read sealed complaints one year. Every job may run again and
again; one that is stopped half-way goes on with the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine, Select, Text, cast, delete, func, select

from izin.storage.postgres.batches import delete_in_batches
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.erasure import Files
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.tables.complaints import SHELVES, Shelf, complaint_additions, complaints
from izin.storage.tables.complaints import sealed_complaints as sealed
from izin.storage.tables.conversations import drafts, media_files, turns
from izin.storage.tables.privacy import expiring_files
from izin.storage.tables.sealed import mail, mailboxes, readings

COMPLAINTS_LIVE = timedelta(days=2 * 365)
UPLOADS_LIVE = timedelta(hours=24)
OFFICERS_UPLOADS_LIVE = timedelta(days=90)
READINGS_LIVE = timedelta(days=365)
MAILBOX_WORKING_DAYS = 10
"""As long as a closed complaint may be opened again, its complainant must be reached."""

MOST_AT_ONCE = 500


def forget_uploads(engine: Engine, files: Files, now: datetime) -> int:
    """Remove files that no complaint, open task or officer needs any more.

    A file of a chat that an officer holds stays as long as the chat's words do.
    """
    attached = [
        select(func.unnest(complaints.c.media_ids)),
        select(func.unnest(complaint_additions.c.media_ids)),
        select(func.unnest(turns.c.media_ids)).where(
            turns.c.state.in_(("held", "queued")),
            turns.c.received_at > now - OFFICERS_UPLOADS_LIVE,
        ),
    ]
    an_id = cast(media_files.c.id, Text)
    in_a_task = (
        select(drafts.c.kind).where(func.strpos(cast(drafts.c.document, Text), an_id) > 0).exists()
    )
    query = select(media_files.c.id).where(
        media_files.c.created_at < now - UPLOADS_LIVE,
        media_files.c.id.not_in(select(expiring_files.c.media_id)),
        *(an_id.not_in(ids) for ids in attached),
        ~in_a_task,
    )
    return _remove(files, _ids(engine, query))


def forget_mailboxes(engine: Engine, now: datetime) -> int:
    """Forget where answers to an anonymous complaint went, once it cannot be reopened."""
    book = PostgresOfficeBook(engine)
    zone, calendar = book.office().zone, book.calendar()
    today = now.astimezone(zone).date()
    with transaction(engine) as connection:
        closed = connection.execute(
            select(sealed.c.ticket, sealed.c.closed_at)
            .join(mailboxes, mailboxes.c.ticket == sealed.c.ticket)
            .where(sealed.c.closed_at.is_not(None))
        ).all()
        ended = [
            row.ticket
            for row in closed
            if calendar.add_working_days(
                row.closed_at.astimezone(zone).date(), MAILBOX_WORKING_DAYS
            ).day
            < today
        ]
        connection.execute(delete(mail).where(mail.c.ticket.in_(ended)))
        connection.execute(delete(mailboxes).where(mailboxes.c.ticket.in_(ended)))
    return len(ended)


def forget_closed_complaints(engine: Engine, files: Files, now: datetime) -> int:
    """Remove complaints two years after closing, evidence first."""
    return sum(_forget_closed(engine, files, shelf, now) for shelf in SHELVES)


def _forget_closed(engine: Engine, files: Files, shelf: Shelf, now: datetime) -> int:
    table, additions = shelf.complaints, shelf.additions
    old = table.c.closed_at < now - COMPLAINTS_LIVE
    with transaction(engine) as connection:
        rows = connection.execute(
            select(table.c.ticket, table.c.media_ids).where(old).limit(MOST_AT_ONCE)
        ).all()
        tickets = [row.ticket for row in rows]
        added = connection.execute(
            select(additions.c.media_ids).where(additions.c.ticket.in_(tickets))
        ).scalars()
        lists: list[Sequence[str]] = [*(row.media_ids for row in rows), *added]
    _remove(files, (media_id for ids in lists for media_id in ids))
    with transaction(engine) as connection:
        connection.execute(delete(table).where(table.c.ticket.in_(tickets), old))
    return len(tickets)


def forget_readings(engine: Engine, now: datetime) -> int:
    """Forget who read sealed complaints more than a year ago."""
    return delete_in_batches(engine, readings, readings.c.at < now - READINGS_LIVE)


def _ids(engine: Engine, query: Select[tuple[str]]) -> list[str]:
    with transaction(engine) as connection:
        return [str(item) for item in connection.execute(query.limit(MOST_AT_ONCE)).scalars()]


def _remove(files: Files, media_ids: Iterable[str]) -> int:
    removed = 0
    for media_id in media_ids:
        files.remove(media_id)
        removed += 1
    return removed


def bound_hourly(engine: Engine, files: Files) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs that tidy up, by name."""
    return {
        "forget_uploads": partial(forget_uploads, engine, files),
        "forget_mailboxes": partial(forget_mailboxes, engine),
        "forget_closed_complaints": partial(forget_closed_complaints, engine, files),
        "forget_readings": partial(forget_readings, engine),
    }
