"""Days an application has used against its service standard, with the clock's pauses.

The clock runs only while the office works (technical review, final check); it stands still
before the file is declared complete, while the applicant repairs it and until a payment is
made (``sla_rules`` of the catalogue). The day a stretch begins is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from izin.applications import Application, StageVisit, Status
from izin.office import Calendar, DueDate

_RESTING = frozenset({Status.RECEIVED, Status.RETURNED, Status.PAYMENT})


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stood still.

    Attributes:
        status: Why: the completeness check, the applicant's repair, or a payment.
        since: First day of the stretch.
        until: Its last day, None while it lasts.
        working_days: Working days that were not counted.
    """

    status: Status
    since: date
    until: date | None
    working_days: int


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
        in_stage: Working days spent in the present stage, None when unknown.
        since_stage: Days the office has used since that stage was first entered.
        pauses: When the clock stood still, oldest first.
    """

    used: int
    standard: int | None
    running: bool
    started: bool
    expected: DueDate | None = None
    due: date | None = None
    overdue_days: int = 0
    in_stage: int | None = None
    since_stage: int = 0
    pauses: tuple[Pause, ...] = ()

    @property
    def pause(self) -> Pause | None:
        """Give the pause that lasts, or None."""
        return next((pause for pause in self.pauses if pause.until is None), None)

    @property
    def past_pauses(self) -> tuple[Pause, ...]:
        """Give the pauses that ended and took at least a working day."""
        return tuple(item for item in self.pauses if item.until is not None and item.working_days)


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
    account = ServiceTime(
        used,
        limit,
        application.status.clock_runs,
        bool(spans),
        in_stage=_in_stage(application, calendar, now, zone),
        since_stage=_since_stage(application, calendar, now, zone),
        pauses=_pauses(application, calendar, now, zone),
    )
    if limit is None or not application.status.is_open:
        return account
    if used > limit:
        due = _used_up(spans, limit, calendar)
        return replace(account, started=True, due=due, overdue_days=used - limit)
    return replace(account, expected=after_working_days(limit - used, calendar, now, zone))


def after_working_days(days: int, calendar: Calendar, now: datetime, zone: ZoneInfo) -> DueDate:
    """Give the date ``days`` working days from ``now``; with 0 the next day that is one."""
    today = _day(now, zone)
    # With nothing left, "today" may be a day on which the office works on nothing.
    return calendar.add_working_days(today, days) if days else calendar.next_working_day(today)


def _in_stage(
    application: Application, calendar: Calendar, now: datetime, zone: ZoneInfo
) -> int | None:
    """Count all days spent in the present stage, earlier visits to it too."""
    visits = _since(application, now)
    if not visits:
        return None
    own = [visit for visit in visits if visit.stage == application.stage]
    return sum(_days_of(visit, calendar, now, zone) for visit in own)


def _since_stage(
    application: Application, calendar: Calendar, now: datetime, zone: ZoneInfo
) -> int:
    running = [visit for visit in _since(application, now) if visit.status.clock_runs]
    return sum(_days_of(visit, calendar, now, zone) for visit in running)


def _since(application: Application, now: datetime) -> list[StageVisit]:
    """Give the visits from the first one to the present stage on."""
    begun = [visit for visit in application.history if visit.entered_at <= now]
    stages = [visit.stage for visit in begun]
    return begun[stages.index(application.stage) :] if application.stage in stages else []


def _days_of(visit: StageVisit, calendar: Calendar, now: datetime, zone: ZoneInfo) -> int:
    end = min(visit.left_at or now, now)
    return calendar.working_days_between(_day(visit.entered_at, zone), _day(end, zone))


def _pauses(
    application: Application, calendar: Calendar, now: datetime, zone: ZoneInfo
) -> tuple[Pause, ...]:
    """Give the stretches in which the clock stood still, those in a row as one."""
    pauses: list[Pause] = []
    before: Status | None = None
    for visit in application.history:
        if visit.entered_at > now:
            continue
        if visit.status in _RESTING:
            over = visit.left_at is not None and visit.left_at <= now
            since, until = _day(visit.entered_at, zone), _day(visit.left_at or now, zone)
            joined = before is visit.status and pauses
            since = pauses.pop().since if joined else since
            counted = calendar.working_days_between(since, until)
            pauses.append(Pause(visit.status, since, until if over else None, counted))
        before = visit.status
    return tuple(pauses)


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
