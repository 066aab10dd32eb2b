"""The office, its calendar and its places, from PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from izin.errors import NotFound
from izin.office import Calendar, Holiday, Office, Place
from izin.storage.postgres.office_rows import read_office
from izin.storage.postgres.revisions import RevisionCache
from izin.storage.postgres.term_rows import read_flat
from izin.storage.tables import content as tables


@dataclass(frozen=True, slots=True)
class _Content:
    office: Office | None
    calendar: Calendar
    places: tuple[Place, ...]


class PostgresOfficeBook:
    """The port ``OfficeBook``; every call sees what is published at that moment."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine of our own database."""
        self._cache = RevisionCache(engine, "office", _load)

    def office(self) -> Office:
        """Give the office.

        Raises:
            NotFound: The database was not seeded yet.
        """
        office = self._cache.content().office
        if office is None:
            raise NotFound("no office in the database: seed it first")
        return office

    def calendar(self) -> Calendar:
        """Give the working-day calendar."""
        return self._cache.content().calendar

    def places(self) -> Sequence[Place]:
        """Give districts, villages and known spots."""
        return self._cache.content().places


def _load(connection: Connection) -> _Content:
    return _Content(
        office=read_office(connection),
        calendar=Calendar(read_flat(connection, tables.holidays, Holiday)),
        places=read_flat(connection, tables.places, Place),
    )
