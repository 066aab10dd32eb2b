"""Applications in the office's permit registry, as its views show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

MOST_OF_PHONE = 100
"""A registry gives no more applications of one phone: agents file for many."""


class Status(StrEnum):
    """The common status vocabulary; a registry's own words are mapped onto it."""

    DRAFT = "DRAFT"
    RECEIVED = "DITERIMA"
    RETURNED = "PERBAIKAN_PEMOHON"
    TECHNICAL = "DIPROSES_TEKNIS"
    PAYMENT = "MENUNGGU_PEMBAYARAN"
    FINAL_CHECK = "VERIFIKASI_AKHIR"
    ISSUED = "TERBIT"
    REJECTED = "DITOLAK"
    REVOKED = "DICABUT"
    EXPIRED = "KEDALUWARSA"

    @property
    def clock_runs(self) -> bool:
        """Say whether working days count against the service standard."""
        return self in (Status.TECHNICAL, Status.FINAL_CHECK)

    @property
    def is_open(self) -> bool:
        """Say whether the office has not decided yet."""
        return self in (
            Status.DRAFT, Status.RECEIVED, Status.RETURNED,
            Status.TECHNICAL, Status.PAYMENT, Status.FINAL_CHECK,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StageVisit:
    """A stretch of time an application spent in one stage; ``left_at`` None is "now"."""

    status: Status
    stage: str
    unit: str
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MissingDocument:
    """A document the applicant still has to hand in."""

    name: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedPermit:
    """The permit that came of an application; ``valid_until`` None is "no end date"."""

    number: str
    issued_on: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """One application.

    Personal data (``applicant_name``, ``phone``, ``nik_last4``) serves proof only and is
    never shown; ``phone`` is ``+62…`` or None.
    """

    number: str
    permit_code: str
    status: Status
    stage: str
    unit: str
    submitted_at: datetime
    changed_at: datetime
    completed_at: datetime | None = None
    sla_working_days: int | None = None
    applicant_name: str = ""
    phone: str | None = None
    nik_last4: str | None = None
    history: tuple[StageVisit, ...] = ()
    missing: tuple[MissingDocument, ...] = ()
    amount_due_rupiah: int | None = None
    note: str | None = field(default=None)
    issued: IssuedPermit | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The way one decided application went, without saying whose it was.

    Attributes:
        decided_at: When its permit was issued, or it was rejected.
        visits: Its stretches before that, oldest first, each with its end.
    """

    decided_at: datetime
    visits: tuple[StageVisit, ...]


DECISIONS = frozenset({Status.ISSUED, Status.REJECTED})
"""What ends the way of an application through the office."""


def course(visits: Iterable[StageVisit]) -> Course | None:
    """Give the way to the first decision among ``visits``, or None if there was none.

    A stretch without an end lasted until the next one began.
    """
    ordered = sorted(visits, key=lambda visit: visit.entered_at)
    ended = next((n for n, visit in enumerate(ordered) if visit.status in DECISIONS), None)
    if ended is None:
        return None
    following = [visit.entered_at for visit in ordered[1:]]
    closed = tuple(
        replace(visit, left_at=visit.left_at or left)
        for visit, left in zip(ordered[:ended], following, strict=False)
    )
    return Course(ordered[ended].entered_at, closed)
