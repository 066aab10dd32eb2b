"""The officers' desk: which conversations wait in which queue, for whom, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from izin.conversations import ChannelName, Namespace

PAGE = 50
"""Rows of a queue on one page."""

MOST_COUNTED = 999
"""Ended conversations are counted up to here."""

SERVING_FOR = timedelta(seconds=90)
"""How long an officer counts as present after the last sign of an open page."""

LOOKING_FOR = timedelta(seconds=60)
"""How long a page counts as open after its last sign."""


class Queue(StrEnum):
    """A queue of the inbox, by its name in addresses."""

    MINE = "saya"
    UNASSIGNED = "tanpa_petugas"
    UNIT = "unit"
    WAITING = "menunggu_warga"
    SOON = "segera"
    OVERDUE = "lewat"
    CLOSED = "selesai"


@dataclass(frozen=True, slots=True)
class Seat:
    """Who looks at the desk: an account, and its unit (None: the permit office's own desk)."""

    account: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Today and the next working day, in the office's zone: what is due by then is due soon."""

    today: date
    soon: date


@dataclass(frozen=True, slots=True)
class Filters:
    """What a queue is narrowed to; None narrows nothing.

    ``since`` and ``until`` bound the moment of opening (of closing, in :attr:`Queue.CLOSED`).
    """

    channel: str | None = None
    reason: str | None = None
    permit: str | None = None
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether officers may see a conversation at all, and which units it was given to."""

    visible: bool
    units: frozenset[str] = frozenset()

    def by(self, unit: str | None) -> bool:
        """Say whether a person of this unit (None: of the permit office's desk) may see it."""
        return self.visible and (unit is None or unit in self.units)


@dataclass(frozen=True, slots=True)
class LastWords:
    """The latest message of a conversation that officers may see."""

    at: datetime
    by: Literal["citizen", "officer", "bot"]
    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A conversation as a line of the inbox.

    Attributes:
        conversation_id: The conversation.
        namespace: ``simulator`` conversations carry a mark.
        channel: Where it goes on.
        phone_end: The last four digits of a proven phone.
        reasons: Why it was opened, oldest first.
        urgent: Somebody may be in danger.
        opened_at: Waits since then (for an ended one: when it ended).
        respond_by: The date promised for an answer.
        held_by: Account id (or the terminal's name) of the officer who holds it.
        waits_for_citizen: An officer answered last.
        unread: The citizen wrote since this account last looked.
        units: Units it was given to.
        tickets: Ordinary complaints of this chat.
        last: Its last words.
        ended: Nothing is open any more, and nobody holds it.
    """

    conversation_id: str
    namespace: Namespace
    channel: ChannelName
    phone_end: str | None
    reasons: tuple[str, ...]
    urgent: bool
    opened_at: datetime
    respond_by: date | None = None
    held_by: str | None = None
    waits_for_citizen: bool = False
    unread: bool = False
    units: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    last: LastWords | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Rows of a queue; ``after`` leads to the rows behind them, None at the end."""

    rows: tuple[DeskRow, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that a search met; ``line`` is its latest matching message, if words did."""

    row: DeskRow
    line: LastWords | None = None


def place(row: DeskRow) -> tuple[int, date, datetime, str]:
    """Give where a row stands in its queue: urgent first, then by due date, then the oldest."""
    return (0 if row.urgent else 1, row.respond_by or date.max, row.opened_at, row.conversation_id)


def days_left(due: date, days: Days) -> int:
    """Give the days until a date; negative ones have passed."""
    return (due - days.today).days
