"""Answers to what a citizen asks on about an application that was just shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from izin.answers.status import source_line, status_choices
from izin.answers.status_outcome import (
    issued_lines,
    missing_lines,
    payment_lines,
    rejection_lines,
)
from izin.answers.status_time import expected_lines, pace_lines, past_pauses_line, used_lines
from izin.answers.status_view import StatusView
from izin.applications import Status
from izin.office import Calendar
from izin.replies import Reply
from izin.wording import Wording

_NEXT = {
    Status.DRAFT: "status.next_draft",
    Status.RECEIVED: "status.next_received",
    Status.RETURNED: "status.next_returned",
    Status.TECHNICAL: "status.next_office",
    Status.PAYMENT: "status.next_payment",
    Status.FINAL_CHECK: "status.next_office",
}

Part = Callable[[StatusView, Calendar, Wording], list[str]]


def followup_reply(
    topics: Sequence[str], view: StatusView, calendar: Calendar, wording: Wording
) -> Reply:
    """Give what ``topics`` (of ``StatusWords``) ask, each line once, with its source."""
    lines = [wording.say("status.about", number=view.application.number)]
    for topic in topics:
        lines += _PARTS[topic](view, calendar, wording)
    lines.append(source_line(view, wording))
    choices = status_choices(view, view.account(calendar), wording)
    return Reply("\n".join(dict.fromkeys(lines)), choices=choices)


_UNRECORDED = {Status.RETURNED: "status.done_returned", Status.PAYMENT: "status.done_payment"}


def _done(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    """Say what is not recorded yet of what the applicant has done ("sudah saya bayar")."""
    key = _UNRECORDED.get(view.application.status)
    if key is None:
        return _next(view, calendar, wording)
    since = wording.date(view.application.changed_at.astimezone(view.zone).date(), weekday=False)
    parts = (*missing_lines(view, wording), *payment_lines(view, wording))
    return [wording.say(key, since=since), *parts]


def _missing(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    application = view.application
    if application.missing:
        dates = expected_lines(view, view.account(calendar), wording)
        return missing_lines(view, wording) + dates
    if application.status is Status.RECEIVED:
        return [wording.say("status.missing_unchecked", unit=application.unit)]
    return [wording.say("status.nothing_missing"), *_holder(view, calendar, wording)]


def _when(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    if not view.application.status.is_open:
        return _decided(view, calendar, wording)
    if view.application.status is Status.DRAFT:
        return [wording.say("status.next_draft")]
    account = view.account(calendar)
    dates = expected_lines(view, account, wording)
    usual = pace_lines(view, account, calendar, wording)
    if not dates and not usual:
        dates = [wording.say("status.no_date")]
    return [*used_lines(view, account, wording), *dates, *usual]


def _why(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    if not view.application.status.is_open:
        return _decided(view, calendar, wording)
    if view.application.status is Status.DRAFT:
        return [wording.say("status.next_draft")]
    account = view.account(calendar)
    return [
        *_holder(view, calendar, wording),
        *used_lines(view, account, wording),
        *past_pauses_line(account, wording),
        *pace_lines(view, account, calendar, wording),
        *expected_lines(view, account, wording),
        *missing_lines(view, wording),
        *payment_lines(view, wording),
        wording.say("status.clock_rule"),
    ]


def _holder(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    application = view.application
    if not application.status.is_open:
        return [wording.say("status.holder_decided", status=view.status_label)]
    entered = [v.entered_at for v in application.history if v.stage == application.stage]
    if not entered:
        return [wording.say("status.holder", unit=application.unit, stage=application.stage)]
    since = wording.date(entered[-1].astimezone(view.zone).date(), weekday=False)
    return [
        wording.say(
            "status.holder_since", unit=application.unit, stage=application.stage, since=since
        )
    ]


def _pay(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    return payment_lines(view, wording) or [wording.say("status.nothing_due")]


def _permit(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    lines = issued_lines(view, wording)
    if lines:
        return lines
    return [
        wording.say("status.stage", stage=view.application.stage, status=view.status_label),
        *_when(view, calendar, wording),
    ]


def _reason(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    lines = rejection_lines(view, calendar, wording)
    if lines:
        return lines
    if view.application.status is Status.REVOKED:
        return _decided(view, calendar, wording)
    return _why(view, calendar, wording)


def _next(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    status = view.application.status
    if status not in _NEXT:
        return _decided(view, calendar, wording)
    return [
        wording.say(_NEXT[status], unit=view.application.unit),
        *missing_lines(view, wording),
        *payment_lines(view, wording),
    ]


def _decided(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    lines = [wording.say("status.already_decided", status=view.status_label)]
    if view.application.status is Status.REVOKED:
        lines.append(wording.say("status.revoked"))
        if view.full and view.application.note:
            lines.append(wording.say("status.note", note=view.application.note))
    return lines + rejection_lines(view, calendar, wording) + issued_lines(view, wording)


_PARTS: Mapping[str, Part] = {
    "done": _done,
    "missing": _missing,
    "why": _why,
    "when": _when,
    "holder": _holder,
    "pay": _pay,
    "permit": _permit,
    "reason": _reason,
    "next": _next,
}
