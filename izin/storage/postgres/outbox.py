"""The outbox on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from sqlalchemy import Connection, Engine, Row, Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversations import ChatAddress, DeliveryReceipt, OutboundMessage
from izin.errors import NotFound
from izin.storage.postgres import identifiers, queue
from izin.storage.postgres.engine import at_once, is_id, transaction
from izin.storage.postgres.notices import lose_touch, put_back
from izin.storage.receipts import NEEDS_THE_CITIZEN, moves_forward, unreachable
from izin.storage.tables.conversations import (
    conversations,
    escalations,
    outbox,
    receipts,
    sent_parts,
)
from izin.storage.tables.following import notices

_ONLY_PART: LiteralString = """
WITH mail AS (
    SELECT outbox.id, chat.namespace, chat.channel
      FROM outbox JOIN conversations AS chat ON chat.id = outbox.conversation_id
     WHERE outbox.id = %(message)s AND NOT EXISTS (
        SELECT 1 FROM receipts
         WHERE receipts.namespace = chat.namespace AND receipts.channel = chat.channel
           AND receipts.external_id = ANY (%(known)s))),
part AS (
    INSERT INTO sent_parts (outbox_id, part, namespace, channel, external_id, status_at)
    SELECT id, 0, namespace, channel, %(external_id)s, %(at)s FROM mail ON CONFLICT DO NOTHING),
ended AS (
    DELETE FROM procrastinate_jobs
     WHERE id = %(job)s AND status = 'doing' AND EXISTS (SELECT 1 FROM mail))
UPDATE outbox
   SET sent_parts = greatest(sent_parts, 1),
       state = CASE WHEN state = 'waiting' THEN 'accepted' ELSE state END,
       accepted_at = CASE WHEN state = 'waiting' THEN %(at)s ELSE accepted_at END
  FROM mail WHERE outbox.id = mail.id
RETURNING outbox.id, mail.channel
"""

_EARLY: LiteralString = """
SELECT namespace, channel, status, error_code, at FROM receipts
 WHERE external_id = ANY (%(known)s) ORDER BY at
