"""Searching small texts of the live content, with an index renewed when they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock, Thread
from typing import Protocol

LONGEST_QUERY = 1000
"""Characters of a message that are searched; what follows rarely adds to the question."""


class TextIndex(Protocol):
    """Finds the nearest of the texts it was built from."""

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Give (key, nearness from 0 to 1), best first, each key once."""
        ...

    def asked(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Give (key, share from 0 to 1 of what both tell that is the same), best first."""
        ...


Documents = Sequence[tuple[str, Sequence[str]]]
"""(key, its texts) pairs; a document is as near as its nearest text."""

IndexMaker = Callable[[Documents], TextIndex]
"""Builds an index of documents."""


BUILT_AT_ONCE = 2000
"""Documents that are indexed within a turn (less than a second); more are indexed beside it."""


class LiveIndex:
    """An index that is rebuilt when its content's revision has changed. Safe in threads.

    While a large index is rebuilt, the one before answers: no turn waits for seconds.
    """

    def __init__(
        self,
        make: IndexMaker,
        revision: Callable[[], int],
        documents: Callable[[], Documents],
        built_at_once: int = BUILT_AT_ONCE,
    ) -> None:
        """Take the index maker, and where revision and documents come from."""
        self._make = make
        self._revision = revision
        self._documents = documents
        self._built_at_once = built_at_once
        self._lock = Lock()
        self._built: tuple[int, TextIndex] | None = None
        self._first: Thread | None = None

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Give (key, nearness), best first; nothing for an empty query."""
        words = query.strip()[:LONGEST_QUERY]
        if not words:
            return ()
        return self._current().search(words, limit)

    def asked(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Give (key, share of the telling words that are the same), best first."""
        words = query.strip()[:LONGEST_QUERY]
        return self._current().asked(words, limit) if words else ()

    def warm(self, patience_s: float = 0.0) -> bool:
        """Build the first index beside; says whether there is one after ``patience_s``."""
        if self._built is None and self._lock.acquire(blocking=False):
            self._first = Thread(target=self._build_first, daemon=True)
            self._first.start()
        if self._built is None and self._first is not None:
            self._first.join(patience_s)
        return self._built is not None

    def _build_first(self) -> None:
        try:
            if self._built is None:
                revision = self._revision()
                self._built = (revision, self._make(self._documents()))
        finally:
            self._lock.release()

    def _current(self) -> TextIndex:
        revision = self._revision()
        built = self._built
        if built is not None and built[0] == revision:
            return built[1]
        if built is not None and not self._lock.acquire(blocking=False):
            return built[1]  # somebody is building already
        if built is None:
            self._lock.acquire()
        return self._renewed(revision)

    def _renewed(self, revision: int) -> TextIndex:
        """Renew the index, with the lock held; gives what answers until then."""
        beside = False
        try:
            built = self._built
            if built is not None and built[0] == revision:
                return built[1]
            documents = self._documents()
            if built is None or len(documents) <= self._built_at_once:
                made = self._make(documents)
                self._built = (revision, made)
                return made
            beside = True
            Thread(target=self._build_beside, args=(revision, documents), daemon=True).start()
            return built[1]
        finally:
            if not beside:
                self._lock.release()

    def _build_beside(self, revision: int, documents: Documents) -> None:
        try:
            self._built = (revision, self._make(documents))
        finally:
            self._lock.release()
