"""Citizens' requests about their own data, and what they were told and allowed, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from izin.errors import Conflict, NotFound
from izin.privacy import PrivacyRequest, RequestKind, RequestState
from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import chat_aliases
from izin.storage.tables.privacy import privacy_consents, privacy_notices, privacy_requests
from izin.storage.text import storable

FINISHED = (RequestState.DONE.value, RequestState.LAPSED.value)


class PostgresPrivacyRequests:
    """``izin.ports.PrivacyRequests`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def open(self, request: PrivacyRequest, turn_id: str, step: str) -> PrivacyRequest:
        """Store a new request once; gives the stored one."""
        key = f"{turn_id}:{step}"
        try:
            with transaction(self._engine) as connection:
                earlier = _read(connection, privacy_requests.c.key == key)
                if earlier:
                    return earlier[0]
                connection.execute(
                    insert(privacy_requests).values(
                        ticket=request.ticket,
                        key=key,
                        conversation_id=request.conversation_id,
                        kind=request.kind.value,
                        state=request.state.value,
                        requested_at=request.requested_at,
                        due_at=request.due_at,
                        finished_at=request.finished_at,
                        needs_officer=request.needs_officer,
                        details=storable(dict(request.details)),
                    )
                )
                return _read(connection, privacy_requests.c.key == key)[0]
        except IntegrityError as error:
            with transaction(self._engine) as connection:
                earlier = _read(connection, privacy_requests.c.key == key)
            if earlier:
                return earlier[0]
            raise Conflict(f"ticket {request.ticket} is taken") from error

    def of_conversation(self, conversation_id: str) -> Sequence[PrivacyRequest]:
        """Give the requests made in a chat, newest first."""
        with transaction(self._engine) as connection:
            return _read(connection, privacy_requests.c.conversation_id == conversation_id)

    def finish(self, ticket: str, now: datetime, details: Mapping[str, Any]) -> PrivacyRequest:
        """Close a request, replacing its details."""
        with transaction(self._engine) as connection:
            connection.execute(
                update(privacy_requests)
                .where(
                    privacy_requests.c.ticket == ticket,
                    privacy_requests.c.state.not_in(FINISHED),
                )
                .values(
                    state=RequestState.DONE.value,
                    finished_at=now,
                    details=storable(dict(details)),
                )
            )
            return _one(connection, ticket)

    def begin_erasure(self, ticket: str) -> None:
        """Cut the request's chat off from its address."""
        with transaction(self._engine) as connection:
            request = _one(connection, ticket)
            connection.execute(
                delete(chat_aliases).where(
                    chat_aliases.c.conversation_id == request.conversation_id
                )
            )


class PostgresPrivacyChoices:
    """``izin.ports.PrivacyChoices`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def show_notice(self, conversation_id: str, version: str, turn_id: str, now: datetime) -> bool:
        """Say whether this turn has to show the notice, and remember that it did."""
        with transaction(self._engine) as connection:
            seen = connection.execute(
                select(privacy_notices.c.version, privacy_notices.c.turn_id).where(
                    privacy_notices.c.conversation_id == conversation_id
                )
            ).first()
            if seen is not None and seen.version == version:
                return bool(seen.turn_id == turn_id)
            statement = upsert(privacy_notices).values(
                conversation_id=conversation_id, version=version, turn_id=turn_id, shown_at=now
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["conversation_id"],
                    set_={
                        name: statement.excluded[name]
                        for name in ("version", "turn_id", "shown_at")
                    },
                )
            )
        return True

    def record(
        self, conversation_id: str, purpose: str, given: bool, version: str, now: datetime,
        turn_id: str,
    ) -> None:  # fmt: skip
        """Store what a citizen allows or stops, once per turn."""
        with transaction(self._engine) as connection:
            connection.execute(
                upsert(privacy_consents)
                .values(
                    conversation_id=conversation_id,
                    purpose=purpose,
                    given=given,
                    version=version,
                    at=now,
                    turn_id=turn_id,
                )
                .on_conflict_do_nothing()
            )

    def consents(self, conversation_id: str) -> Mapping[str, bool]:
        """Give the citizen's last word by purpose."""
        with transaction(self._engine) as connection:
            rows = connection.execute(
                select(privacy_consents.c.purpose, privacy_consents.c.given)
                .where(privacy_consents.c.conversation_id == conversation_id)
                .order_by(privacy_consents.c.id)
            ).all()
        return {row.purpose: row.given for row in rows}


def _one(connection: Connection, ticket: str) -> PrivacyRequest:
    found = _read(connection, privacy_requests.c.ticket == ticket)
    if not found:
        raise NotFound(f"request {ticket}")
    return found[0]


def _read(connection: Connection, condition: Any) -> list[PrivacyRequest]:
    rows = connection.execute(
        select(privacy_requests)
        .where(condition)
        .order_by(privacy_requests.c.requested_at.desc(), privacy_requests.c.ticket)
    ).all()
    return [_request(row) for row in rows]


def _request(row: Row[Any]) -> PrivacyRequest:
    return PrivacyRequest(
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
