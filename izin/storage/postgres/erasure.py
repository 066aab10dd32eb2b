"""Erasing chats and files that are no longer needed, and watching requests' deadlines.

A job may be killed at any point: what it has decided to erase is recorded before it is gone,
so that the next run finishes it. Everything here may run again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Table,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.privacy import WARN_BEFORE, RequestKind, RequestState
from izin.storage.erasure_list import mark_of
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables import complaints as _complaints  # noqa: F401 (fills the metadata)
from izin.storage.tables import metadata
from izin.storage.tables.conversations import (
    conversations,
    escalations,
    media_files,
    outbox,
    rasa_trackers,
    receipts,
    review_items,
    sent_parts,
    turns,
)
from izin.storage.tables.privacy import expiring_files, privacy_requests

PATIENCE = timedelta(minutes=15)
"""How long an erasure waits for the answer that announces it to be delivered."""

ESCALATED_AT_ONCE = 50
"""Requests shown to officers in one commit: what they are shown in waits for its end."""

_ERASURE_LOCK = 7_203_006
_SHORTEST_CHAT = 5
"""Chat ids shorter than this would be found in payloads of other chats."""


class Files(Protocol):
    """Removes the content of stored files."""

    def remove(self, media_id: str) -> None:
        """Remove a file's content and record; unknown ids are fine."""
        ...


def finish_erasures(engine: Engine, files: Files, now: datetime) -> int:
    """Erase every chat whose erasure was confirmed and announced; gives how many ended."""
    with transaction(engine) as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ERASURE_LOCK})
        asked = connection.execute(
            select(privacy_requests)
            .where(
                privacy_requests.c.kind == RequestKind.ERASURE.value,
                privacy_requests.c.state == RequestState.WORKING.value,
                privacy_requests.c.conversation_id.is_not(None),
            )
            .order_by(privacy_requests.c.requested_at)
        ).all()
        for row in asked:
            if row.requested_at + PATIENCE > now and _busy(connection, row.conversation_id):
                continue
            left = []
            earlier = earlier_chats_of(connection, row.conversation_id)
            for chat in earlier:
                left += erase_chat(connection, chat)[0]
            files_of_chat, counts = erase_chat(connection, row.conversation_id)
            left += files_of_chat
            marks = [mark_of(chat) for chat in (*earlier, str(row.conversation_id))]
            connection.execute(
                update(privacy_requests)
                .where(privacy_requests.c.ticket == row.ticket)
                .values(details={"files": left, "counts": counts, "marks": marks})
            )
    return _end_erasures(engine, files, now)


def _end_erasures(engine: Engine, files: Files, now: datetime) -> int:
    """Remove the files that erased chats left behind, then call their requests done."""
    with transaction(engine) as connection:
        erased = connection.execute(
            select(privacy_requests.c.ticket, privacy_requests.c.details).where(
                privacy_requests.c.kind == RequestKind.ERASURE.value,
                privacy_requests.c.state == RequestState.WORKING.value,
                privacy_requests.c.conversation_id.is_(None),
            )
        ).all()
    for row in erased:
        for media_id in row.details.get("files", ()):
            files.remove(media_id)
        with transaction(engine) as connection:
            connection.execute(
                update(privacy_requests)
                .where(privacy_requests.c.ticket == row.ticket)
                .values(
                    state=RequestState.DONE.value,
                    finished_at=now,
                    details={name: row.details.get(name, {}) for name in ("counts", "marks")},
                )
            )
    return len(erased)


def erase_chat(connection: Connection, conversation_id: str) -> tuple[list[str], dict[str, int]]:
    """Erase all that hangs on a chat; gives the files to remove and how much there was.

    Complaints stay, as the law keeps them, but no longer lead to the chat; their evidence
    stays with them. Rasa's tracker, receipts and items kept for review go too. Rows of every
    other table go with the conversation's own row.
    """
    chat = connection.execute(
        select(conversations).where(conversations.c.id == conversation_id)
    ).first()
    if chat is None:
        return [], {}
    _let_complaints_go(connection, chat.id)
    counts = {
        name: connection.execute(
            select(func.count()).select_from(table).where(table.c.conversation_id == chat.id)
        ).scalar_one()
        for name, table in (("pesan", turns), ("balasan", outbox), ("berkas", media_files))
    }
    of_chat = media_files.c.conversation_id == chat.id
    left = [
        str(found)
        for found in connection.execute(select(media_files.c.id).where(of_chat)).scalars()
    ]
    forget_receipts(connection, outbox.c.conversation_id == chat.id)
    _forget_reviews(connection, chat)
    connection.execute(delete(rasa_trackers).where(rasa_trackers.c.sender_id == str(chat.id)))
    earlier = metadata.tables.get("sealed.earlier_chats")
    if earlier is not None:
        ids = or_(earlier.c.conversation_id == chat.id, earlier.c.became == chat.id)
        connection.execute(delete(earlier).where(ids))
    mine = privacy_requests.c.conversation_id == chat.id
    waiting = privacy_requests.c.state == RequestState.OPEN.value
    connection.execute(
        update(privacy_requests).where(mine, waiting).values(state=RequestState.LAPSED.value)
    )
    connection.execute(update(privacy_requests).where(mine).values(details={}))
    connection.execute(delete(conversations).where(conversations.c.id == chat.id))
    return left, counts


