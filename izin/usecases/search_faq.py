"""Finds the published answer to a question that no permit field answers."""

from __future__ import annotations

from dataclasses import dataclass

from izin.faq import FaqEntry
from izin.ports import FaqBook
from izin.usecases.text_search import IndexMaker, LiveIndex


@dataclass(frozen=True, slots=True)
class FaqHit:
    """An entry and how near its question is to the message (0 to 1)."""

    entry: FaqEntry
    score: float


class SearchFaq:
    """Searches questions and their variants among the published entries."""

    def __init__(self, book: FaqBook, make_index: IndexMaker) -> None:
        """Take the published entries and the way to index them."""
        self._book = book
        self._index = LiveIndex(make_index, book.revision, self._documents)

    def search(self, text: str, limit: int = 3) -> tuple[FaqHit, ...]:
        """Give the nearest entries, best first."""
        entries = {entry.key: entry for entry in self._book.entries()}
        return tuple(
            FaqHit(entries[key], score)
            for key, score in self._index.search(text, limit)
            if key in entries
        )

    def entry(self, key: str) -> FaqEntry | None:
        """Give the published entry with this key, or None."""
        return next((entry for entry in self._book.entries() if entry.key == key), None)

    def _documents(self) -> list[tuple[str, list[str]]]:
        return [(entry.key, [entry.question, *entry.variants]) for entry in self._book.entries()]
