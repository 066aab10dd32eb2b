"""The inbox on PostgreSQL: messages stored once, turns enqueued in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString

import psycopg
from sqlalchemy import Connection, Engine, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from izin.conversations import InboundMessage, Received, Turn
from izin.errors import NotFound
from izin.message_limits import NO_LIMITS, MessageLimits
from izin.replies import Reply
from izin.storage.message_json import (
    masked_message,
    message_to_json,
    storable_message,
)
from izin.storage.postgres import identifiers, queue
from izin.storage.postgres.chats import alias_keys, conversation_of
from izin.storage.postgres.engine import at_once, driver, transaction
from izin.storage.postgres.flow import join_flow, open_to_officer
from izin.storage.postgres.known_chats import store_of_known_chat
from izin.storage.postgres.notices import tell_held
from izin.storage.postgres.replies import outbox_ids, store_reply
from izin.storage.postgres.single_answers import store_single_answer
from izin.storage.postgres.turn_marks import with_marks
from izin.storage.postgres.turn_rows import choice_of, known_shape, look_at_turn, read_turn
from izin.storage.tables.conversations import (
    conversations,
    escalations,
    media_files,
    review_items,
    turns,
)
from izin.storage.text import storable
from izin.storage.vault import Vault

_LOCK_CHAT: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"

_COUNT_ATTEMPT: LiteralString = """
UPDATE turns SET attempts = attempts + 1 WHERE id = %(id)s AND state = 'queued'
"""


class PostgresInbox:
    """``izin.ports.Inbox`` on our own PostgreSQL."""

    def __init__(
        self,
        engine: Engine,
        limits: MessageLimits = NO_LIMITS,
        vault: Vault | None = None,
    ) -> None:
        """Take the engine and the limits of a conversation; every call is one transaction.

        Without ``vault`` buttons that follow a sealed ticket are not understood.
        """
        self._engine = engine
        self._limits = limits
        self._vault = vault

    def receive(
        self, message: InboundMessage, received_at: datetime, now: datetime | None = None
    ) -> Received:
        """Store a message once and enqueue its turn; see the port."""
        message = storable_message(message)
        try:
            return self._store(message, received_at, now)
        except (IntegrityError, psycopg.IntegrityError):
            # The same message came at once under another alias, so under another lock.
            with transaction(self._engine) as connection:
                earlier = _earlier(connection, message)
            if earlier is None:
                raise
            return earlier

    def _store(
        self, message: InboundMessage, received_at: datetime, now: datetime | None
    ) -> Received:
        at = now or received_at
        with transaction(self._engine) as connection:
            for alias in alias_keys(message):
                driver(connection).execute(_LOCK_CHAT, {"key": alias})
            plain = store_of_known_chat(
                connection, message, received_at, at, self._limits, self._vault
            )
            if plain is not None:
                return plain
            earlier = _earlier(connection, message)
            if earlier is not None:
                return earlier
            conversation_id = conversation_of(connection, message, received_at)
            tell_held(connection, conversation_id)
            turn_id = str(uuid.uuid4())
            joining = join_flow(connection, conversation_id, message, at, self._limits)
            connection.execute(
                insert(turns).values(
                    id=turn_id,
                    conversation_id=conversation_id,
                    namespace=message.address.namespace,
                    channel=message.address.channel,
                    external_id=identifiers.mark(
                        connection, identifiers.PLATFORM_ID, message.external_id
                    ),
                    message=message_to_json(message),
                    choice=choice_of(connection, conversation_id, message.choice_id, self._vault),
                    office_now=at,
                    received_at=received_at,
                    **joining.columns,
                )
            )
            if joining.verdict == "tell":
                open_to_officer(connection, conversation_id, turn_id, at)
            if joining.needs_turn:
                queue.defer_turn(connection, conversation_id, turn_id)
            return Received(
                turn_id,
                conversation_id,
                merged_into=joining.merged_into,
                limited=joining.verdict != "answer",
            )

    def turn(self, turn_id: str) -> Turn:
        """Give a turn with its conversation."""
        with transaction(self._engine) as connection:
            return read_turn(connection, turn_id, self._vault)

    def begin(self, turn_id: str) -> Turn:
        """Count an attempt and give the turn."""
        known_shape(turn_id)
        job = queue.running.get()
        # Who took the turn's job from the queue has counted the attempt with it.
        if job is None or (job.job.task, job.job.argument) != (queue.TURN_TASK, turn_id):
            at_once(self._engine, _COUNT_ATTEMPT, {"id": turn_id})
        return look_at_turn(self._engine, turn_id, self._vault)

    def set_media(self, turn_id: str, media_ids: Sequence[str]) -> None:
        """Remember our ids of the turn's stored files; those of no chat yet are of its chat."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(turns).where(turns.c.id == turn_id).values(media_ids=list(media_ids))
            )
            chat = select(turns.c.conversation_id).where(turns.c.id == turn_id).scalar_subquery()
            connection.execute(
                update(media_files)
                .where(media_files.c.id.in_(media_ids), media_files.c.conversation_id.is_(None))
                .values(conversation_id=chat)
            )

    def answer(
        self,
        turn_id: str,
        replies: Sequence[Reply],
        timings_ms: Mapping[str, float],
        understood: Mapping[str, str | float] | None = None,
    ) -> tuple[str, ...]:
        """Store replies and enqueue their deliveries, once."""
        known_shape(turn_id)
        if len(replies) == 1 and not replies[0].urgent:
            plain = store_single_answer(self._engine, turn_id, replies[0], timings_ms, understood)
            if plain is not None:
                return plain
        return self._close(turn_id, replies, "answered", dict(timings_ms), None, understood)

    def hold(self, turn_id: str) -> None:
        """Leave the message to the officer."""
        self._close(turn_id, (), "held", {}, None)

    def fail(self, turn_id: str, reply: Reply, error: str) -> tuple[str, ...]:
        """Answer politely and open the conversation to an officer."""
        return self._close(turn_id, (reply,), "failed", {}, error)

    def verify_phone(self, conversation_id: str, phone: str) -> None:
        """Remember a phone proven on this channel."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(**identifiers.phone_columns(connection, phone))
            )

    def keep_for_review(
        self, channel: str, payload: bytes, reason: str, received_at: datetime
    ) -> None:
        """Keep an item that could not be understood."""
        with transaction(self._engine) as connection:
            connection.execute(
                insert(review_items).values(
                    channel=channel,
                    payload=payload,
                    reason=storable(reason),
                    received_at=received_at,
                )
            )

    def _close(
        self,
        turn_id: str,
        replies: Sequence[Reply],
        state: str,
        timings_ms: Mapping[str, float],
        error: str | None,
        understood: Mapping[str, str | float] | None = None,
    ) -> tuple[str, ...]:
        known_shape(turn_id)
        with transaction(self._engine) as connection:
            row = (
                connection.execute(select(turns).where(turns.c.id == turn_id).with_for_update())
                .mappings()
                .first()
            )
            if row is None:
                raise NotFound(f"turn {turn_id}")
            if row["state"] != "queued":
                return outbox_ids(connection, turn_id)
            if _is_held(connection, row["conversation_id"]):
                # An officer took the conversation while the bot was at work: it stays silent.
                replies, state, understood = (), "held", None
            if understood is not None:
                understood = with_marks(connection, row["conversation_id"], turn_id, understood)
            ids = tuple(
                store_reply(connection, row["conversation_id"], reply, f"{turn_id}:{step}", turn_id)
                for step, reply in enumerate(replies)
            )
            connection.execute(
                update(turns)
                .where(turns.c.id == turn_id)
                .values(
                    state=state,
                    answered_at=func.now(),
                    timings_ms=dict(timings_ms),
                    error=storable(error),
                    understood=null() if understood is None else dict(understood),
                )
            )
            if state == "answered":
                _mask(connection, turn_id)
            last = {"last_text": storable(replies[-1].text)} if replies else {}
            connection.execute(
                update(conversations)
                .where(conversations.c.id == row["conversation_id"])
                .values(last_turn_at=row["office_now"], **last)
            )
            if state == "failed" or any(reply.urgent for reply in replies):
                connection.execute(
                    upsert(escalations)
                    .values(
                        conversation_id=row["conversation_id"],
                        key=f"turn:{turn_id}",
                        reason="turn_failed" if state == "failed" else "urgent",
                        opened_at=row["office_now"],
                    )
                    .on_conflict_do_nothing()
                )
            return ids


def _mask(connection: Connection, turn_id: str) -> None:
    """Take personal numbers out of what is kept of an answered message and those merged in."""
    mine = (turns.c.id == turn_id) | (turns.c.merged_into == turn_id)
    for row in connection.execute(select(turns.c.id, turns.c.message).where(mine)).all():
        masked = masked_message(row.message)
        if masked != row.message:
            connection.execute(update(turns).where(turns.c.id == row.id).values(message=masked))


def _is_held(connection: Connection, conversation_id: str) -> bool:
    held = select(conversations.c.held_by_officer).where(conversations.c.id == conversation_id)
    return bool(connection.execute(held.with_for_update()).scalar())


def _earlier(connection: Connection, message: InboundMessage) -> Received | None:
    row = connection.execute(
        select(turns.c.id, turns.c.conversation_id, turns.c.merged_into, turns.c.state).where(
            turns.c.namespace == message.address.namespace,
            turns.c.channel == message.address.channel,
            turns.c.external_id.in_(
                identifiers.marks(connection, identifiers.PLATFORM_ID, message.external_id)
            ),
        )
    ).first()
    if row is None:
        return None
    return Received(
        row.id,
        row.conversation_id,
        duplicate=True,
        merged_into=row.merged_into,
        limited=row.state == "limited",
    )
