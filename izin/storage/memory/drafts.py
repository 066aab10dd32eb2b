"""Unfinished tasks of conversations, in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from izin.storage.text import storable


class MemoryDrafts:
    """The port ``Drafts``; drafts are kept as JSON, as a database would."""

    def __init__(self) -> None:
        """Start with no drafts."""
        self._documents: dict[tuple[str, str], str] = {}

    def get(self, conversation_id: str, kind: str) -> dict[str, Any] | None:
        """Give the draft of one kind, or None."""
        document = self._documents.get((conversation_id, kind))
        return None if document is None else dict(json.loads(document))

    def put(self, conversation_id: str, kind: str, draft: Mapping[str, Any]) -> None:
        """Store the draft, replacing an earlier one of the kind."""
        self._documents[conversation_id, kind] = json.dumps(storable(draft))

    def drop(self, conversation_id: str, kind: str) -> None:
        """Forget the draft."""
        self._documents.pop((conversation_id, kind), None)
