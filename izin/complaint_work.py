"""What officers see of complaints in their work: cases, notes, alarms, lists and filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from izin.complaint_clock import NEVER, Due, Mark
from izin.complaint_states import ComplaintState, Priority
from izin.complaints import Complaint, Confidentiality
from izin.conversations import ChannelName
from izin.errors import InvalidInput

PAGE = 50
SOON_WORKING_DAYS = 2
"""A complaint due within so many working days is due soon."""


class Refusal(InvalidInput):
    """A step that the rules do not allow; ``code`` names ``complaints.refused.<code>``.

    ``field`` names the part of the form at fault.
    """

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"refused: {code}", field=field)
        self.code = code


@dataclass(frozen=True, slots=True)
class Note:
    """What officers tell each other about a complaint; no citizen ever reads it."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A complaint that was escalated; kept once for each mark of its time.

    ``seen_by`` is the account that took note of it, None while nobody has.
    """

    id: int
    ticket: str
    mark: Mark
    raised_at: datetime
    seen_by: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint as the officer working on it sees it."""

    complaint: Complaint
    due: Due
    notes: tuple[Note, ...] = ()
    alarms: tuple[Alarm, ...] = ()


class Urgency(StrEnum):
    """Filters by what is due."""

    SOON = "segera"
    OVERDUE = "lewat"


class Order(StrEnum):
    """How a list is ordered."""

    DUE = "tenggat"
    NEWEST = "terbaru"


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """Which complaints a list shows; None and empty leave nothing out.

    Attributes:
        states: Any of these; empty with ``open_only``: every open one.
        open_only: Only those the office owes something.
        unit: Code of a unit, or "" for the permit office's desk.
        officer: Account id of who is responsible, or "" for nobody.
        channel: Where the complainant writes (ordinary complaints only).
        urgency: Only those due soon or overdue, as of ``now``.
        soon_until: Until when a complaint counts as due soon.
    """

    states: frozenset[ComplaintState] = frozenset()
    open_only: bool = True
    class_code: str | None = None
    category: str | None = None
    priority: Priority | None = None
    unit: str | None = None
    officer: str | None = None
    channel: ChannelName | None = None
    urgency: Urgency | None = None
    soon_until: datetime | None = None
    filed_from: datetime | None = None
    filed_until: datetime | None = None
    order: Order = Order.DUE


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A complaint in a list: enough to choose the next one, none of its words."""

    ticket: str
    category: str
    class_code: str
    confidentiality: Confidentiality
    state: ComplaintState
    priority: Priority
    unit: str | None
    officer: str | None
    filed_at: datetime
    due_at: datetime | None
    first_response_due: date
    decision_due: date
    responded: bool
    reopened_times: int
    rating: int | None = None
    channel: ChannelName | None = None
    version: int = 1
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Some lines of a list; ``next`` is what to ask for the lines after them, None at the end."""

    lines: tuple[WorkLine, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """How many ordinary complaints a reader has to do with.

    ``by_state`` holds open ones only; ``sealed_open`` is None for those without the role.
    """

    by_state: Mapping[ComplaintState, int] = field(default_factory=dict)
    soon: int = 0
    overdue: int = 0
    own: int = 0
    unassigned: int = 0
    sealed_open: int | None = None

    @property
    def open(self) -> int:
        """Give how many are open."""
        return sum(self.by_state.values())


def cursor(line: WorkLine, order: Order) -> str:
    """Give the place of a line in a list, as text that sorts like it."""
    at = line.filed_at if order is Order.NEWEST else line.due_at or NEVER
    return f"{at.astimezone(NEVER.tzinfo).isoformat(timespec='microseconds')}|{line.ticket}"


def cursor_parts(text: str) -> tuple[datetime, str] | None:
    """Give moment and ticket of a place in a list; None where the text is no such place."""
    moment, _, ticket = text.partition("|")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, ticket)
