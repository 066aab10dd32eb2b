"""Where a complaint stands, which step may follow which, and how one is closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "diterima"
    VERIFIED = "diverifikasi"
    DISPATCHED = "didisposisi"
    IN_PROGRESS = "ditindaklanjuti"
    WAITING = "menunggu_pelapor"
    """The complainant has to complete it; its dates stand still."""
    RESOLVED = "selesai"
    """The result was told; the complainant may still have it opened again."""
    REOPENED = "dibuka_kembali"
    CLOSED = "ditutup"


class ClosingReason(StrEnum):
    """Why a complaint is closed (``closing_rules`` of the complaint rules)."""

    RESOLVED = "selesai"
    DUPLICATE = "duplikat"
    WITHDRAWN = "dicabut"
    NOT_OURS = "bukan_kewenangan"
    INCOMPLETE = "tidak_lengkap"
    """Not completed within 30 days: taken as withdrawn (UU 25/2009 Ps. 44 ayat 4-5)."""


class Priority(StrEnum):
    """How urgent officers find it; the promised dates do not depend on it."""

    NORMAL = "biasa"
    HIGH = "tinggi"
    URGENT = "mendesak"


_S = ComplaintState
_WORKING = frozenset({_S.DISPATCHED, _S.IN_PROGRESS, _S.WAITING, _S.RESOLVED, _S.CLOSED})

TRANSITIONS: Mapping[ComplaintState, frozenset[ComplaintState]] = {
    _S.RECEIVED: _WORKING | {_S.VERIFIED},
    _S.VERIFIED: _WORKING,
    _S.DISPATCHED: _WORKING,
    _S.IN_PROGRESS: _WORKING - {_S.IN_PROGRESS},
    _S.WAITING: frozenset({_S.IN_PROGRESS, _S.RESOLVED, _S.CLOSED}),
    _S.RESOLVED: frozenset({_S.CLOSED, _S.REOPENED}),
    _S.REOPENED: _WORKING | {_S.VERIFIED},
    _S.CLOSED: frozenset({_S.REOPENED}),
}
"""Which state may follow which; every step of an officer is checked against it."""

ENDED = frozenset({_S.RESOLVED, _S.CLOSED})
"""States in which the office owes nothing more."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the dates stood still; ``until`` is None while it goes on."""

    begun_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """What the complainant is told at the end.

    Attributes:
        reason: Why it ends.
        text: What was done and found, or why it is not pursued; read by the complainant.
        unit: Name of the unit that did it; empty where nobody did anything.
        done_on: The day it was done.
        basis: Legal basis, if one is named.
        other: Ticket of the complaint this one repeats (``DUPLICATE``).
        forwarded_to: Where it was sent, with the proof of it (``NOT_OURS``).
    """

    reason: ClosingReason
    text: str = ""
    unit: str = ""
    done_on: date | None = None
    basis: str = ""
    other: str = ""
    forwarded_to: str = ""


def may_follow(before: ComplaintState, after: ComplaintState) -> bool:
    """Say whether a complaint in state ``before`` may come to ``after``."""
    return after in TRANSITIONS[before]
