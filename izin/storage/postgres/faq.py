"""The published questions and answers, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from izin.faq import FaqEntry
from izin.storage.postgres.revisions import RevisionCache
from izin.storage.postgres.term_rows import read_flat
from izin.storage.tables.content import faq_entries


class PostgresFaqBook:
    """The port ``FaqBook``; every call sees what is published at that moment."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine of our own database."""
        self._cache = RevisionCache(engine, "faq", _load)

    def entries(self) -> Sequence[FaqEntry]:
        """Give every published entry."""
        return self._cache.content()

    def revision(self) -> int:
        """Give a number that grows with every change, so that an index can be renewed."""
        return self._cache.revision()


def _load(connection: Connection) -> tuple[FaqEntry, ...]:
    return read_flat(connection, faq_entries, FaqEntry)
