"""The history of one conversation, read a page at a time from everything that happened in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, func, literal, or_, select, tuple_
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import UUID

from izin.conversation_room import PAGE, Entry, HistoryPage, NoteKind, RoomFile, Understood
from izin.errors import InvalidInput
from izin.storage.postgres.engine import is_id
from izin.storage.postgres.officer_queue import OFFICER_KEY
from izin.storage.postgres.sealing_due import sealed_levels, tickets_in
from izin.storage.postgres.unfinished_intakes import hidden_turns
from izin.storage.room_entries import SCHEDULED_KEY, delivery_of, event_entry, outgoing_kind
from izin.storage.sealed_history import REMOVED
from izin.storage.tables.conversations import (
    escalations,
    media_files,
    outbox,
    sent_parts,
    turns,
)
from izin.storage.tables.officers import officer_handlings
from izin.storage.tables.serving import conversation_notes, scheduled_messages

_MOST_EVENTS = 200


def history(connection: Connection, conversation_id: str, before: str | None) -> HistoryPage:
    """Give one page of a history, oldest first."""
    point = _point(before)
    turn_rows = _rows(connection, turns, turns.c.received_at, conversation_id, point)
    sent_rows = _rows(connection, outbox, outbox.c.created_at, conversation_id, point)
    note_rows = _rows(
        connection, conversation_notes, conversation_notes.c.at, conversation_id, point
    )
    marked = [(row.received_at, row.id, row) for row in turn_rows]
    marked += [(row.created_at, row.id, row) for row in sent_rows]
    marked += [(row.at, row.id, row) for row in note_rows]
    marked.sort(key=lambda item: (item[0], item[1]))
    more = len(marked) > PAGE
    kept = marked[-PAGE:]
    chosen = {identity for _, identity, _ in kept}
    entries = [
        *_turn_entries(connection, conversation_id, [r for r in turn_rows if r.id in chosen]),
        *_sent_entries(connection, conversation_id, [r for r in sent_rows if r.id in chosen]),
        *(_note_entry(row) for row in note_rows if row.id in chosen),
    ]
    entries = _without_sealed(connection, entries, {r.id: r.turn_id for r in sent_rows})
    since = kept[0][0] if more else None
    entries += _events(connection, conversation_id, since, point[0] if point else None)
    entries.sort(key=lambda entry: (entry.at, entry.id))
    earlier = f"{kept[0][0].isoformat()}_{kept[0][1]}" if more else None
    return HistoryPage(tuple(entries), earlier)


def _point(before: str | None) -> tuple[datetime, str] | None:
    if not before:
        return None
    moment, _, identity = before.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise InvalidInput("no place in a history", field="before") from None
    if at.tzinfo is None or not is_id(identity):
        raise InvalidInput("no place in a history", field="before")
    return at, identity


def _rows(
    connection: Connection,
    table: Table,
    moment: Any,
    conversation_id: str,
    point: tuple[datetime, str] | None,
) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.conversation_id == conversation_id)
    if point is not None:
        here = as_type(literal(point[1]), UUID(as_uuid=False))
        query = query.where(
            moment <= point[0], tuple_(moment, table.c.id) < tuple_(literal(point[0]), here)
        )
    return connection.execute(
        query.order_by(moment.desc(), table.c.id.desc()).limit(PAGE + 1)
    ).all()


def _turn_entries(
    connection: Connection, conversation_id: str, rows: Sequence[Row[Any]]
) -> Iterable[Entry]:
    hidden = hidden_turns(connection, conversation_id)
    files = _files(connection, conversation_id, [item for row in rows for item in row.media_ids])
    for row in rows:
        if row.id in hidden or row.merged_into in hidden:
            yield Entry(row.id, row.received_at, "citizen", REMOVED)
            continue
        message = row.message
        place = message.get("location")
        yield Entry(
            id=row.id,
            at=row.received_at,
            kind="citizen",
            text=str(row.choice["title"] if row.choice else message.get("text") or ""),
            what=str(message.get("kind") or "text"),
            details={"state": str(row.state)},
            files=tuple(files[item] for item in row.media_ids if item in files),
            location=(float(place[0]), float(place[1])) if place else None,
            understood=_understood(row.understood),
        )


def _understood(document: Mapping[str, Any] | None) -> Understood | None:
    if not document:
        return None
    permit = document.get("permit")
    return Understood(
        str(document.get("intent") or ""),
        float(document.get("confidence") or 0.0),
        str(permit) if permit else None,
    )


def _sent_entries(
    connection: Connection, conversation_id: str, rows: Sequence[Row[Any]]
) -> Iterable[Entry]:
    hidden = hidden_turns(connection, conversation_id)
    ids = [row.id for row in rows]
    parts = connection.execute(
        select(sent_parts.c.outbox_id, func.array_agg(sent_parts.c.status).label("states"))
        .where(sent_parts.c.outbox_id.in_(ids))
        .group_by(sent_parts.c.outbox_id)
    ).all()
    told = {row.outbox_id: tuple(row.states) for row in parts}
    authors = _authors(connection, conversation_id, ids)
    wanted = [str(i["media_id"]) for r in rows for i in r.reply.get("media") or () if i["media_id"]]
    files = _files(connection, conversation_id, wanted)
    for row in rows:
        if row.turn_id in hidden:
            yield Entry(row.id, row.created_at, "bot", REMOVED)
            continue
        kind, who = outgoing_kind(row.key, row.turn_id, row.id, authors)
        removed = row.reply == {"text": REMOVED}
        yield Entry(
            id=row.id,
            at=row.created_at,
            kind=kind,
            text=str(row.reply.get("text") or ""),
            who=who,
            what="scheduled" if row.key.startswith(SCHEDULED_KEY) else "text",
            files=tuple(
                files[str(item["media_id"])]
                for item in row.reply.get("media") or ()
                if str(item["media_id"]) in files
            ),
            choices=tuple(str(item["title"]) for item in row.reply.get("choices") or ()),
            delivery=delivery_of(
                row.state, told.get(row.id, ()), row.error, row.error_code, row.key, removed
            ),
        )


def _authors(
    connection: Connection, conversation_id: str, outbox_ids: Sequence[str]
) -> dict[str, str]:
    """Give who is behind a hold (``officer:7:``) or a message sent later, by its outbox id."""
    holds = connection.execute(
        select(officer_handlings.c.id, officer_handlings.c.officer).where(
            officer_handlings.c.conversation_id == conversation_id
        )
    )
    later = connection.execute(
        select(scheduled_messages.c.outbox_id, scheduled_messages.c.author).where(
            scheduled_messages.c.outbox_id.in_(list(outbox_ids))
        )
    )
    return {f"{OFFICER_KEY}{row.id}": row.officer for row in holds} | {
        str(row.outbox_id): row.author for row in later
    }


def _files(
    connection: Connection, conversation_id: str, media_ids: Sequence[str]
) -> dict[str, RoomFile]:
    ids = [item for item in media_ids if is_id(item)]
    if not ids:
        return {}
    rows = connection.execute(
        select(media_files).where(
            media_files.c.id.in_(ids), media_files.c.conversation_id == conversation_id
        )
    )
    return {row.id: read_file(row) for row in rows}


def read_file(row: Row[Any]) -> RoomFile:
    """Give a row of the files' table as the noun."""
    return RoomFile(row.id, row.kind, row.mime_type, row.file_name, row.size_bytes)


