"""What anybody may know of an ordinary complaint.

Ticket, category, whether it is open, dates and unit; of the place only the district. Never the
story, a name, a phone, a file or an officer. Confidential and anonymous complaints do not exist
here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from izin.office import Place

DISTRICT = "kecamatan"


@dataclass(frozen=True, slots=True)
class PublicComplaint:
    """A complaint as the public may see it.

    Attributes:
        place: As the citizen told it: give it to :func:`district` and to nobody else.
        unit: Name of the unit it was passed to, None while the office itself has it.
    """

    ticket: str
    category: str
    open: bool
    filed_at: datetime
    updated_at: datetime
    due: date
    place: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """Which complaints are asked for; None asks for all.

    Attributes:
        tickets: Only these, whatever else is asked.
        since: Filed at or after this moment.
        until: Filed before or at this moment.
        simulated: Also those filed in the simulator.
    """

    tickets: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    open: bool | None = None
    limit: int = 1000
    offset: int = 0
    simulated: bool = False


def district(place: str, places: Sequence[Place]) -> str | None:
    """Give the district that a citizen's words about a place name, None when they name none."""
    words = f" {' '.join(re.findall(r'[a-z0-9]+', place.lower()))} "
    for known in places:
        if known.kind != DISTRICT:
            continue
        for spelling in (known.name, *known.synonyms):
            if f" {' '.join(re.findall(r'[a-z0-9]+', spelling.lower()))} " in words:
                return known.name
    return None
