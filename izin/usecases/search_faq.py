"""Finds the published answer to a question that no permit field answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from izin.faq import FaqEntry
from izin.ports import FaqBook
from izin.usecases.text_search import IndexMaker, LiveIndex
from izin.words import words_of

SHORTEST_OWN_WORD = 3
"""Shorter words belong to everybody ("di", "ke"), whatever the entries hold."""

MOST_OWNERS = 2
"""A word that more entries know points to none of them."""


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

    def asked(self, text: str, limit: int = 3) -> tuple[FaqHit, ...]:
        """Give the entries whose telling words the text shares, best first.

        Unlike ``search`` this does not depend on how the question is put, so its scores are
        comparable whatever a message was understood as.
        """
        entries = {entry.key: entry for entry in self._book.entries()}
        return tuple(
            FaqHit(entries[key], score)
            for key, score in self._index.asked(text, limit)
            if key in entries
        )

    def entry(self, key: str) -> FaqEntry | None:
        """Give the published entry with this key, or None."""
        return next((entry for entry in self._book.entries() if entry.key == key), None)

    def by_own_words(self, text: str, topic: str) -> FaqEntry | None:
        """Give the entry of a topic that words of a text point to, which few entries know.

        None when there is no such word, or two entries of the topic are pointed to alike.
        """
        said = {word for word in words_of(text) if len(word) >= SHORTEST_OWN_WORD}
        owners: dict[str, set[str]] = {}
        entries = {entry.key: entry for entry in self._book.entries()}
        for entry in entries.values():
            known = {word for own in (entry.question, *entry.variants) for word in words_of(own)}
            for word in said & known:
                owners.setdefault(word, set()).add(entry.key)
        weights: Counter[str] = Counter()
        for keys in owners.values():
            for key in keys:
                if len(keys) <= MOST_OWNERS and entries[key].topic == topic:
                    weights[key] += MOST_OWNERS // len(keys)
        best = weights.most_common(2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1]):
            return None
        return entries[best[0][0]]

    def _documents(self) -> list[tuple[str, list[str]]]:
        return [(entry.key, [entry.question, *entry.variants]) for entry in self._book.entries()]
