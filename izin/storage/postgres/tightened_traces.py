"""Takes what officers wrote about a complaint along when it moves to the sealed shelf.

Notes and later messages of its chat go with it. Elsewhere, in notes and events of other
complaints and in other chats, only its number is taken out.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    String,
    Table,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from izin.storage.sealed_history import REMOVED
from izin.storage.tables.complaints import OPEN_SHELF, SEALED_SHELF
from izin.storage.tables.conversations import drafts, outbox
from izin.storage.tables.privacy import privacy_notes
from izin.storage.tables.serving import conversation_notes, scheduled_messages

LAST_TICKET = "aduan_terakhir"
"""Kind of the draft that names the ticket a file sent right after filing belongs to."""

_NOT_SENT = ("waiting", "failed")
_LATER, _NOTES = scheduled_messages.c, conversation_notes.c


def take_along(connection: Connection, ticket: str, conversation_id: str | None) -> None:
    """Move or blank all that officers wrote about a complaint outside its own tables."""
    connection.execute(
        delete(drafts).where(
            drafts.c.kind == LAST_TICKET, drafts.c.document["ticket"].astext == ticket
        )
    )
    if conversation_id is not None:
        _take_notes(connection, ticket, conversation_id)
        _take_later_messages(connection, ticket, conversation_id)
    _forget_links(connection, ticket)
    for table in (OPEN_SHELF.notes, OPEN_SHELF.events, privacy_notes, conversation_notes):
        _blank(connection, table, ticket)


def _take_notes(connection: Connection, ticket: str, conversation_id: str) -> None:
    here = _NOTES.conversation_id == conversation_id
    naming = select(conversation_notes).where(here, _names(_NOTES.text, ticket))
    for row in connection.execute(naming).all():
        _keep(connection, ticket, row, row.at)
        connection.execute(
            update(conversation_notes).where(_NOTES.id == row.id).values(text=REMOVED)
        )


def _take_later_messages(connection: Connection, ticket: str, conversation_id: str) -> None:
    """Stop messages that would name it in the open chat; the sealed desk finds them as notes."""
    here = _LATER.conversation_id == conversation_id
    naming = select(scheduled_messages).where(here, _names(_LATER.text, ticket))
    for row in connection.execute(naming.with_for_update()).all():
        values = {"text": REMOVED, "signed": REMOVED}
        if row.state in _NOT_SENT:
            _keep(connection, ticket, row, row.created_at)
            values["state"] = "cancelled"
        connection.execute(update(scheduled_messages).where(_LATER.id == row.id).values(**values))


def _keep(connection: Connection, ticket: str, row: Row[Any], at: Any) -> None:
    connection.execute(
        insert(SEALED_SHELF.notes).values(
            ticket=ticket, key=f"chat:{row.id}", at=at, author=row.author, text=row.text
        )
    )


def _forget_links(connection: Connection, ticket: str) -> None:
    """Take the number out of complaints that were linked with it or closed as the same."""
    table, events = OPEN_SHELF.complaints, OPEN_SHELF.events
    linked = events.c.details["other"].astext == ticket
    same = table.c.closing["other"].astext == ticket
    chats = connection.execute(
        select(table.c.conversation_id).where(
            or_(table.c.ticket.in_(select(events.c.ticket).where(linked)), same),
            table.c.ticket != ticket,
            table.c.conversation_id.is_not(None),
        )
    ).scalars().all()  # fmt: skip
    connection.execute(
        update(events).where(linked).values(details=events.c.details.op("-")("other"))
    )
    blank = func.replace(cast(table.c.closing, String), ticket, "")
    connection.execute(update(table).where(same).values(closing=cast(blank, table.c.closing.type)))
    said = outbox.c.conversation_id.in_(chats), cast(outbox.c.reply, String).contains(ticket)
    blank = func.replace(cast(outbox.c.reply, String), ticket, REMOVED)
    connection.execute(update(outbox).where(*said).values(reply=cast(blank, outbox.c.reply.type)))


def _blank(connection: Connection, table: Table, ticket: str) -> None:
    text = table.c.text
    blank = func.regexp_replace(text, _pattern(ticket), REMOVED, "gi")
    connection.execute(
        update(table).where(_names(text, ticket), *_others(table, ticket)).values(text=blank)
    )


def _others(table: Table, ticket: str) -> list[Any]:
    return [table.c.ticket != ticket] if table in (OPEN_SHELF.notes, OPEN_SHELF.events) else []


def _names(column: Any, ticket: str) -> Any:
    return column.op("~*")(_pattern(ticket))


def _pattern(ticket: str) -> str:
    """Give what matches a ticket however it is spaced; letters and digits are all it has."""
    return "[^A-Z0-9]{0,3}".join(re.sub(r"[^A-Z0-9]", "", ticket.upper()))
