"""Unfinished tasks of conversations, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.storage.postgres.engine import transaction
from izin.storage.tables.conversations import drafts
from izin.storage.text import storable


class PostgresDrafts:
    """``izin.ports.Drafts`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        """Give the draft of one kind, or None."""
        with transaction(self._engine) as connection:
            document = connection.execute(
                select(drafts.c.document).where(
                    drafts.c.conversation_id == conversation_id, drafts.c.kind == kind
                )
            ).scalar()
        return dict(document) if document is not None else None

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        """Store the draft, replacing an earlier one of the kind."""
        statement = upsert(drafts).values(
            conversation_id=conversation_id, kind=kind, document=storable(draft)
        )
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["conversation_id", "kind"],
                    set_={"document": statement.excluded.document, "updated_at": func.now()},
                )
            )

    def drop(self, conversation_id: str, kind: str) -> None:
        """Forget the draft."""
        with transaction(self._engine) as connection:
            connection.execute(
                delete(drafts).where(
                    drafts.c.conversation_id == conversation_id, drafts.c.kind == kind
                )
            )