"""

_TELLS_NOTHING = frozenset({"telegram"})
"""Channels whose platforms send no receipts."""


class PostgresOutbox:
    """``izin.ports.Outbox`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def message(self, message_id: str) -> OutboundMessage:
        """Give an outbox message."""
        _known_shape(message_id)
        job = queue.running.get()
        if job is not None and job.job.message is not None and job.job.argument == message_id:
            return job.job.message  # stored by this worker a moment ago
        with transaction(self._engine) as connection:
            row = connection.execute(_messages().where(outbox.c.id == message_id)).first()
        if row is None:
            raise NotFound(f"outbox message {message_id}")
        return _message(row)

    def attempt(self, message_id: str) -> int:
        """Count a delivery attempt."""
        _known_shape(message_id)
        with transaction(self._engine) as connection:
            count = connection.execute(
                update(outbox)
                .where(outbox.c.id == message_id)
                .values(attempts=outbox.c.attempts + 1)
                .returning(outbox.c.attempts)
            ).scalar()
        if count is None:
            raise NotFound(f"outbox message {message_id}")
        return int(count)

    def part_accepted(
        self, message_id: str, part: int, external_id: str, parts: int, at: datetime
    ) -> None:
        """Record that the platform took one part."""
        _known_shape(message_id)
        if part == 0 and parts == 1 and self._only_part_accepted(message_id, external_id, at):
            return
        with transaction(self._engine) as connection:
            row = connection.execute(_messages().where(outbox.c.id == message_id)).first()
            if row is None:
                raise NotFound(f"outbox message {message_id}")
            connection.execute(
                upsert(sent_parts)
                .values(
                    outbox_id=message_id,
                    part=part,
                    namespace=row.namespace,
                    channel=row.channel,
                    external_id=identifiers.mark(connection, identifiers.PLATFORM_ID, external_id),
                    status_at=at,
                )
                .on_conflict_do_nothing()
            )
            values: dict[str, object] = {"sent_parts": func.greatest(outbox.c.sent_parts, part + 1)}
            if part + 1 >= parts:
                # An earlier part may have failed by its receipt: that stays so.
                waiting = outbox.c.state == "waiting"
                values["state"] = case((waiting, "accepted"), else_=outbox.c.state)
                values["accepted_at"] = case((waiting, at), else_=outbox.c.accepted_at)
            connection.execute(update(outbox).where(outbox.c.id == message_id).values(**values))
        self._catch_up(external_id)

    def _catch_up(self, external_id: str) -> None:
        """Apply receipts that overtook the answer to our own request.

        After the commit of the part, as :meth:`receipt` looks for the part after its own: so
        one of the two sees the other, however close they are.
        """
        known = identifiers.marks(self._engine, identifiers.PLATFORM_ID, external_id)
        early = at_once(self._engine, _EARLY, {"known": known})
        if early:
            with transaction(self._engine) as connection:
                for receipt in early:
                    _apply(connection, external_id, receipt.namespace, receipt.channel, receipt)

    def _only_part_accepted(self, message_id: str, external_id: str, at: datetime) -> bool:
        """Record the only part, and the end of the job that sent it, by one statement.

        False, and nothing done, if its receipt overtook the answer to our own request.
        """
        job = queue.running.get()
        mine = job is not None and job.job.argument == message_id
        rows = at_once(
            self._engine,
            _ONLY_PART,
            {
                "message": message_id,
                "external_id": identifiers.mark(self._engine, identifiers.PLATFORM_ID, external_id),
                "known": identifiers.marks(self._engine, identifiers.PLATFORM_ID, external_id),
                "at": at,
                "job": job.job.id if mine and job is not None else None,
            },
        )
        if mine and job is not None:
            job.finished = bool(rows)
        if any(row.channel not in _TELLS_NOTHING for row in rows):
            self._catch_up(external_id)
        return bool(rows)

    def failed(self, message_id: str, error: str, code: str | None, at: datetime) -> None:
        """Give a message up and open the conversation to an officer."""
        with transaction(self._engine) as connection:
            conversation_id = connection.execute(
                update(outbox)
                .where(outbox.c.id == message_id, outbox.c.state == "waiting")
                .values(state="failed", error=error, error_code=code)
                .returning(outbox.c.conversation_id)
            ).scalar()
            if conversation_id is not None:
                _escalate(connection, str(conversation_id), f"delivery:{message_id}", at)

    def put_back(self, message_id: str, error: str, code: str | None, at: datetime) -> bool:
        """Keep a notice until the citizen writes again; False if it is none."""
        with transaction(self._engine) as connection:
            channel = connection.execute(
                select(conversations.c.channel)
                .join(outbox, outbox.c.conversation_id == conversations.c.id)
                .where(outbox.c.id == message_id)
            ).scalar()
            return _put_back(connection, message_id, error, code, str(channel), at)

    def receipt(self, receipt: DeliveryReceipt) -> None:
        """Record a receipt; a part's status only moves forward."""
        with transaction(self._engine) as connection:
            connection.execute(
                upsert(receipts)
                .values(
                    namespace=receipt.namespace,
                    channel=receipt.channel,
                    external_id=identifiers.mark(
                        connection, identifiers.PLATFORM_ID, receipt.external_id
                    ),
                    status=receipt.status,
                    at=receipt.at,
                    error_code=receipt.error_code,
                )
                .on_conflict_do_nothing()
            )
        with transaction(self._engine) as connection:  # see _catch_up
            _apply(connection, receipt.external_id, receipt.namespace, receipt.channel, receipt)

    def delivered_since(
        self, namespace: str, channel: str, chat: str, after: str | None
    ) -> Sequence[OutboundMessage]:
        """Give accepted messages of a chat after an outbox id, oldest first."""
        query = _messages().where(
            conversations.c.namespace == namespace,
            conversations.c.channel == channel,
            outbox.c.state == "accepted",
        )
        if after and is_id(after):
            earlier = select(outbox.c.seq).where(outbox.c.id == after).scalar_subquery()
            query = query.where(outbox.c.seq > func.coalesce(earlier, 0))
        with transaction(self._engine) as connection:
            query = query.where(identifiers.has_chat(connection, chat))
            rows = connection.execute(query.order_by(outbox.c.seq).limit(200)).all()
        return [_message(row) for row in rows]

    def of_turn(self, turn_id: str) -> Sequence[OutboundMessage]:
        """Give the messages of one turn, oldest first."""
        query = _messages().where(outbox.c.turn_id == turn_id).order_by(outbox.c.seq)
        with transaction(self._engine) as connection:
            return [_message(row) for row in connection.execute(query).all()]


def _known_shape(message_id: str) -> None:
    if not is_id(message_id):
        raise NotFound(f"outbox message {message_id!r}")


def _messages() -> Select[Any]:
    return select(
        outbox,
        conversations.c.namespace,
        conversations.c.channel,
        conversations.c.chat,
        conversations.c.chat_user,
        conversations.c.last_inbound_at,
        notices.c.kind.label("notice_kind"),
        notices.c.template_values,
    ).select_from(
        outbox.join(conversations, conversations.c.id == outbox.c.conversation_id).outerjoin(
            notices, notices.c.outbox_id == outbox.c.id
        )
    )


def _message(row: Row[Any]) -> OutboundMessage:
    return OutboundMessage(
        id=row.id,
        conversation_id=row.conversation_id,
        address=ChatAddress(row.channel, row.chat, row.namespace, row.chat_user),
        reply=row.reply,
        choice_ids=tuple(row.choice_ids),
        turn_id=row.turn_id,
        state=row.state,
        attempts=row.attempts,
        sent_parts=row.sent_parts,
        last_inbound_at=row.last_inbound_at,
        created_at=row.created_at,
        notice_kind=row.notice_kind,
        template_values=tuple(row.template_values or ()),
    )


def _put_back(
    connection: Connection, message_id: str, error: str, code: str | None, channel: str,
    at: datetime,
) -> bool:  # fmt: skip
    if unreachable(channel, code):
        lost = lose_touch(connection, message_id)
        if lost is None:
            return False
        chat, is_news = lost
        if is_news:
            _escalate(connection, chat, f"unreachable:{message_id}", at)
    elif put_back(connection, message_id) is None:
        return False
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(state="failed", error=error, error_code=code)
    )
    return True


def _apply(
    connection: Connection, external_id: str, namespace: str, channel: str, receipt: Any
) -> None:
    part = connection.execute(
        select(sent_parts)
        .where(
            sent_parts.c.namespace == namespace,
            sent_parts.c.channel == channel,
            sent_parts.c.external_id.in_(
                identifiers.marks(connection, identifiers.PLATFORM_ID, external_id)
            ),
        )
        .with_for_update()
    ).first()
    if part is None or not moves_forward(part.status, receipt.status):
        return
    code = receipt.error_code
    late = receipt.status == "failed" and (code in NEEDS_THE_CITIZEN or unreachable(channel, code))
    if late and _put_back(connection, part.outbox_id, "receipt", code, channel, receipt.at):
        pass  # it is told when the citizen writes again
    elif receipt.status == "failed":
        message = connection.execute(
            update(outbox)
            .where(outbox.c.id == part.outbox_id, outbox.c.state != "failed")
            .values(state="failed", error="receipt", error_code=receipt.error_code)
            .returning(outbox.c.conversation_id)
        ).scalar()
        if message is not None:
            _escalate(connection, str(message), f"delivery:{part.outbox_id}", receipt.at)
    connection.execute(
        update(sent_parts)
        .where(sent_parts.c.outbox_id == part.outbox_id, sent_parts.c.part == part.part)
        .values(status=receipt.status, status_at=receipt.at)
    )


def _escalate(connection: Connection, conversation_id: str, key: str, at: datetime) -> None:
    connection.execute(
        upsert(escalations)
        .values(conversation_id=conversation_id, key=key, reason="delivery_failed", opened_at=at)
        .on_conflict_do_nothing()
    )
