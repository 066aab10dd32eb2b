"""Complaints: categories, classes, deadlines and what a ticket shows.

Classes and categories come from ``data/catalog/complaints.yml``; deadlines follow
UU 25/2009 Ps. 44 and 50 and the class targets (whichever is earlier).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from izin.complaint_states import ENDED, Closing, Pause, Priority
from izin.complaint_states import ComplaintState as ComplaintState
from izin.office import Calendar, DueDate

TICKET_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Capitals and digits without the look-alikes 0/O and 1/I."""

FIRST_RESPONSE_WORKING_DAYS = 3
FIRST_RESPONSE_CALENDAR_DAYS = 14
DECISION_CALENDAR_DAYS = 60


class Confidentiality(StrEnum):
    """How much of the complainant may be known."""

    NORMAL = "normal"
    CONFIDENTIAL = "rahasia"
    ANONYMOUS = "anonim"


@dataclass(frozen=True, slots=True)
class ComplaintClass:
    """A class of complaint and its decision target in working days.

    ``human_only`` means that no automatic answer may settle it.
    """

    code: str
    label: str
    resolve_working_days: int
    always_confidential: bool = False
    human_only: bool = False
    meaning: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class ComplaintCategory:
    """What a complaint is about, the unit that receives it, and its class.

    ``phrases`` are how citizens name it, ``first_help`` is read by the citizen; ``details``
    holds what officers need (handling, escalation, note, sources) by the data's own keys.
    """

    code: str
    label: str
    class_code: str
    owner: str
    phrases: tuple[str, ...] = ()
    confidential: bool = False
    urgent: bool = False
    first_help: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The two dates promised when a complaint is taken."""

    first_response: DueDate
    decision: DueDate


@dataclass(frozen=True, slots=True)
class ComplaintEvent:
    """Something that happened to a complaint.

    Kinds of the citizen and of time: ``received``, ``first_response_overdue``, ``added``,
    ``reopened``, ``withdrawn``, ``rated``, ``mail_failed``; of officers: those of
    ``izin.complaint_work``. The complainant is shown the kinds that have a sentence
    (``complaint.event.<kind>``) with their day and the ``text`` of what they were told
    (``answered``, ``asked``), never another text or ``actor``.

    Attributes:
        actor: Id of the officer's account; None for the citizen or time.
        details: Codes: states, units, classes before and after.
    """

    at: datetime
    kind: str
    text: str = ""
    actor: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Addition:
    """What a citizen added to a complaint afterwards: words, files or both."""

    at: datetime
    text: str = ""
    media_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as filed, and what became of it.

    Attributes:
        conversation_id: None for an anonymous complaint: only the ticket leads to it.
        occurred_on: The day it happened, or began ("waktu", UU 25/2009 Ps. 44).
        desired: What the citizen asks for.
        closed_at: Aware moment of closing; None while it is open.
        closing_reason: A code of ``ClosingReason``; ``dicabut`` when the citizen withdrew it.
        rating: 1 to 5, the latest the citizen gave.
        reopened_times: How often it was opened again.
        additions: What the citizen added, oldest first.
        unit: Code of the unit it was passed to; None is the permit office's desk.
        officer: Account id of who is responsible for it.
        version: Grows with every change; who changes it names the version they saw.
        first_response_at: When the first substantive answer was given.
        responded_at: The same since it was last opened again.
        waiting_until: Last day for the complainant to complete it, while that is waited for.
        pauses: When the dates stood still, oldest first.
        closing: What the complainant was told at the end.
    """

    ticket: str
    category: str
    class_code: str
    story: str
    place: str
    confidentiality: Confidentiality
    state: ComplaintState
    filed_at: datetime
    deadlines: Deadlines
    owner: str
    conversation_id: str | None = None
    permit_code: str | None = None
    application_number: str | None = None
    media_ids: tuple[str, ...] = ()
    events: tuple[ComplaintEvent, ...] = field(default_factory=tuple)
    occurred_on: date | None = None
    desired: str | None = None
    closed_at: datetime | None = None
    closing_reason: str | None = None
    rating: int | None = None
    reopened_times: int = 0
    additions: tuple[Addition, ...] = ()
    unit: str | None = None
    officer: str | None = None
    priority: Priority = Priority.NORMAL
    version: int = 1
    first_response_at: datetime | None = None
    responded_at: datetime | None = None
    waiting_until: date | None = None
    pauses: tuple[Pause, ...] = ()
    closing: Closing | None = None

    @property
    def is_open(self) -> bool:
        """Say whether the office still owes something."""
        return self.state not in ENDED


def deadlines(filed_on: date, resolve_working_days: int, calendar: Calendar) -> Deadlines:
    """Give both promised dates for a complaint complete on ``filed_on``.

    First response: the earlier of 3 working days and 14 calendar days (UU 25/2009 Ps. 44
    ayat 3). Decision: the earlier of the class target and 60 calendar days (Ps. 50 ayat 1).
    """
    return Deadlines(
        first_response=_earlier(
            calendar.add_working_days(filed_on, FIRST_RESPONSE_WORKING_DAYS),
            filed_on + timedelta(days=FIRST_RESPONSE_CALENDAR_DAYS),
        ),
        decision=_earlier(
            calendar.add_working_days(filed_on, resolve_working_days),
            filed_on + timedelta(days=DECISION_CALENDAR_DAYS),
        ),
    )


def ticket_number(random_index: list[int]) -> str:
    """Give ``ADU-7K3M-Q9`` from six indexes into the alphabet (0-31 each)."""
    letters = "".join(TICKET_ALPHABET[index % len(TICKET_ALPHABET)] for index in random_index)
    return f"ADU-{letters[:4]}-{letters[4:6]}"


def _earlier(working: DueDate, calendar_day: date) -> DueDate:
    return working if working.day <= calendar_day else DueDate(calendar_day)
