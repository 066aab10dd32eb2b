"""One conversation for its officer, on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.conversation_room import (
    Background,
    EarlierComplaint,
    EarlierHandling,
    GivenRating,
    HistoryPage,
    Mention,
    Note,
    RoomFile,
    RoomHead,
    Scheduled,
)
from izin.errors import NotFound
from izin.officers import LOOKED_AT
from izin.storage.postgres import identifiers, queue, room_history, scheduled_messages
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.complaints import complaints
from izin.storage.tables.conversations import (
    conversations,
    escalations,
    media_files,
    outbox,
    sent_parts,
)
from izin.storage.tables.officers import officer_handlings
from izin.storage.tables.satisfaction import ratings
from izin.storage.tables.serving import conversation_notes, note_mentions
from izin.storage.text import storable

MOST_BESIDE = 20
"""Earlier complaints, holds and ratings shown of each."""


class PostgresConversationRoom:
    """``izin.ports.ConversationRoom`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def head(self, conversation_id: str) -> RoomHead:
        """Give the conversation."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            row = connection.execute(
                select(conversations).where(conversations.c.id == conversation_id)
            ).first()
        if row is None:
            raise NotFound(f"conversation {conversation_id}")
        return RoomHead(
            id=row.id,
            channel=row.channel,
            namespace=row.namespace,
            held_by_officer=row.held_by_officer,
            verified_phone=row.verified_phone,
            last_inbound_at=row.last_inbound_at,
            group=row.chat_user is not None,
        )

    def history(self, conversation_id: str, before: str | None = None) -> HistoryPage:
        """Give one page of the history."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            return room_history.history(connection, conversation_id, before)

    def open_reasons(self, conversation_id: str) -> Sequence[str]:
        """Give why the conversation waits for an officer."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            found = connection.execute(
                select(escalations.c.reason)
                .where(
                    escalations.c.conversation_id == conversation_id,
                    escalations.c.closed_at.is_(None),
                )
                .order_by(escalations.c.id)
            ).scalars()
            return tuple(dict.fromkeys(found))

    def settle(self, conversation_id: str, now: datetime) -> bool:
        """Close what an officer only has to look at."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            closed = connection.execute(
                update(escalations)
                .where(
                    escalations.c.conversation_id == conversation_id,
                    escalations.c.reason.in_(LOOKED_AT),
                    escalations.c.closed_at.is_(None),
                )
                .values(closed_at=now)
            )
        return closed.rowcount > 0

    def background(self, conversation_id: str) -> Background:
        """Give what is known of the citizen."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            same = select(conversations.c.id).where(
                identifiers.of_same_citizen(connection, conversation_id)
            )
            filed = connection.execute(
                select(
                    complaints.c.ticket,
                    complaints.c.category,
                    complaints.c.state,
                    complaints.c.filed_at,
                )
                .where(complaints.c.conversation_id.in_(same))
                .order_by(complaints.c.filed_at.desc())
                .limit(MOST_BESIDE)
            ).all()
            held = connection.execute(
                select(officer_handlings)
                .where(
                    officer_handlings.c.conversation_id == conversation_id,
                    officer_handlings.c.ended_at.is_not(None),
                )
                .order_by(officer_handlings.c.ended_at.desc())
                .limit(MOST_BESIDE)
            ).all()
            rated = connection.execute(
                select(ratings.c.score, ratings.c.subject, ratings.c.at)
                .where(ratings.c.conversation_id == conversation_id)
                .order_by(ratings.c.id.desc())
                .limit(MOST_BESIDE)
            ).all()
        return Background(
            tuple(EarlierComplaint(r.ticket, r.category, r.state, r.filed_at) for r in filed),
            tuple(
                EarlierHandling(r.officer, r.role, r.claimed_at, r.ended_at, str(r.ended_by))
                for r in held
            ),
            tuple(GivenRating(r.score, r.subject, r.at) for r in rated),
        )

    def file(self, conversation_id: str, media_id: str) -> RoomFile:
        """Give a file of this conversation."""
        if is_id(conversation_id) and is_id(media_id):
            with transaction(self._engine) as connection:
                row = connection.execute(
                    select(media_files).where(
                        media_files.c.id == media_id,
                        media_files.c.conversation_id == conversation_id,
                    )
                ).first()
            if row is not None:
                return room_history.read_file(row)
        raise NotFound(f"file {media_id!r}")

    def write_note(self, note: Note) -> str:
        """Store a note once per key."""
        _known_shape(note.conversation_id)
        with transaction(self._engine) as connection:
            stored = connection.execute(
                upsert(conversation_notes)
                .values(
                    id=str(uuid.uuid4()),
                    conversation_id=note.conversation_id,
                    key=note.key,
                    author=note.author,
                    kind=note.kind.value,
                    text=storable(note.text),
                    details=storable(dict(note.details)),
                    at=note.at,
                )
                .on_conflict_do_nothing()
                .returning(conversation_notes.c.id)
            ).scalar()
            if stored is None:
                known = select(conversation_notes.c.id).where(conversation_notes.c.key == note.key)
                return str(connection.execute(known).scalar_one())
            # No trigger tells of notes: open pages hear of them here.
            news = f"conversation:{note.conversation_id}"
            connection.execute(select(func.pg_notify("tanya_news", news)))
            names = [{"note_id": stored, "account_id": i, "at": note.at} for i in note.mentions]
            if names:
                connection.execute(insert(note_mentions).values(names))
            return str(stored)

    def mentions_of(self, account_id: str, limit: int = 50) -> Sequence[Mention]:
        """Give the notes that name an account."""
        if not is_id(account_id):
            return ()
        with transaction(self._engine) as connection:
            rows = connection.execute(
                select(conversation_notes)
                .join(note_mentions, note_mentions.c.note_id == conversation_notes.c.id)
                .where(note_mentions.c.account_id == account_id)
                .order_by(note_mentions.c.at.desc())
                .limit(limit)
            ).all()
        return [Mention(r.id, r.conversation_id, r.author, r.text, r.at) for r in rows]

    def schedule(self, message: Scheduled, now: datetime) -> str:
        """Store a message to be sent later."""
        _known_shape(message.conversation_id)
        with transaction(self._engine) as connection:
            return scheduled_messages.store(connection, message, now)

    def scheduled(self, conversation_id: str) -> Sequence[Scheduled]:
        """Give what waits or has failed."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            return scheduled_messages.waiting(connection, conversation_id)

    def cancel_scheduled(self, conversation_id: str, scheduled_id: str) -> bool:
        """Cancel a message that waits or has failed."""
        if not (is_id(conversation_id) and is_id(scheduled_id)):
            return False
        with transaction(self._engine) as connection:
            return scheduled_messages.cancel(connection, conversation_id, scheduled_id)

    def send_due(self, now: datetime) -> int:
        """Send what is due, each message in a transaction of its own."""
        done = 0
        while done < scheduled_messages.MOST_AT_ONCE:
            with transaction(self._engine) as connection:
                if not scheduled_messages.send_next(connection, now):
                    break
            done += 1
        return done

    def send_again(self, conversation_id: str, message_id: str, key: str) -> bool:
        """Put a failed message back on its way from its first part that failed."""
        if not (is_id(conversation_id) and is_id(message_id)):
            return False
        with transaction(self._engine) as connection:
            row = connection.execute(
                select(outbox)
                .where(outbox.c.id == message_id, outbox.c.conversation_id == conversation_id)
                .with_for_update()
            ).first()
            if row is None or row.state != "failed" or row.again_key == key:
                return False
            failed = connection.execute(
                select(func.min(sent_parts.c.part)).where(
                    sent_parts.c.outbox_id == message_id, sent_parts.c.status == "failed"
                )
            ).scalar()
            begin = row.sent_parts if failed is None else int(failed)
            connection.execute(
                delete(sent_parts).where(
                    sent_parts.c.outbox_id == message_id, sent_parts.c.part >= begin
                )
            )
            connection.execute(
                update(outbox)
                .where(outbox.c.id == message_id)
                .values(
                    state="waiting",
                    attempts=0,
                    sent_parts=begin,
                    error=None,
                    error_code=None,
                    accepted_at=None,
                    again_key=key,
                )
            )
            queue.defer_delivery(connection, conversation_id, message_id)
            return True


def _known_shape(conversation_id: str) -> None:
    if not is_id(conversation_id):
        raise NotFound(f"conversation {conversation_id!r}")