def _note_entry(row: Row[Any]) -> Entry:
    plain = row.kind == NoteKind.NOTE.value
    return Entry(
        id=row.id,
        at=row.at,
        kind="note" if plain or row.text else "event",
        text=row.text,
        who=row.author,
        what=row.kind,
        details={name: str(value) for name, value in row.details.items()},
    )


def _without_sealed(
    connection: Connection, entries: Sequence[Entry], turn_of: Mapping[str, str | None]
) -> list[Entry]:
    """Take out what names a sealed ticket, with the message it answers.

    The due job that seals such traces for good comes once a minute; nobody reads them before.
    """
    named = {entry.id: tickets_in(entry.text) for entry in entries if entry.text}
    sealed = sealed_levels(connection, {item for found in named.values() for item in found})
    out = {identity for identity, found in named.items() if found & sealed.keys()}
    if not out:
        return list(entries)
    out |= {str(turn_of[identity]) for identity in set(out) if turn_of.get(identity)}
    out |= {identity for identity, turn_id in turn_of.items() if turn_id in out}
    return [
        Entry(entry.id, entry.at, entry.kind, REMOVED) if entry.id in out else entry
        for entry in entries
    ]


def _events(
    connection: Connection, conversation_id: str, since: datetime | None, until: datetime | None
) -> list[Entry]:
    """Give what happened to the conversation in the time of a page."""
    held, opened = officer_handlings.c, escalations.c
    holds = connection.execute(
        select(officer_handlings)
        .where(held.conversation_id == conversation_id, _within(held.claimed_at, since, until))
        .order_by(held.claimed_at.desc())
        .limit(_MOST_EVENTS)
    ).all()
    ended = connection.execute(
        select(officer_handlings)
        .where(
            held.conversation_id == conversation_id,
            held.ended_at.is_not(None),
            _within(held.ended_at, since, until),
        )
        .order_by(held.ended_at.desc())
        .limit(_MOST_EVENTS)
    ).all()
    calls = connection.execute(
        select(escalations)
        .where(opened.conversation_id == conversation_id, _within(opened.opened_at, since, until))
        .order_by(opened.opened_at.desc())
        .limit(_MOST_EVENTS)
    ).all()
    named = {row.id: tickets_in(f"{row.key} {row.note}") for row in calls}
    sealed = sealed_levels(connection, {item for found in named.values() for item in found})
    events = [event_entry(f"hold-{row.id}", row.claimed_at, "taken", row.officer) for row in holds]
    events += [
        event_entry(f"hold-{row.id}-end", row.ended_at, f"ended_{row.ended_by}", row.officer)
        for row in ended
    ]
    events += [
        event_entry(f"call-{row.id}", row.opened_at, "escalated", None, reason=row.reason)
        for row in calls
        if not named[row.id] & sealed.keys()
    ]
    return events


def _within(column: Any, since: datetime | None, until: datetime | None) -> Any:
    conditions = [column >= since] if since is not None else []
    if until is not None:
        conditions.append(column < until)
    return and_(*conditions) if conditions else or_(literal(True))
