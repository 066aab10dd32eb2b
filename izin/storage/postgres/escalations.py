"""Conversations opened to an officer, and pushed notices, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Engine, delete
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import escalations
from izin.storage.text import storable


class PostgresEscalations:
    """``izin.ports.Escalations`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def open(
        self,
        conversation_id: str,
        reason: str,
        now: datetime,
        key: str,
        note: str = "",
        respond_by: date | None = None,
    ) -> bool:
        """Open the conversation to an officer once per ``key``."""
        with transaction(self._engine) as connection:
            opened = connection.execute(
                upsert(escalations)
                .values(
                    conversation_id=conversation_id,
                    key=key,
                    reason=reason,
                    note=storable(note),
                    opened_at=now,
                    respond_by=respond_by,
                )
                .on_conflict_do_nothing()
                .returning(escalations.c.id)
            ).scalar()
        return opened is not None

    def take_back(self, conversation_id: str, keys: Sequence[str]) -> None:
        """Undo the openings of a conversation with these keys."""
        with transaction(self._engine) as connection:
            connection.execute(
                delete(escalations).where(
                    escalations.c.conversation_id == conversation_id,
                    escalations.c.key.in_(list(keys)),
                )
            )
