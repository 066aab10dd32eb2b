"""Ordinary complaints as rows that other systems take in, without whoever complained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from izin.complaint_states import ComplaintState

MOST_ROWS = 20_000
"""More is asked for in shorter spans of time."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A complaint with its latest answer; no name, phone or chat, and texts still unmasked.

    Attributes:
        unit: Code of the unit it was passed to; None is the permit office's desk.
        followed_at: When the complainant was last answered or told the result.
        follow_up: What was told then.
    """

    ticket: str
    filed_at: datetime
    class_code: str
    category: str
    unit: str | None
    place: str
    occurred_on: date | None
    story: str
    state: ComplaintState
    channel: str | None
    followed_at: datetime | None = None
    follow_up: str = ""
