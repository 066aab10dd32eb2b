"""The permit registry in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lokal import normalize_phone

from izin.applications import MOST_OF_PHONE, Application, Course, Status, course
from izin.errors import RegistryUnavailable
from izin.storage.registry.courses import MOST_COURSES
from izin.storage.registry.numbers import matches_incomplete, normalise_number
from izin.storage.registry.views import MOST_LIKE


class MemoryRegistry:
    """The port ``Registry`` over the applications it is given.

    Attributes:
        down: While True every question raises RegistryUnavailable.
    """

    def __init__(self, applications: Iterable[Application] = ()) -> None:
        """Take the applications."""
        self.down = False
        self._applications: dict[str, Application] = {}
        for application in applications:
            self.put(application)

    def put(self, application: Application) -> None:
        """Add an application, or replace the one with its number."""
        self._applications[normalise_number(application.number)] = application

    def find(self, number: str) -> Application | None:
        """Give the application with exactly this number (spaces and case aside), or None."""
        self.ping()
        return self._applications.get(normalise_number(number))

    def find_like(self, number: str) -> Sequence[Application]:
        """Give applications (at most 5, newest first) whose number has these parts."""
        self.ping()
        found = (item for item in self._newest() if matches_incomplete(item.number, number))
        return tuple(found)[:MOST_LIKE]

    def of_phone(self, phone: str) -> Sequence[Application]:
        """Give the applications of a phone (``+62…``), newest first, at most 100."""
        self.ping()
        wanted = normalize_phone(phone)
        found = (item for item in self._newest() if wanted and item.phone == wanted)
        return tuple(found)[:MOST_OF_PHONE]

    def changed(self, known: Mapping[str, datetime | None]) -> Sequence[Application]:
        """Give those of the named applications whose ``changed_at`` is not the known one."""
        self.ping()
        return tuple(
            item
            for item in self._newest()
            if item.number in known and item.changed_at != known[item.number]
        )

    def courses(self, permit_code: str, since: datetime) -> Sequence[Course]:
        """Give the ways of the permit's applications decided from ``since`` on (at most 200)."""
        self.ping()
        wanted = permit_code.upper()
        own = (item for item in self._applications.values() if item.permit_code == wanted)
        found = [way for item in own if (way := course(item.history)) is not None]
        recent = [way for way in found if way.decided_at >= since]
        return tuple(sorted(recent, key=lambda way: way.decided_at, reverse=True)[:MOST_COURSES])

    def open_applications(self, most: int) -> Sequence[Application]:
        """Give submitted applications that are not decided, the oldest first."""
        self.ping()
        found = [
            item
            for item in self._newest()
            if item.status.is_open and item.status is not Status.DRAFT
        ]
        found.sort(key=lambda item: (item.submitted_at, item.number))
        return tuple(_of_nobody(item) for item in found[:most])

    def received_applications(
        self, since: datetime, until: datetime, most: int
    ) -> Sequence[Application]:
        """Give applications submitted in a time, the newest first."""
        self.ping()
        found = [item for item in self._newest() if since <= item.submitted_at < until]
        return tuple(_of_nobody(item) for item in found[:most])

    def ping(self) -> None:
        """Return unless it is made to be down."""
        if self.down:
            raise RegistryUnavailable("the registry in memory is switched off")

    def _newest(self) -> list[Application]:
        by_number = sorted(self._applications.values(), key=lambda item: item.number)
        return sorted(by_number, key=lambda item: item.submitted_at, reverse=True)


def _of_nobody(item: Application) -> Application:
    """Give an application as figures see it: its stages, and nothing of the applicant."""
    times = (item.submitted_at, *(visit.entered_at for visit in item.history))
    return replace(
        item, changed_at=max(times), completed_at=None, applicant_name="",
        phone=None, nik_last4=None, missing=(), amount_due_rupiah=None, note=None, issued=None,
    )  # fmt: skip
