"""Answers to sealed complaints, in memory."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from izin.complaints import ComplaintEvent
from izin.conversations import OutboundMessage
from izin.errors import NotFound
from izin.replies import Reply
from izin.storage.complaint_steps import stored_moment
from izin.storage.memory.conversations import ConversationData, Job
from izin.storage.postgres.queue import DELIVERY_QUEUE, MAIL_TASK
from izin.storage.text import storable


@dataclass(slots=True)
class Mail:
    """A queued answer."""

    ticket: str
    key: str
    message: OutboundMessage


class MemoryMail:
    """The ports ``AnonymousMail`` and ``MailRoom`` over the shared tables."""

    def __init__(self, data: ConversationData | None = None) -> None:
        """Take the shared tables (empty ones of its own when none are given)."""
        self.data = data or ConversationData()
        self._mail: dict[str, Mail] = {}

    def queue(self, ticket: str, reply: Reply, key: str, now: datetime) -> bool:
        """Queue an answer once per ``key``."""
        with self.data.lock:
            if ticket not in self.data.sealed_complaints:
                raise NotFound(f"sealed ticket {ticket}")
            here = self.data.filed_by.get(ticket)
            if not here:
                return False
            if any(item.key == key for item in self._mail.values()):
                return True
            mail_id = str(uuid.uuid4())
            self._mail[mail_id] = Mail(
                ticket,
                key,
                OutboundMessage(
                    id=mail_id,
                    conversation_id="",
                    address=self.data.conversations[here].address,
                    reply=storable(replace(reply, choices=()).to_json()),
                    created_at=now,
                ),
            )
            self.data.jobs.append(
                Job(MAIL_TASK, DELIVERY_QUEUE, f"mail:{mail_id}", {"mail_id": mail_id})
            )
            return True

    def message(self, message_id: str) -> OutboundMessage:
        """Give a queued mail with its address."""
        with self.data.lock:
            found = self._known(message_id)
            here = self.data.filed_by.get(found.ticket)
            if not here:
                raise NotFound("the mailbox is gone")
            chat = self.data.conversations[here]
            return replace(
                found.message,
                conversation_id=chat.id,
                address=chat.address,
                last_inbound_at=chat.last_inbound_at,
            )

    def attempt(self, message_id: str) -> int:
        """Count a delivery attempt."""
        with self.data.lock:
            found = self._known(message_id)
            found.message = replace(found.message, attempts=found.message.attempts + 1)
            return found.message.attempts

    def part_accepted(
        self, message_id: str, part: int, external_id: str, parts: int, at: datetime
    ) -> None:
        """Record that the platform took one part."""
        with self.data.lock:
            found = self._known(message_id)
            done = part + 1 >= parts
            found.message = replace(
                found.message,
                sent_parts=max(found.message.sent_parts, part + 1),
                state="accepted" if done else found.message.state,
            )

    def failed(self, message_id: str, error: str, code: str | None, at: datetime) -> None:
        """Give a mail up; an event of the complaint shows it."""
        with self.data.lock:
            found = self._known(message_id)
            if found.message.state != "waiting":
                return
            found.message = replace(found.message, state="failed")
            complaint = self.data.sealed_complaints[found.ticket]
            event = ComplaintEvent(stored_moment(complaint.confidentiality, at), "mail_failed")
            self.data.sealed_complaints[found.ticket] = replace(
                complaint, events=(*complaint.events, event)
            )

    def put_back(self, message_id: str, error: str, code: str | None, at: datetime) -> bool:
        """Keep a mail until the citizen writes again."""
        self._known(message_id)
        return True

    def _known(self, mail_id: str) -> Mail:
        if mail_id not in self._mail:
            raise NotFound(f"mail {mail_id!r}")
        return self._mail[mail_id]
