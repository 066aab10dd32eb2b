"""The published questions and answers, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from izin.faq import FaqEntry, revision_of_day
from izin.storage.postgres.revisions import RevisionCache
from izin.storage.postgres.term_rows import read_flat
from izin.storage.tables.content import faq_entries, office

_Loaded = tuple[tuple[FaqEntry, ...], ZoneInfo]


class PostgresFaqBook:
    """The port ``FaqBook``; every call sees what is published and holds at that moment."""

    def __init__(
        self, engine: Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Take the engine of our own database, and what gives the aware present moment."""
        self._cache = RevisionCache(engine, "faq", _load)
        self._clock = clock
        self._held: tuple[_Loaded, date, tuple[FaqEntry, ...]] | None = None

    def entries(self) -> Sequence[FaqEntry]:
        """Give every published entry that holds today, by the office's calendar."""
        loaded = self._cache.content()
        entries, zone = loaded
        today = self._clock().astimezone(zone).date()
        held = self._held
        if held is None or held[0] is not loaded or held[1] != today:
            held = (loaded, today, tuple(entry for entry in entries if entry.holds_on(today)))
            self._held = held
        return held[2]

    def revision(self) -> int:
        """Give a number that grows with every change and every midnight of the office's.

        Whoever keeps an index of the entries renews it then.
        """
        revision, (_, zone) = self._cache.both()
        return revision_of_day(revision, self._clock().astimezone(zone).date())


def _load(connection: Connection) -> _Loaded:
    zone = connection.execute(select(office.c.timezone)).scalar()
    return read_flat(connection, faq_entries, FaqEntry), ZoneInfo(zone or "Asia/Jakarta")
