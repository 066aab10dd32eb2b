"""Content kept in memory for as long as its revision in the database stays the same."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, LiteralString, TypeVar

from sqlalchemy import Connection, Engine, select

from izin.storage.postgres.engine import at_once, transaction
from izin.storage.postgres.one_look import look_at
from izin.storage.tables.content import content_revisions

Content = TypeVar("Content")

_REVISION: LiteralString = """
SELECT revision FROM content_revisions WHERE subject = %(subject)s
"""


class RevisionCache(Generic[Content]):
    """Loads one subject's content again only after it changed; safe among threads.

    Each use costs one small query, so that a published change is seen by every process
    at its next question. Within a look (see ``one_look``) all uses share one.
    """

    def __init__(self, engine: Engine, subject: str, load: Callable[[Connection], Content]) -> None:
        """Take the row of ``content_revisions`` to watch and what reads the content."""
        self._engine = engine
        self._subject = subject
        # Revision and content must be of the same moment.
        self._loading = engine.execution_options(isolation_level="REPEATABLE READ")
        self._query = select(content_revisions.c.revision).where(
            content_revisions.c.subject == subject
        )
        self._load = load
        self._lock = Lock()
        self._kept: tuple[int, Content] | None = None

    def revision(self) -> int:
        """Give the revision in the database now.

        Raises:
            StorageUnavailable: Our database does not answer.
        """
        look = look_at(self._engine)
        if look is not None and self._subject in (seen := look.known_revisions()):
            return int(seen[self._subject])
        # One statement needs no transaction of its own: this spares two round trips.
        [row] = at_once(self._engine, _REVISION, {"subject": self._subject})
        return int(row.revision)

    def content(self) -> Content:
        """Give the content as it is in the database now.

        Raises:
            StorageUnavailable: Our database does not answer.
        """
        return self.both()[1]

    def both(self) -> tuple[int, Content]:
        """Give the content as it is in the database now, and its revision.

        Raises:
            StorageUnavailable: Our database does not answer.
        """
        revision = self.revision()
        kept = self._kept
        if kept is not None and kept[0] == revision:
            return kept
        with self._lock:
            kept = self._kept
            if kept is None or kept[0] != revision:
                with transaction(self._loading) as connection:
                    loaded_revision = int(connection.execute(self._query).scalar_one())
                    kept = (loaded_revision, self._load(connection))
                self._kept = kept
            look = look_at(self._engine)
            if look is not None:
                look.known_revisions()[self._subject] = kept[0]
            return kept
