"""What officers do about citizens' requests on their own data, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.errors import Conflict, NotFound
from izin.privacy import (
    Outcome,
    PrivacyRequest,
    RequestKind,
    RequestNote,
    RequestState,
    RequestWork,
)
from izin.replies import Reply
from izin.storage.postgres.engine import transaction
from izin.storage.postgres.replies import store_reply
from izin.storage.tables.conversations import conversations, escalations
from izin.storage.tables.privacy import privacy_notes, privacy_requests
from izin.storage.text import storable

_ENDED = (RequestState.DONE.value, RequestState.LAPSED.value)
_asked = privacy_requests.c


class PostgresPrivacyDesk:
    """``izin.ports.PrivacyDesk`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def waiting(self, after: str | None = None, limit: int = 50) -> Sequence[RequestWork]:
        """Give the requests an officer has to act on, the next due first."""
        query = _work().where(_asked.state == RequestState.OPEN.value)
        if after:
            query = query.where(tuple_(_asked.due_at, _asked.ticket) > _place(after))
        with transaction(self._engine) as connection:
            rows = connection.execute(query.order_by(_asked.due_at, _asked.ticket).limit(limit))
            return [_read(row) for row in rows]

    def ended(self, after: str | None = None, limit: int = 50) -> Sequence[RequestWork]:
        """Give the requests that are done or lapsed, the latest due first."""
        query = _work().where(_asked.state.in_(_ENDED))
        if after:
            query = query.where(tuple_(_asked.due_at, _asked.ticket) < _place(after))
        order = (_asked.due_at.desc(), _asked.ticket.desc())
        with transaction(self._engine) as connection:
            return [_read(row) for row in connection.execute(query.order_by(*order).limit(limit))]

    def read(self, ticket: str) -> RequestWork:
        """Give a request with all that is known."""
        with transaction(self._engine) as connection:
            row = connection.execute(_work().where(_asked.ticket == ticket)).first()
            if row is None:
                raise NotFound(f"request {ticket}")
            notes = connection.execute(
                select(privacy_notes)
                .where(privacy_notes.c.ticket == ticket)
                .order_by(privacy_notes.c.id)
            ).all()
        return _read(row, [RequestNote(item.at, item.officer, item.text) for item in notes])

    def take(self, ticket: str, officer: str, now: datetime, seen: str | None = None) -> None:
        """Work on a request."""
        with transaction(self._engine) as connection:
            row = _locked(connection, ticket)
            if row.state != RequestState.OPEN.value:
                raise Conflict(f"request {ticket} needs no officer")
            if row.officer == officer:
                return
            if row.officer not in (None, seen):
                raise Conflict(f"request {ticket} was taken by another officer")
            _change(connection, ticket, officer=officer, taken_at=now)

    def note(self, ticket: str, officer: str, text: str, key: str, now: datetime) -> None:
        """Add a note once per key."""
        with transaction(self._engine) as connection:
            row = _locked(connection, ticket)
            if row.conversation_id is None:
                raise Conflict(f"request {ticket} belongs to no chat any more")
            connection.execute(
                upsert(privacy_notes)
                .values(
                    ticket=ticket,
                    conversation_id=row.conversation_id,
                    key=key,
                    officer=officer,
                    text=storable(text),
                    at=now,
                )
                .on_conflict_do_nothing()
            )

    def close(
        self, ticket: str, officer: str, outcome: Outcome, answer: Reply, key: str, now: datetime
    ) -> bool:
        """End a request, tell the citizen and close what it had opened."""
        with transaction(self._engine) as connection:
            row = _locked(connection, ticket)
            if row.closing_key == key:
                return False
            if row.state != RequestState.OPEN.value or row.officer not in (None, officer):
                raise Conflict(f"request {ticket} was changed by another officer")
            _change(
                connection,
                ticket,
                state=RequestState.DONE.value,
                finished_at=now,
                officer=officer,
                taken_at=row.taken_at or now,
                outcome=outcome.value,
                closing_key=key,
                details={},
            )
            if row.conversation_id is not None:
                store_reply(connection, row.conversation_id, answer, f"hak_data:{ticket}", None)
                connection.execute(
                    update(escalations)
                    .where(
                        escalations.c.conversation_id == row.conversation_id,
                        escalations.c.note == ticket,
                        escalations.c.closed_at.is_(None),
                    )
                    .values(closed_at=now)
                )
            return True


def _work() -> Select[Any]:
    return select(
        privacy_requests,
        conversations.c.channel,
        conversations.c.verified_phone,
        conversations.c.namespace,
    ).outerjoin(conversations, conversations.c.id == _asked.conversation_id)


def _place(ticket: str) -> Any:
    here = privacy_requests.alias()
    return select(here.c.due_at, here.c.ticket).where(here.c.ticket == ticket).scalar_subquery()


def _locked(connection: Connection, ticket: str) -> Row[Any]:
    query = select(privacy_requests).where(_asked.ticket == ticket).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"request {ticket}")
    return row


def _change(connection: Connection, ticket: str, **values: Any) -> None:
    connection.execute(update(privacy_requests).where(_asked.ticket == ticket).values(**values))


def _read(row: Row[Any], notes: Sequence[RequestNote] = ()) -> RequestWork:
    request = PrivacyRequest(
        ticket=row.ticket,
        kind=RequestKind(row.kind),
        state=RequestState(row.state),
        requested_at=row.requested_at,
        due_at=row.due_at,
        conversation_id=row.conversation_id,
        finished_at=row.finished_at,
        needs_officer=row.needs_officer,
        details=row.details,
    )
    return RequestWork(
        request=request,
        officer=row.officer,
        taken_at=row.taken_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        channel=row.channel,
        phone=row.verified_phone,
        simulated=row.namespace == "simulator",
        notes=tuple(notes),
    )
