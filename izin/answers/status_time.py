"""The time account of an application in words: days used, pauses, and the expected date."""

from __future__ import annotations

from izin.answers.pace import usual_words
from izin.answers.status_view import StatusView
from izin.applications import Status
from izin.office import Calendar, DueDate
from izin.service_time import Pause, ServiceTime, after_working_days
from izin.wording import Wording

_AFTER = {
    Status.RECEIVED: "status.expected_if_complete",
    Status.RETURNED: "status.expected_after_fix",
    Status.PAYMENT: "status.expected_after_payment",
}
_REASONS = {
    Status.RECEIVED: "status.pause_reason_received",
    Status.RETURNED: "status.pause_reason_returned",
    Status.PAYMENT: "status.pause_reason_payment",
}

_SINCE_TODAY = {
    "status.clock_checking": "status.clock_checking_today",
    "status.clock_paused": "status.clock_pausing",
    "status.clock_waiting": "status.clock_waiting_today",
}
"""Sentences for a pause that took no working day yet."""


def used_lines(view: StatusView, account: ServiceTime, wording: Wording) -> list[str]:
    """Give the days used against the standard, and why the clock stands still now."""
    status = view.application.status
    lines = []
    if account.started:
        lines.append(
            wording.say("status.days_used_no_standard", used=account.used)
            if account.standard is None
            else wording.say("status.days_used", used=account.used, standard=account.standard)
        )
    elif account.pause is None:
        lines.append(wording.say("status.clock_not_started"))
    if account.pause is not None:
        lines.append(_standing(account.pause, account.started, wording))
    elif status in (Status.RETURNED, Status.PAYMENT):  # a registry without that stretch
        reason = wording.say(_REASONS[status])
        lines.append(wording.say("status.clock_paused_undated", reason=reason))
    return lines


def past_pauses_line(account: ServiceTime, wording: Wording) -> list[str]:
    """Give one line on the days that earlier pauses took off the count, if any."""
    items = [
        wording.say(
            "status.paused_item",
            days=pause.working_days,
            reason=wording.say(_REASONS[pause.status]),
            since=wording.date(pause.since, weekday=False),
            until=wording.date(pause.until, weekday=False),
        )
        for pause in account.past_pauses
        if pause.until is not None
    ]
    joined = wording.say("status.paused_join").join(items)
    return [wording.say("status.paused_before", list=joined)] if items else []


def expected_lines(view: StatusView, account: ServiceTime, wording: Wording) -> list[str]:
    """Give the date by the standard, or by how much the standard is exceeded."""
    status = view.application.status
    if account.overdue_days and account.due:
        day = wording.date(account.due)
        return [wording.say("status.overdue", days=account.overdue_days, date=day)]
    if account.expected and (account.running or status in _AFTER):
        key = "status.expected" if account.running else _AFTER[status]
        return [dated(key, account.expected, wording)]
    return []


def pace_lines(
    view: StatusView, account: ServiceTime, calendar: Calendar, wording: Wording
) -> list[str]:
    """Give what is usual for the present stage, and the date that follows from it.

    Only for stages in which the office works on the file: how long an applicant takes to
    repair or to pay says nothing about the next one.
    """
    status, pace = view.application.status, view.pace.stage(view.application.stage)
    waits = status in (Status.RETURNED, Status.PAYMENT, Status.DRAFT)
    if waits or not status.is_open or pace.within is None or account.in_stage is None:
        return []
    lines = [usual_words(pace.within, "stage", wording)]
    if account.in_stage > pace.within.most:
        lines.append(wording.say("pace.slower", used=account.in_stage))
    elif pace.to_the_end is not None:
        left = max(pace.to_the_end.typical - account.since_stage, 0)
        usual = after_working_days(left, calendar, view.now, view.zone)
        later = account.expected is not None and usual.day > account.expected.day
        lines.append(dated("pace.finish_after" if later else "pace.finish", usual, wording))
    return lines


def dated(key: str, due: DueDate, wording: Wording) -> str:
    """Give the sentence ``key`` with a date, marked where its holidays are not loaded."""
    provisional = wording.say("status.provisional") if due.provisional else ""
    return wording.say(key, date=wording.date(due.day), provisional=provisional)


def _standing(pause: Pause, started: bool, wording: Wording) -> str:
    if pause.status is Status.RECEIVED:
        key = "status.clock_checking"
    else:
        key = "status.clock_paused" if started else "status.clock_waiting"
    since = wording.date(pause.since, weekday=False)
    reason = wording.say(_REASONS[pause.status])
    if not pause.working_days:
        return wording.say(_SINCE_TODAY[key], since=since, reason=reason)
    return wording.say(key, since=since, reason=reason, days=pause.working_days)
