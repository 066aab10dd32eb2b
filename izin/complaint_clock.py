"""When a complaint's answers are due to the minute, and when somebody has to be told.

Promised dates are days (``izin.complaints.deadlines``). A date ends with the last open span of
the office on that day. What part of the time is used is measured in open hours; time in which
the complainant is waited for does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from izin.complaint_states import ComplaintState, Pause
from izin.complaints import Complaint, Deadlines
from izin.office import Calendar, DueDate, OfficeHours

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Stored where nothing is due."""

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Stored where nobody has looked yet."""

PARTS = (50, 80, 100)
"""Percent of the time after which it is escalated (``escalation_triggers``)."""

MOST_REOPENINGS = 2
"""Opened again more often than this it goes to the supervisors at once."""

_LONGEST_CLOSED = 30

Spans = list[tuple[datetime, datetime]]


class PromisedTime(StrEnum):
    """What an alarm is about."""

    FIRST_RESPONSE = "tanggapan"
    DECISION = "penyelesaian"
    REOPENED = "buka_lagi"
    """Opened again: one step up at once."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment at which a complaint is escalated.

    Attributes:
        promise: What is due.
        percent: Of the time that is used by then.
        opening: How often the complaint had been opened again: each opening counts anew.
        at: The moment.
        due_on: The promised day.
    """

    promise: PromisedTime
    percent: int
    opening: int
    at: datetime
    due_on: date

    @property
    def for_supervisors(self) -> bool:
        """Say whether supervisors are told, not only whoever is responsible."""
        return self.percent > PARTS[0]

    @property
    def key(self) -> str:
        """Give what names the mark among those of its complaint."""
        return f"{self.promise.value}:{self.percent}:{self.opening}"


@dataclass(frozen=True, slots=True)
class Due:
    """The moments a complaint's dates end; None where nothing is owed.

    ``next_at`` is the earlier of both, None also while its complainant is waited for.
    """

    first_response_at: datetime | None = None
    decision_at: datetime | None = None
    next_at: datetime | None = None


def due_moment(day: date, hours: OfficeHours | None) -> datetime:
    """Give the end of the last open span of a promised day.

    A day on which the office is closed (a calendar day of the law) ends with the open day
    before it; without known hours a day ends at midnight (UTC).
    """
    if hours is None:
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
    for back in range(_LONGEST_CLOSED):
        here = day - timedelta(days=back)
        ends = [end for _, end in hours.spans_on(here)]
        if ends:
            return datetime.combine(here, max(ends), tzinfo=hours.zone).astimezone(UTC)
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=hours.zone)
    return midnight.astimezone(UTC)


def due(complaint: Complaint, hours: OfficeHours | None) -> Due:
    """Give when a complaint's dates end."""
    if not complaint.is_open:
        return Due()
    decision = due_moment(complaint.deadlines.decision.day, hours)
    first = None
    if complaint.responded_at is None:
        first = due_moment(complaint.deadlines.first_response.day, hours)
    if complaint.state is ComplaintState.WAITING:
        return Due(first, decision)
    return Due(first, decision, min(first, decision) if first else decision)


def marks(complaint: Complaint, hours: OfficeHours | None) -> list[Mark]:
    """Give every moment at which a complaint is escalated, the earliest first.

    None while its complainant is waited for: what is due moves on with the pause.
    """
    if not complaint.is_open or complaint.state is ComplaintState.WAITING:
        return []
    start, opening = opened_at(complaint), complaint.reopened_times
    found = []
    if opening:
        again, day = PromisedTime.REOPENED, complaint.deadlines.decision.day
        found.append(Mark(again, PARTS[-1], opening, start, day))
    promises = [(PromisedTime.DECISION, complaint.deadlines.decision)]
    if complaint.responded_at is None:
        promises.append((PromisedTime.FIRST_RESPONSE, complaint.deadlines.first_response))
    for promise, promised in promises:
        end = due_moment(promised.day, hours)
        spans = open_spans(start, end, hours, complaint.pauses)
        found += [
            Mark(promise, percent, opening, _at_part(spans, percent, end), promised.day)
            for percent in PARTS
        ]
    return sorted(found, key=lambda mark: (mark.at, mark.percent))


def opened_at(complaint: Complaint) -> datetime:
    """Give since when the present dates count: filing, or the latest opening."""
    again = [event.at for event in complaint.events if event.kind == "reopened"]
    return again[-1] if again and complaint.reopened_times else complaint.filed_at


def open_spans(
    start: datetime, end: datetime, hours: OfficeHours | None, pauses: Sequence[Pause] = ()
) -> Spans:
    """Give the spans between two moments in which the office is open and nothing is paused."""
    spans = [(start, end)] if hours is None and start < end else []
    if hours is not None:
        day, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
        while day <= last:
            for opens, closes in hours.spans_on(day):
                a = max(start, datetime.combine(day, opens, tzinfo=hours.zone))
                b = min(end, datetime.combine(day, closes, tzinfo=hours.zone))
                if a < b:
                    spans.append((a, b))
            day += timedelta(days=1)
    for pause in pauses:
        spans = _without(spans, pause.begun_at, pause.until or end)
    return spans


def after_pause(
    complaint: Complaint, now: datetime, calendar: Calendar, zone: tzinfo = UTC
) -> Complaint:
    """Give a complaint whose pause ends ``now``; one without a pause stays as it is.

    What is due moves on by the working days that were waited, so that as many are left as
    there were when the pause began.
    """
    if not complaint.pauses or complaint.pauses[-1].until is not None:
        return complaint
    pause = complaint.pauses[-1]
    until = max(now, pause.begun_at)
    begun, ended = (at.astimezone(zone).date() for at in (pause.begun_at, until))
    answered = complaint.responded_at is not None
    waited = calendar.working_days_between(begun, ended)
    return replace(
        complaint,
        pauses=(*complaint.pauses[:-1], replace(pause, until=until)),
        deadlines=moved(complaint.deadlines, waited, calendar, answered),
        waiting_until=None,
    )


def waited_days(complaint: Complaint, calendar: Calendar, zone: tzinfo = UTC) -> int:
    """Give the working days waited for the complainant since the present dates count."""
    since = opened_at(complaint)
    return sum(
        calendar.working_days_between(
            pause.begun_at.astimezone(zone).date(), pause.until.astimezone(zone).date()
        )
        for pause in complaint.pauses
        if pause.until is not None and pause.begun_at >= since
    )


def moved(deadlines: Deadlines, working_days: int, calendar: Calendar, answered: bool) -> Deadlines:
    """Give dates moved on by working days; that of a given first response stays."""

    def later(promised: DueDate) -> DueDate:
        if working_days <= 0:
            return promised
        new = calendar.add_working_days(promised.day, working_days)
        return DueDate(new.day, new.provisional or promised.provisional)

    first = deadlines.first_response if answered else later(deadlines.first_response)
    return Deadlines(first, later(deadlines.decision))


def _at_part(spans: Spans, percent: int, end: datetime) -> datetime:
    if percent >= PARTS[-1]:
        return end
    left = sum((b - a for a, b in spans), timedelta()) * percent / 100
    for a, b in spans:
        if left <= b - a:
            return (a + left).astimezone(UTC)
        left -= b - a
    return end


def _without(spans: Spans, begin: datetime, end: datetime) -> Spans:
    kept: Spans = []
    for a, b in spans:
        if a < min(b, begin):
            kept.append((a, min(b, begin)))
        if max(a, end) < b:
            kept.append((max(a, end), b))
    return kept
