"""Unfinished tasks of conversations, on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.storage.postgres.engine import transaction
from izin.storage.postgres.one_look import look_at_drafts
from izin.storage.tables.conversations import drafts
from izin.storage.text import storable


class PostgresDrafts:
    """``izin.ports.Drafts`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction, or answered by an open look."""
        self._engine = engine

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        """Give the draft of one kind, or None."""
        look = look_at_drafts(self._engine, conversation_id)
        if look is not None:
            seen = look.known_drafts().get(kind)
            return dict(json.loads(seen)) if seen is not None else None
        with transaction(self._engine) as connection:
            document = connection.execute(
                select(drafts.c.document).where(
                    drafts.c.conversation_id == conversation_id, drafts.c.kind == kind
                )
            ).scalar()
        return dict(document) if document is not None else None

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        """Store the draft, replacing an earlier one of the kind."""
        document = storable(draft)
        statement = upsert(drafts).values(
            conversation_id=conversation_id, kind=kind, document=document
        )
        look = look_at_drafts(self._engine, conversation_id)
        seen = None if look is None else look.known_drafts()
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["conversation_id", "kind"],
                    set_={"document": statement.excluded.document, "updated_at": func.now()},
                )
            )
        if look is not None and seen is not None:
            look.drafts = {**seen, kind: json.dumps(document)}

    def drop(self, conversation_id: str, kind: str) -> None:
        """Forget the draft."""
        look = look_at_drafts(self._engine, conversation_id)
        seen = None if look is None else look.known_drafts()
        if seen is not None and kind not in seen:
            return
        with transaction(self._engine) as connection:
            connection.execute(
                delete(drafts).where(
                    drafts.c.conversation_id == conversation_id, drafts.c.kind == kind
                )
            )
        if look is not None and seen is not None:
            look.drafts = {name: text for name, text in seen.items() if name != kind}
