"""Officers and the conversations they hold, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.officers import IN_CHAT, LEASE, EndedBy, Handling, Line, OfficerSession, Waiting
from izin.replies import Reply
from izin.storage.postgres import officer_queue
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.postgres.replies import store_reply
from izin.storage.tables.conversations import conversations, escalations, turns
from izin.storage.tables.officers import escalation_messages, officer_handlings
from izin.storage.text import storable

_handling = officer_handlings.c


class PostgresOfficers:
    """``izin.ports.Officers`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def beat(self, session: OfficerSession, now: datetime) -> None:
        """Record that an officer is present."""
        with transaction(self._engine) as connection:
            officer_queue.beat(connection, session, now)

    def leave(self, session: str) -> bool:
        """Forget a session."""
        with transaction(self._engine) as connection:
            return officer_queue.leave(connection, session)

    def present(self, now: datetime) -> Sequence[OfficerSession]:
        """Give the sessions present, one per officer."""
        with transaction(self._engine) as connection:
            return officer_queue.present(connection, now)

    def waiting(self) -> Sequence[Waiting]:
        """Give every conversation with an open escalation."""
        with transaction(self._engine) as connection:
            return officer_queue.waiting(connection)

    def handling_times(self, now: datetime) -> Sequence[timedelta]:
        """Give recent handling times."""
        with transaction(self._engine) as connection:
            return officer_queue.handling_times(connection, now)

    def conversation_with(self, conversation_id: str) -> Sequence[Line]:
        """Give what was said between the citizen and officers."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            return officer_queue.conversation_with(connection, conversation_id)

    def leave_message(self, conversation_id: str, turn_id: str) -> bool:
        """Add a turn's message to the newest thing that is open in the chat."""
        with transaction(self._engine) as connection:
            escalation = connection.execute(
                select(escalations.c.id)
                .where(_open_in_chat(conversation_id))
                .order_by(escalations.c.id.desc())
                .limit(1)
            ).scalar()
            if escalation is None:
                return False
            connection.execute(
                upsert(escalation_messages)
                .values(escalation_id=escalation, turn_id=turn_id)
                .on_conflict_do_nothing()
            )
            others = select(func.count()).where(
                escalation_messages.c.escalation_id == escalation,
                escalation_messages.c.turn_id != turn_id,
            )
            return connection.execute(others).scalar() == 0

    def withdraw(self, conversation_id: str, reason: str, now: datetime) -> bool:
        """Close the open escalations of a reason."""
        with transaction(self._engine) as connection:
            closed = (
                update(escalations)
                .where(
                    escalations.c.conversation_id == conversation_id,
                    escalations.c.reason == reason,
                    escalations.c.closed_at.is_(None),
                )
                .values(closed_at=now)
            )
            return connection.execute(closed).rowcount > 0

    def claim(
        self, conversation_id: str, officer: str, role: str, notice: Reply, now: datetime
    ) -> Handling:
        """Give the conversation to an officer; the bot is silent from this commit on."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            _lock(connection, conversation_id)
            held = _active(connection, conversation_id)
            if held is not None and held.officer != officer:
                raise Conflict(f"conversation {conversation_id} is held by another officer")
            if held is not None:
                _renew(connection, held.id, now)
            else:
                self._begin(connection, conversation_id, officer, role, notice, now)
            return _read(_held(connection, conversation_id))

    def handling(self, conversation_id: str) -> Handling | None:
        """Give the hold on a conversation."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            row = _active(connection, conversation_id)
        return None if row is None else _read(row)

    def reply(
        self, conversation_id: str, officer: str, reply: Reply, key: str, now: datetime
    ) -> str:
        """Put an officer's answer into the outbox, once per key."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            _lock(connection, conversation_id)
            held = _active(connection, conversation_id)
            if held is None or held.officer != officer:
                raise Conflict(f"conversation {conversation_id} is not held by this officer")
            _renew(connection, held.id, now, replied_at=now)
            return _tell(connection, held, reply, key)

    def release(self, conversation_id: str, officer: str, notice: Reply, now: datetime) -> bool:
        """End one's own hold as served."""
        _known_shape(conversation_id)
        with transaction(self._engine) as connection:
            _lock(connection, conversation_id)
            held = _active(connection, conversation_id)
            if held is None:
                return False
            if held.officer != officer:
                raise Conflict(f"conversation {conversation_id} is held by another officer")
            _end(connection, held, now, "petugas")
            _close(connection, conversation_id, now)
            _tell(connection, held, notice, "released")
            return True

    def return_to_bot(self, conversation_id: str, turn_id: str, now: datetime) -> bool:
        """End the hold by the citizen's word; told True again when the turn runs again."""
        with transaction(self._engine) as connection:
            if not _lock(connection, conversation_id):
                ended = exists().where(
                    _handling.conversation_id == conversation_id, _handling.ended_in == turn_id
                )
                return bool(connection.execute(select(ended)).scalar())
            held = _active(connection, conversation_id)
            if held is None:
                _let_go(connection, conversation_id)
            else:
                _end(connection, held, now, "warga", turn_id)
            _close(connection, conversation_id, now)
            return True

    def expired(self, now: datetime) -> Sequence[Handling]:
        """Give the holds whose lease has run out."""
        with transaction(self._engine) as connection:
            rows = connection.execute(_handlings().where(_handling.lease_until <= now)).all()
        return [_read(row) for row in rows]

    def expire(self, handling: Handling, notice: Reply, now: datetime) -> bool:
        """End a hold that has run out; what the citizen still waits for stays open."""
        with transaction(self._engine) as connection:
            _lock(connection, handling.conversation_id)
            held = _active(connection, handling.conversation_id)
            if held is None or held.id != handling.id or held.lease_until > now:
                return False
            _end(connection, held, now, "waktu")
            if handling.waits:
                _keep_open(connection, held, now)
            else:
                _close(connection, handling.conversation_id, now)
            _tell(connection, held, notice, "expired")
            return True

    def _begin(
        self,
        connection: Connection,
        conversation_id: str,
        officer: str,
        role: str,
        notice: Reply,
        now: datetime,
    ) -> None:
        connection.execute(
            insert(officer_handlings).values(
                conversation_id=conversation_id,
                officer=storable(officer),
                role=storable(role),
                claimed_at=now,
                lease_until=now + LEASE,
            )
        )
        connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(held_by_officer=True)
        )
        _tell(connection, _held(connection, conversation_id), notice, "claimed")


def move_holds(connection: Connection, older: str, younger: Sequence[str]) -> None:
    """Let what waits for officers follow when conversations become one.

    Of two holds the older conversation's goes on; the other one ends by time.
    """
    connection.execute(
        update(escalations)
        .where(escalations.c.conversation_id.in_(younger))
        .values(conversation_id=older)
    )
    kept = [_active(connection, item) for item in (older, *younger)]
    holds = [row for row in kept if row is not None]
    for row in holds[1:]:
        connection.execute(
            update(officer_handlings)
            .where(_handling.id == row.id)
            .values(ended_at=row.lease_until, ended_by="waktu")
        )
    connection.execute(
        update(officer_handlings)
        .where(_handling.conversation_id.in_(younger))
        .values(conversation_id=older)
    )


def _known_shape(conversation_id: str) -> None:
    if not is_id(conversation_id):
        raise NotFound(f"conversation {conversation_id!r}")


def _lock(connection: Connection, conversation_id: str) -> bool:
    """Lock the conversation, so that no turn is answered meanwhile; gives whether it is held."""
    held = connection.execute(
        select(conversations.c.held_by_officer)
        .where(conversations.c.id == conversation_id)
        .with_for_update()
    ).scalar()
    if held is None:
        raise NotFound(f"conversation {conversation_id}")
    return bool(held)


def _open_in_chat(conversation_id: str) -> Any:
    return (
        (escalations.c.conversation_id == conversation_id)
        & escalations.c.closed_at.is_(None)
        & escalations.c.reason.in_(IN_CHAT)
    )


def _handlings() -> Any:
    unanswered = exists().where(
        turns.c.conversation_id == _handling.conversation_id,
        turns.c.state == "held",
        turns.c.office_now > _handling.replied_at,
    )
    waits = (_handling.replied_at.is_(None) | unanswered).label("waits")
    return select(officer_handlings, waits).where(_handling.ended_at.is_(None))


def _active(connection: Connection, conversation_id: str) -> Row[Any] | None:
    query = _handlings().where(_handling.conversation_id == conversation_id)
    row: Row[Any] | None = connection.execute(query).first()
    return row


def _held(connection: Connection, conversation_id: str) -> Row[Any]:
    row = _active(connection, conversation_id)
    if row is None:
        raise NotFound(f"nobody holds conversation {conversation_id}")
    return row


def _read(row: Row[Any]) -> Handling:
    return Handling(
        id=row.id,
        conversation_id=row.conversation_id,
        officer=row.officer,
        role=row.role,
        claimed_at=row.claimed_at,
        lease_until=row.lease_until,
        replied_at=row.replied_at,
        waits=row.waits,
    )


def _renew(connection: Connection, handling_id: int, now: datetime, **values: Any) -> None:
    connection.execute(
        update(officer_handlings)
        .where(_handling.id == handling_id)
        .values(lease_until=func.greatest(_handling.lease_until, now + LEASE), **values)
    )


def _tell(connection: Connection, held: Any, reply: Reply, what: str) -> str:
    key = f"{officer_queue.OFFICER_KEY}{held.id}:{what}"
    return store_reply(connection, held.conversation_id, reply, key, None)


def _let_go(connection: Connection, conversation_id: str) -> None:
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(held_by_officer=False)
    )


def _end(
    connection: Connection, held: Any, now: datetime, by: EndedBy, turn_id: str | None = None
) -> None:
    connection.execute(
        update(officer_handlings)
        .where(_handling.id == held.id)
        .values(ended_at=now, ended_by=by, ended_in=turn_id)
    )
    _let_go(connection, held.conversation_id)


def _close(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(
        update(escalations).where(_open_in_chat(conversation_id)).values(closed_at=now)
    )


def _keep_open(connection: Connection, held: Any, now: datetime) -> None:
    """See to it that a citizen who waits still has a place: a hold may begin without one."""
    if connection.execute(select(exists().where(_open_in_chat(held.conversation_id)))).scalar():
        return
    connection.execute(
        upsert(escalations)
        .values(
            conversation_id=held.conversation_id,
            key=f"lease:{held.id}",
            reason="minta_petugas",
            opened_at=held.claimed_at,
        )
        .on_conflict_do_nothing()
    )
