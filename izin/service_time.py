"""Days an application has used against its service standard, with the clock's pauses.

The clock runs only while the office works (technical review, final check); it stands still
before the file is declared complete, while the applicant repairs it and until a payment is
made (``sla_rules`` of the catalogue). The day a stretch begins is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from izin.applications import Application
from izin.office import Calendar, DueDate


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """Where an application stands in time (all days are working days).

    Attributes:
        used: Days the office has used.
        standard: Days it may use, None when the catalogue holds no standard.
        running: The clock runs now.
        started: The clock has run at all.
        expected: When it should be done if it goes on today; None when decided, without a
            standard, or overdue.
        due: The day the standard was used up; None unless overdue.
        overdue_days: Days beyond the standard, 0 if none.
    """

    used: int
    standard: int | None
    running: bool
    started: bool
    expected: DueDate | None = None
    due: date | None = None
    overdue_days: int = 0


def service_time(
    application: Application,
    standard: int | None,
    calendar: Calendar,
    now: datetime,
    zone: ZoneInfo,
) -> ServiceTime:
    """Give the time account of an application at ``now``.

    ``standard`` is the catalogue's; the registry's own standard for this application wins.
    0 counts as "no standard known".
    """
    limit = application.sla_working_days or standard or None
    spans = [
        (_day(visit.entered_at, zone), _day(min(visit.left_at or now, now), zone))
        for visit in application.history
        if visit.status.clock_runs and visit.entered_at <= now
    ]
    used = sum(calendar.working_days_between(start, end) for start, end in spans)
    running = application.status.clock_runs
    if limit is None or not application.status.is_open:
        return ServiceTime(used, limit, running, bool(spans))
    if used > limit:
        return ServiceTime(
            used, limit, running, True,
            due=_used_up(spans, limit, calendar), overdue_days=used - limit,
        )  # fmt: skip
    today, left = _day(now, zone), limit - used
    # With nothing left, "today" may be a day on which the office works on nothing.
    expected = calendar.add_working_days(today, left) if left else calendar.next_working_day(today)
    return ServiceTime(used, limit, running, bool(spans), expected=expected)


def _used_up(spans: list[tuple[date, date]], limit: int, calendar: Calendar) -> date:
    left = limit
    for start, end in sorted(spans):
        day = start
        while day < end:
            day += timedelta(days=1)
            left -= calendar.is_working_day(day)
            if left == 0:
                return day
    return max(end for _, end in spans)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
