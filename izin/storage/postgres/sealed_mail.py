"""Answers to sealed complaints, on PostgreSQL.

Whoever writes one names the ticket. Only the delivery worker opens the mailbox, at the
moment of sending; neither outbox nor conversation ever shows the message.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.complaints import Confidentiality
from izin.conversations import ChatAddress, OutboundMessage
from izin.errors import NotFound
from izin.replies import Reply
from izin.storage.complaint_steps import stored_moment
from izin.storage.postgres import queue
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.complaints import sealed_complaints, sealed_events
from izin.storage.tables.conversations import conversations
from izin.storage.tables.sealed import mail, mailboxes
from izin.storage.text import storable
from izin.storage.vault import Vault

WAITING, HELD, ACCEPTED, FAILED = "waiting", "held", "accepted", "failed"
WINDOW = timedelta(hours=24)
"""WhatsApp takes an answer this long after the citizen's last message."""


class PostgresAnonymousMail:
    """``izin.ports.AnonymousMail`` on our own PostgreSQL; opens no mailbox."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; the console queues answers and has no key."""
        self._engine = engine

    def queue(self, ticket: str, reply: Reply, key: str, now: datetime) -> bool:
        """Queue an answer once per ``key``; False when its mailbox is gone."""
        with transaction(self._engine) as connection:
            if _addressed(connection, ticket) == (None, None):
                return False
            made = connection.execute(
                upsert(mail)
                .values(
                    id=str(uuid.uuid4()),
                    ticket=ticket,
                    key=key,
                    reply=storable(replace(reply, choices=()).to_json()),
                    queued_at=now,
                )
                .on_conflict_do_nothing()
                .returning(mail.c.id)
            ).scalar()
            if made is not None:
                _defer(connection, ticket, str(made))
            return True


class PostgresMailRoom:
    """``izin.ports.MailRoom`` on our own PostgreSQL."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        """Take the engine and the vault that opens mailboxes."""
        self._engine = engine
        self._vault = vault

    def message(self, message_id: str) -> OutboundMessage:
        """Give a queued mail with its address."""
        with transaction(self._engine) as connection:
            row = _row(connection, message_id)
            chat = _chat(connection, self._vault, row.ticket)
        return OutboundMessage(
            id=row.id,
            conversation_id=chat.id,
            address=ChatAddress(chat.channel, chat.chat, chat.namespace, chat.chat_user),
            reply=row.reply,
            state="waiting" if row.state in (WAITING, HELD) else row.state,
            attempts=row.attempts,
            sent_parts=row.sent_parts,
            last_inbound_at=chat.last_inbound_at,
            created_at=row.queued_at,
        )

    def attempt(self, message_id: str) -> int:
        """Count a delivery attempt."""
        with transaction(self._engine) as connection:
            count = connection.execute(
                update(mail)
                .where(mail.c.id == _row(connection, message_id).id)
                .values(attempts=mail.c.attempts + 1)
                .returning(mail.c.attempts)
            ).scalar_one()
        return int(count)

    def part_accepted(
        self, message_id: str, part: int, external_id: str, parts: int, at: datetime
    ) -> None:
        """Record that the platform took one part; the platform's id would name the chat."""
        values: dict[str, Any] = {"sent_parts": func.greatest(mail.c.sent_parts, part + 1)}
        if part + 1 >= parts:
            values |= {"state": ACCEPTED, "accepted_at": at}
        self._change(message_id, values)

    def failed(self, message_id: str, error: str, code: str | None, at: datetime) -> None:
        """Give a mail up; an event of the complaint shows it at the desk."""
        with transaction(self._engine) as connection:
            row = _row(connection, message_id)
            if row.state in (ACCEPTED, FAILED):
                return
            connection.execute(
                update(mail)
                .where(mail.c.id == row.id)
                .values(state=FAILED, error=error, error_code=code)
            )
            connection.execute(
                sealed_events.insert().values(
                    ticket=row.ticket,
                    at=stored_moment(Confidentiality.ANONYMOUS, at),
                    kind="mail_failed",
                )
            )

    def put_back(self, message_id: str, error: str, code: str | None, at: datetime) -> bool:
        """Keep a mail until the citizen writes again."""
        self._change(message_id, {"state": HELD, "error": error, "error_code": code})
        return True

    def _change(self, message_id: str, values: dict[str, Any]) -> None:
        with transaction(self._engine) as connection:
            row = _row(connection, message_id)
            connection.execute(update(mail).where(mail.c.id == row.id).values(**values))


def send_held_mail(engine: Engine, vault: Vault, now: datetime) -> int:
    """Queue mail again whose citizen has written meanwhile; gives how much."""
    sent = 0
    with transaction(engine) as connection:
        held = connection.execute(
            select(mail.c.id, mail.c.ticket)
            .where(mail.c.state == HELD)
            .order_by(mail.c.queued_at)
            .with_for_update(skip_locked=True)
        ).all()
        for row in held:
            try:
                heard = _chat(connection, vault, row.ticket).last_inbound_at
            except NotFound:
                connection.execute(delete(mail).where(mail.c.id == row.id))
                continue
            if heard is not None and now - heard < WINDOW:
                connection.execute(update(mail).where(mail.c.id == row.id).values(state=WAITING))
                _defer(connection, row.ticket, str(row.id))
                sent += 1
    return sent


def _defer(connection: Connection, ticket: str, mail_id: str) -> None:
    # One after the other for each ticket. The queue's tables do not name it: who sees them but
    # not the schema `sealed` cannot find the ticket by trying, since the mark lies there.
    mark = connection.execute(
        select(sealed_complaints.c.owner_mark).where(sealed_complaints.c.ticket == ticket)
    ).scalar_one()
    name = hashlib.sha256(f"queue:{mark}:{ticket}".encode()).hexdigest()[:32]
    queue.defer_mail(connection, f"mail:{name}", mail_id)


def _row(connection: Connection, mail_id: str) -> Row[Any]:
    row = None
    if is_id(mail_id):
        row = connection.execute(select(mail).where(mail.c.id == mail_id)).first()
    if row is None:
        raise NotFound(f"mail {mail_id!r}")
    return row


def _addressed(connection: Connection, ticket: str) -> tuple[str | None, str | None]:
    """Give the known conversation of a ticket and the locked one of its mailbox."""
    row = connection.execute(
        select(sealed_complaints.c.conversation_id, mailboxes.c.locked_conversation)
        .outerjoin(mailboxes, mailboxes.c.ticket == sealed_complaints.c.ticket)
        .where(sealed_complaints.c.ticket == ticket)
    ).first()
    if row is None:
        raise NotFound(f"sealed ticket {ticket}")
    return row.conversation_id, row.locked_conversation


def _chat(connection: Connection, vault: Vault, ticket: str) -> Row[Any]:
    known, locked = _addressed(connection, ticket)
    if known is None and locked is None:
        raise NotFound("the mailbox is gone")
    here = conversations.c.id == (known or vault.unlock(str(locked)))
    chat = connection.execute(select(conversations).where(here)).first()
    if chat is None:
        raise NotFound("the chat is gone")
    return chat


def bound_often(engine: Engine, vault: Vault) -> dict[str, Callable[[datetime], int]]:
    """Give the jobs that run every minute, by name."""
    return {"send_held_mail": partial(send_held_mail, engine, vault)}
