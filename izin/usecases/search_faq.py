"""Finds the published answer to a question that no permit field answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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


class _Shelf:
    """Entries by key and by word: with thousands, no turn may walk through all of them."""

    def __init__(self, entries: Sequence[FaqEntry]) -> None:
        self.entries = entries
        self.by_key = {entry.key: entry for entry in entries}
        self._owners: dict[str, tuple[str, ...]] | None = None

    def owners(self) -> Mapping[str, tuple[str, ...]]:
        """Give the keys of the few entries that know a word; laid out when first asked for."""
        if self._owners is None:
            owners: dict[str, set[str]] = {}
            for entry in self.by_key.values():
                for text in (entry.question, *entry.variants):
                    for word in words_of(text):
                        owners.setdefault(word, set()).add(entry.key)
            self._owners = {
                word: tuple(keys) for word, keys in owners.items() if len(keys) <= MOST_OWNERS
            }
        return self._owners


class SearchFaq:
    """Searches questions and their variants among the published entries."""

    def __init__(self, book: FaqBook, make_index: IndexMaker) -> None:
        """Take the published entries and the way to index them."""
        self._book = book
        self._index = LiveIndex(make_index, book.revision, self._documents)
        self._shelf: _Shelf | None = None

    def search(self, text: str, limit: int = 3) -> tuple[FaqHit, ...]:
        """Give the nearest entries, best first."""
        entries = self._shelved().by_key
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
        entries = self._shelved().by_key
        return tuple(
            FaqHit(entries[key], score)
            for key, score in self._index.asked(text, limit)
            if key in entries
        )

    def entry(self, key: str) -> FaqEntry | None:
        """Give the published entry with this key, or None."""
        return self._shelved().by_key.get(key)

    def by_own_words(self, text: str, topic: str) -> FaqEntry | None:
        """Give the entry of a topic that words of a text point to, which few entries know.

        None when there is no such word, or two entries of the topic are pointed to alike.
        """
        said = {word for word in words_of(text) if len(word) >= SHORTEST_OWN_WORD}
        shelf = self._shelved()
        entries = shelf.by_key
        weights: Counter[str] = Counter()
        for word in said:
            keys = shelf.owners().get(word, ())
            for key in keys:
                if entries[key].topic == topic:
                    weights[key] += MOST_OWNERS // len(keys)
        best = weights.most_common(2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1]):
            return None
        return entries[best[0][0]]

    def _shelved(self) -> _Shelf:
        """Give the entries laid out for look-ups, once for as long as they stay the same."""
        entries = self._book.entries()
        shelf = self._shelf
        if shelf is None or shelf.entries is not entries:
            shelf = self._shelf = _Shelf(entries)
        return shelf

    def _documents(self) -> list[tuple[str, list[str]]]:
        return [(entry.key, [entry.question, *entry.variants]) for entry in self._book.entries()]
