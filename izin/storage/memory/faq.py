"""Questions and answers in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

from izin.faq import FaqEntry, revision_of_day


class MemoryFaqBook:
    """The port ``FaqBook`` over the entries it is given."""

    def __init__(
        self, entries: Sequence[FaqEntry] = (), today: Callable[[], date] | None = None
    ) -> None:
        """Take the published entries, and what gives the office's day."""
        self._entries = tuple(entries)
        self._revision = 1
        self._today = today or (lambda: datetime.now(UTC).date())

    def replace(self, entries: Sequence[FaqEntry]) -> None:
        """Publish these entries in place of all others."""
        self._entries = tuple(entries)
        self._revision += 1

    def entries(self) -> Sequence[FaqEntry]:
        """Give every published entry that holds today."""
        today = self._today()
        return tuple(entry for entry in self._entries if entry.holds_on(today))

    def revision(self) -> int:
        """Give a number that grows with every change and every midnight."""
        return revision_of_day(self._revision, self._today())
