"""The office in memory."""

from __future__ import annotations

from collections.abc import Sequence

from izin.office import Calendar, Holiday, Office, Place


class MemoryOfficeBook:
    """The port ``OfficeBook`` over the nouns it is given."""

    def __init__(
        self, office: Office, holidays: Sequence[Holiday] = (), places: Sequence[Place] = ()
    ) -> None:
        """Take the office, its holidays and its places."""
        self._office = office
        self._calendar = Calendar(tuple(holidays))
        self._places = tuple(places)

    def office(self) -> Office:
        """Give the office."""
        return self._office

    def calendar(self) -> Calendar:
        """Give the working-day calendar."""
        return self._calendar

    def places(self) -> Sequence[Place]:
        """Give districts, villages and known spots."""
        return self._places
