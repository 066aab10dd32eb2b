"""Forgets messages, files and whole chats when the period told in the privacy notice is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, delete, or_, select

from izin.privacy import CHAT_LIVES, TICKET_CHAT_LIVES, RequestState
from izin.storage.postgres.batches import BATCH, MOST_AT_ONCE
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.erasure import (
    Files,
    complaint_tables,
    erase_chat,
    forget_receipts,
)
from izin.storage.tables import following as _following  # noqa: F401 (fills the metadata)
from izin.storage.tables import metadata
from izin.storage.tables.conversations import conversations, media_files, outbox, turns
from izin.storage.tables.privacy import expiring_files, privacy_requests

MOST_CHATS = 500
"""Chats, and files, of one run; what is left goes with the next hour's."""

CHATS_AT_ONCE = 20
TURNS_AT_ONCE = BATCH // 2
"""Of one commit: with each go rows of a dozen tables, and none may be locked for a second."""


def forget_old_messages(engine: Engine, files: Files, now: datetime) -> int:
    """Forget what is older than 90 days; chats with a complaint keep theirs for longer.

    Gives how many messages, files and chats went. The simulator's clock, which may be set
    far ahead, never decides over real chats.
    """
    done = 0
    for namespace in ("live", "simulator"):
        moment = min(now, datetime.now(UTC)) if namespace == "live" else now
        done += _forget(engine, files, namespace, moment)
    return done


def bound_jobs(engine: Engine, files: Files) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs by name."""
    return {"forget_old_messages": partial(forget_old_messages, engine, files)}


def _forget(engine: Engine, files: Files, namespace: str, now: datetime) -> int:
    before = now - CHAT_LIVES
    free = select(conversations.c.id).where(
        conversations.c.namespace == namespace, *(~mark for mark in _kept_longer(now))
    )
    done = 0
    while done < MOST_AT_ONCE:
        with transaction(engine) as connection:
            went = _forget_batch(connection, free, before)
        done += went
        if went < TURNS_AT_ONCE:
            break
    with transaction(engine) as connection:
        left = _old_files(connection, free, before)
    left += _erase_all_silent(engine, free, before)
    for media_id in left:
        files.remove(media_id)
    return done + len(left)


def _forget_batch(connection: Connection, free: Select[tuple[str]], before: datetime) -> int:
    """Forget some of the old turns and pushed messages; gives how many, fewer than a batch at last.

    Receipts go first, as they are found by the message they belong to.
    """
    old_turns = (
        select(turns.c.id)
        .where(
            turns.c.conversation_id.in_(free),
            turns.c.office_now < before,
            turns.c.state != "queued",
        )
        .limit(TURNS_AT_ONCE)
    )
    turn_ids = list(connection.execute(old_turns).scalars())
    # Pushed messages are stamped by the real clock, whatever the simulator's says.
    pushed_before = min(before, datetime.now(UTC) - CHAT_LIVES)
    pushed = (
        select(outbox.c.id)
        .where(
            outbox.c.turn_id.is_(None),
            outbox.c.created_at < pushed_before,
            outbox.c.conversation_id.in_(free),
        )
        .limit(TURNS_AT_ONCE - len(turn_ids))
    )
    pushed_ids = list(connection.execute(pushed).scalars())
    forget_receipts(connection, outbox.c.turn_id.in_(turn_ids) | outbox.c.id.in_(pushed_ids))
    connection.execute(delete(turns).where(turns.c.id.in_(turn_ids)))
    connection.execute(delete(outbox).where(outbox.c.id.in_(pushed_ids)))
    return len(turn_ids) + len(pushed_ids)


def _kept_longer(now: datetime) -> list[ColumnElement[bool]]:
    """Give the marks of a chat with a complaint that is open or was closed lately."""
    marks: list[ColumnElement[bool]] = []
    for table in complaint_tables():
        closed = table.c.closed_at
        lately = or_(closed.is_(None), closed > now - TICKET_CHAT_LIVES)
        marks.append(
            select(table.c.ticket)
            .where(table.c.conversation_id == conversations.c.id, lately)
            .exists()
        )
    return marks


def _old_files(connection: Connection, free: object, before: datetime) -> list[str]:
    copies = select(expiring_files.c.media_id)
    found = connection.execute(
        select(media_files.c.id)
        .where(
            media_files.c.conversation_id.in_(free),  # type: ignore[arg-type]
            media_files.c.created_at < before,
            media_files.c.id.not_in(copies),
        )
        .limit(MOST_CHATS)
    ).scalars()
    return [str(media_id) for media_id in found]


def _erase_all_silent(engine: Engine, free: object, before: datetime) -> list[str]:
    """Erase silent chats, some a commit; gives their files."""
    left: list[str] = []
    for _ in range(MOST_CHATS // CHATS_AT_ONCE):
        with transaction(engine) as connection:
            went, files = _erase_silent(connection, free, before)
        left += files
        if went < CHATS_AT_ONCE:
            break
    return left


def _erase_silent(connection: Connection, free: object, before: datetime) -> tuple[int, list[str]]:
    """Erase some chats of which nothing is left that anybody waits for; gives how many, and files.

    Whether anybody does is looked at in the commit that erases.
    """
    subscriptions: Table = metadata.tables["subscriptions"]
    follows = (
        select(subscriptions.c.number)
        .where(
            subscriptions.c.conversation_id == conversations.c.id,
            subscriptions.c.stopped_at.is_(None),
        )
        .exists()
    )
    asks = (
        select(privacy_requests.c.ticket)
        .where(
            privacy_requests.c.conversation_id == conversations.c.id,
            privacy_requests.c.state.in_((RequestState.OPEN.value, RequestState.WORKING.value)),
        )
        .exists()
    )
    spoke = select(turns.c.id).where(turns.c.conversation_id == conversations.c.id).exists()
    silent = connection.execute(
        select(conversations.c.id)
        .where(
            conversations.c.id.in_(free),  # type: ignore[arg-type]
            conversations.c.held_by_officer.is_(False),
            conversations.c.last_inbound_at < before,
            ~follows,
            ~asks,
            ~spoke,
        )
        .limit(CHATS_AT_ONCE)
    ).scalars()
    ids = [str(conversation_id) for conversation_id in silent]
    left = [media_id for one in ids for media_id in erase_chat(connection, one)[0]]
    return len(ids), left