def earlier_chats_of(connection: Connection, conversation_id: str) -> list[str]:
    """Give the chats that became this one when two ids turned out to be one citizen."""
    earlier = metadata.tables.get("sealed.earlier_chats")
    if earlier is None:
        return []
    found = connection.execute(
        select(earlier.c.conversation_id).where(earlier.c.became == conversation_id)
    ).scalars()
    return [str(item) for item in found]


def _busy(connection: Connection, conversation_id: str) -> bool:
    """Say whether a turn still runs or an answer still has to be delivered."""
    queued = select(turns.c.id).where(
        turns.c.conversation_id == conversation_id, turns.c.state == "queued"
    )
    waiting = select(outbox.c.id).where(
        outbox.c.conversation_id == conversation_id, outbox.c.state == "waiting"
    )
    return bool(connection.execute(select(or_(queued.exists(), waiting.exists()))).scalar())


def complaint_tables() -> list[Table]:
    """Give the tables of complaints that may lead to a chat, the sealed one too."""
    return [
        table
        for table in metadata.tables.values()
        if table.name == "complaints" and "conversation_id" in table.c
    ]


def _let_complaints_go(connection: Connection, conversation_id: str) -> None:
    for table in complaint_tables():
        evidence = connection.execute(
            select(table.c.media_ids).where(table.c.conversation_id == conversation_id)
        ).scalars()
        _keep_files(connection, evidence)
        additions = metadata.tables.get(
            f"{table.schema}.complaint_additions" if table.schema else "complaint_additions"
        )
        if additions is not None:
            tickets = select(table.c.ticket).where(table.c.conversation_id == conversation_id)
            _keep_files(
                connection,
                connection.execute(
                    select(additions.c.media_ids).where(additions.c.ticket.in_(tickets))
                ).scalars(),
            )
        connection.execute(
            update(table)
            .where(table.c.conversation_id == conversation_id)
            .values(conversation_id=None)
        )


def _keep_files(connection: Connection, lists: Iterable[Sequence[str]]) -> None:
    ids = [media_id for found in lists for media_id in found if is_id(media_id)]
    if ids:
        connection.execute(
            update(media_files).where(media_files.c.id.in_(ids)).values(conversation_id=None)
        )


def forget_receipts(connection: Connection, condition: Any) -> None:
    """Forget what platforms said of the outbox messages that meet a condition."""
    sent = (
        select(sent_parts.c.namespace, sent_parts.c.channel, sent_parts.c.external_id)
        .join(outbox, outbox.c.id == sent_parts.c.outbox_id)
        .where(condition)
    )
    key = tuple_(receipts.c.namespace, receipts.c.channel, receipts.c.external_id)
    connection.execute(delete(receipts).where(key.in_(sent)))


def _forget_reviews(connection: Connection, chat: Row[Any]) -> None:
    """Forget what came from the chat and could not be understood; it names its chat inside."""
    if chat.namespace != "live" or len(chat.chat) < _SHORTEST_CHAT:
        return
    of_channel = select(review_items.c.id, review_items.c.payload).where(
        review_items.c.channel == chat.channel
    )
    named = chat.chat.encode()
    found = [row.id for row in connection.execute(of_channel) if named in row.payload]
    connection.execute(delete(review_items).where(review_items.c.id.in_(found)))


def expire_files(engine: Engine, files: Files, now: datetime) -> int:
    """Remove the copies handed to citizens once their day is over."""
    with transaction(engine) as connection:
        due = connection.execute(
            select(expiring_files.c.media_id).where(expiring_files.c.expires_at <= now)
        ).scalars()
        ids = [str(media_id) for media_id in due]
    for media_id in ids:
        files.remove(media_id)
    return len(ids)


def escalate_requests(engine: Engine, now: datetime) -> int:
    """Show open requests to an officer a day before their deadline and when it has passed."""
    steps = ((now + WARN_BEFORE, "privacy_due"), (now, "privacy_overdue"))
    opened = 0
    for until, reason in steps:
        while some := _escalate_some(engine, until, reason, now):
            opened += some
    return opened


def _escalate_some(engine: Engine, until: datetime, reason: str, now: datetime) -> int:
    """Show at most ``ESCALATED_AT_ONCE`` requests that are due and not shown for it yet."""
    request = privacy_requests.c
    key = literal(f"{reason}:") + request.ticket
    due = (
        select(request.conversation_id, key, literal(reason), request.ticket, literal(now))
        .where(
            request.state == RequestState.OPEN.value,
            request.conversation_id.is_not(None),
            request.due_at <= until,
            ~select(escalations.c.id).where(escalations.c.key == key).exists(),
        )
        .order_by(request.due_at, request.ticket)
        .limit(ESCALATED_AT_ONCE)
    )
    names = ("conversation_id", "key", "reason", "note", "opened_at")
    made = upsert(escalations).from_select(names, due).on_conflict_do_nothing()
    with transaction(engine) as connection:
        return len(connection.execute(made.returning(escalations.c.id)).all())


def bound_often(engine: Engine, files: Files) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs citizens wait for, by name."""
    return {
        "finish_erasures": partial(finish_erasures, engine, files),
        "escalate_privacy_requests": partial(escalate_requests, engine),
    }


def bound_hourly(engine: Engine, files: Files) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs that tidy up, by name."""
    return {"expire_files": partial(expire_files, engine, files)}
