"""Unfinished tasks of conversations, on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from izin.storage.postgres.engine import at_once
from izin.storage.postgres.one_look import look_at_drafts, wrote_elsewhere
from izin.storage.text import storable

_GET = (
    "select document from drafts"
    " where conversation_id = cast(%(conversation_id)s as uuid) and kind = %(kind)s"
)
_PUT = (
    "insert into drafts (conversation_id, kind, document)"
    " values (cast(%(conversation_id)s as uuid), %(kind)s, cast(%(document)s as jsonb))"
    " on conflict (conversation_id, kind)"
    " do update set document = excluded.document, updated_at = now()"
)
_DROP = (
    "delete from drafts"
    " where conversation_id = cast(%(conversation_id)s as uuid) and kind = %(kind)s"
)


class PostgresDrafts:
    """``izin.ports.Drafts`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one statement, or answered by an open look."""
        self._engine = engine

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        """Give the draft of one kind, or None."""
        look = look_at_drafts(self._engine, conversation_id)
        if look is not None:
            seen = look.known_drafts().get(kind)
            return dict(json.loads(seen)) if seen is not None else None
        rows = at_once(self._engine, _GET, {"conversation_id": conversation_id, "kind": kind})
        return dict(rows[0].document) if rows else None

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        """Store the draft, replacing an earlier one of the kind."""
        document = json.dumps(storable(draft))
        look = look_at_drafts(self._engine, conversation_id)
        seen = None if look is None else look.known_drafts()
        wrote_elsewhere(self._engine)  # until it is certain what was written
        values = {"conversation_id": conversation_id, "kind": kind, "document": document}
        at_once(self._engine, _PUT, values)
        if look is not None and seen is not None:
            look.drafts = {**seen, kind: document}

    def drop(self, conversation_id: str, kind: str) -> None:
        """Forget the draft."""
        look = look_at_drafts(self._engine, conversation_id)
        seen = None if look is None else look.known_drafts()
        if seen is not None and kind not in seen:
            return
        wrote_elsewhere(self._engine)
        at_once(self._engine, _DROP, {"conversation_id": conversation_id, "kind": kind})
        if look is not None and seen is not None:
            look.drafts = {name: text for name, text in seen.items() if name != kind}
