"""Searching small texts of the live content, with an index renewed when they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

LONGEST_QUERY = 1000
"""Characters of a message that are searched; what follows rarely adds to the question."""


class TextIndex(Protocol):
    """Finds the nearest of the texts it was built from."""

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Give (key, nearness from 0 to 1), best first, each key once."""
        ...


Documents = Sequence[tuple[str, Sequence[str]]]
"""(key, its texts) pairs; a document is as near as its nearest text."""

IndexMaker = Callable[[Documents], TextIndex]
"""Builds an index of documents."""


class LiveIndex:
    """An index that is rebuilt when its content's revision has changed. Safe in threads."""

    def __init__(
        self,
        make: IndexMaker,
        revision: Callable[[], int],
        documents: Callable[[], Documents],
    ) -> None:
        """Take the index maker, and where revision and documents come from."""
        self._make = make
        self._revision = revision
        self._documents = documents
        self._lock = Lock()
        self._built: tuple[int, TextIndex] | None = None

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Give (key, nearness), best first; nothing for an empty query."""
        words = query.strip()[:LONGEST_QUERY]
        if not words:
            return ()
        return self._current().search(words, limit)

    def _current(self) -> TextIndex:
        revision = self._revision()
        built = self._built
        if built is not None and built[0] == revision:
            return built[1]
        with self._lock:
            if self._built is None or self._built[0] != revision:
                self._built = (revision, self._make(self._documents()))
            return self._built[1]
