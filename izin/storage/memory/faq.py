"""Questions and answers in memory."""

from __future__ import annotations

from collections.abc import Sequence

from izin.faq import FaqEntry


class MemoryFaqBook:
    """The port ``FaqBook`` over the entries it is given."""

    def __init__(self, entries: Sequence[FaqEntry] = ()) -> None:
        """Take the published entries."""
        self._entries = tuple(entries)
        self._revision = 1

    def replace(self, entries: Sequence[FaqEntry]) -> None:
        """Publish these entries in place of all others."""
        self._entries = tuple(entries)
        self._revision += 1

    def entries(self) -> Sequence[FaqEntry]:
        """Give every published entry."""
        return self._entries

    def revision(self) -> int:
        """Give a number that grows with every change."""
        return self._revision
