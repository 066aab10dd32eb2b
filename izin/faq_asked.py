"""The ways to ask for answers, to find two answers that are asked for in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from izin.content import StoredItem
from izin.words import fold


class WaysToAsk:
    """Who is asked for in which words, among answers that are told."""

    def __init__(self, items: Iterable[StoredItem]) -> None:
        """Take the answers; those that are switched off are left out."""
        self._owners: dict[str, list[tuple[str, str, str]]] = {}
        for item in items:
            if item.live:
                question = str(item.document["question"])
                for text in (question, *item.document["variants"]):
                    owner = (item.item.key, str(text), question)
                    self._owners.setdefault(fold(text), []).append(owner)

    def namesakes(self, key: str, texts: Iterable[str]) -> Sequence[tuple[str, str]]:
        """Give what ``izin.content.Everything.namesakes`` asks for."""
        return [
            (text, question)
            for folded in dict.fromkeys(map(fold, texts))
            for owner, text, question in self._owners.get(folded, ())
            if owner != key
        ]
