"""What the office knows and publishes, its permit database, and the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from izin.activities import Activity
from izin.applications import Application, Course
from izin.complaints import ComplaintCategory, ComplaintClass
from izin.faq import FaqEntry
from izin.office import Calendar, Office, Place
from izin.permits import AmbiguousTerm, LegacyName, Permit


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the present as an aware UTC datetime."""
        ...


class Catalogue(Protocol):
    """The published permit catalogue."""

    def permit(self, code: str) -> Permit | None:
        """Give the permit with this catalogue code, or None."""
        ...

    def permits(self) -> Sequence[Permit]:
        """Give every published permit, in the catalogue's order."""
        ...

    def ambiguous_terms(self) -> Sequence[AmbiguousTerm]:
        """Give the names that mean several permits."""
        ...

    def legacy_names(self) -> Sequence[LegacyName]:
        """Give the old permit names."""
        ...

    def activities(self) -> Sequence[Activity]:
        """Give the described activities and the permits they need."""
        ...

    def fee_tables(self) -> Mapping[str, Any]:
        """Give the fee tables by name (``pbg``, ``reklame``), as in the catalogue file."""
        ...

    def status_labels(self) -> Mapping[str, str]:
        """Give the label of each status code."""
        ...

    def complaint_classes(self) -> Mapping[str, ComplaintClass]:
        """Give complaint classes by code."""
        ...

    def complaint_categories(self) -> Sequence[ComplaintCategory]:
        """Give complaint categories in the order to offer them."""
        ...

    def revision(self) -> int:
        """Give a number that grows with every change, so that an index can be renewed."""
        ...


class OfficeBook(Protocol):
    """Identity, hours, holidays and places of the office."""

    def office(self) -> Office:
        """Give the office."""
        ...

    def calendar(self) -> Calendar:
        """Give the working-day calendar."""
        ...

    def places(self) -> Sequence[Place]:
        """Give districts, villages and known spots."""
        ...


class FaqBook(Protocol):
    """The published questions and answers, each told only on days on which it holds."""

    def entries(self) -> Sequence[FaqEntry]:
        """Give every published entry that holds today, by the office's calendar."""
        ...

    def revision(self) -> int:
        """Give a number that grows with every change and midnight: then indexes are renewed."""
        ...


class Registry(Protocol):
    """The office's permit database, read only.

    Every call raises RegistryUnavailable when it does not answer in time.
    """

    def find(self, number: str) -> Application | None:
        """Give the application with exactly this number, or None."""
        ...

    def find_like(self, number: str) -> Sequence[Application]:
        """Give applications (at most 5) whose number matches an incomplete one."""
        ...

    def of_phone(self, phone: str) -> Sequence[Application]:
        """Give the applications of a phone (``+62…``), newest first, at most 100."""
        ...

    def changed(self, known: Mapping[str, datetime | None]) -> Sequence[Application]:
        """Give those of the named applications whose ``changed_at`` is not the known one.

        One whose time of change is unknown, to us (None) or to the registry, is always given.
        Numbers the registry no longer has are left out. Ask for at most 200 at once.
        """
        ...

    def courses(self, permit_code: str, since: datetime) -> Sequence[Course]:
        """Give the ways of the permit's applications decided from ``since`` on, newest first.

        At most 200, so that the question stays small however large the registry is.
        """
        ...

    def ping(self) -> None:
        """Return when the registry answers."""
        ...
