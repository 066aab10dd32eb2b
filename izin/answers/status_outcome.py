"""What an application still needs, what it owes, and how it ended."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from izin.answers.section import mark, sentence
from izin.answers.status_view import StatusView
from izin.applications import DECISIONS, Application, Status
from izin.office import Calendar
from izin.wording import Wording

EXPIRY_WARNING_DAYS = 90


def missing_lines(view: StatusView, wording: Wording) -> list[str]:
    """Give everything missing at once; remarks only to the applicant's own phone."""
    application = view.application
    if not application.missing:
        return []
    lines = [wording.say("status.missing_title", count=len(application.missing))]
    for number, document in enumerate(application.missing, start=1):
        if document.note and view.full:
            line = wording.say(
                "status.missing_line_note", number=number, name=document.name, note=document.note
            )
        else:
            line = wording.say("status.missing_line", number=number, name=document.name)
        lines.append(line)
    return lines


def payment_lines(view: StatusView, wording: Wording) -> list[str]:
    """Give what must be paid now; the amount only to the applicant's own phone."""
    application = view.application
    if application.status is not Status.PAYMENT:
        return []
    due = application.amount_due_rupiah
    if not view.full or due is None:
        return [wording.say("status.payment_needed")]
    return [wording.say("status.amount_due", amount=wording.rupiah(due))]


def issued_lines(view: StatusView, wording: Wording) -> list[str]:
    """Give number and validity of the issued permit, and where its document is."""
    application, permit = view.application, view.permit
    issued = application.issued
    if not view.full:
        return [wording.say("status.issued_short")] if application.status is Status.ISSUED else []
    if issued is None:
        return []
    lines = [
        wording.say("status.issued", date=wording.date(issued.issued_on, weekday=False)),
        wording.say("status.issued_number", number=issued.number),
    ]
    if application.status is Status.REVOKED:
        return lines  # a revoked permit is valid no longer, whatever stands on it
    if issued.valid_until:
        lines += _validity(issued.valid_until, view.today, wording)
    elif permit is not None:
        text = wording.say("status.issued_validity", validity=sentence(permit.validity))
        lines.append(mark(text, permit.validity_inferred, wording))
    place = permit.apply_at.get("primary") if permit else None
    if application.status is Status.ISSUED and place:
        lines.append(wording.say("status.issued_next", place=place))
    return lines


def rejection_lines(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    """Give the reason as far as it is known and may be told, and the way to object."""
    application = view.application
    if application.status is not Status.REJECTED:
        return []
    lines = [wording.say("status.rejected")]
    if not view.full:
        lines.append(wording.say("status.rejected_reason_limited"))
    elif application.note:
        lines.append(wording.say("status.rejected_reason", note=application.note))
    else:
        lines.append(wording.say("status.rejected_no_reason"))
    return lines + _objection(view, calendar, wording)


def decided_on(application: Application, zone: ZoneInfo) -> date | None:
    """Give the day the office decided, or None if the registry does not tell."""
    decided = [visit.entered_at for visit in application.history if visit.status in DECISIONS]
    moment = decided[-1] if decided else application.completed_at
    return moment.astimezone(zone).date() if moment else None


def _objection(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    objection = view.objection
    days, basis = objection.get("within_working_days"), objection.get("basis")
    if not days or not basis:
        return []
    day = decided_on(view.application, view.zone)
    if day is None:
        return [wording.say("status.objection_undated", days=days, basis=basis)]
    due = calendar.add_working_days(day, int(days))
    values = {
        "date": wording.date(due.day),
        "provisional": wording.say("status.provisional") if due.provisional else "",
        "days": days,
        "basis": basis,
        "answer": objection.get("decided_within_working_days"),
    }
    over = due.day < view.today
    if over or values["answer"] is None:
        key = "status.objection_over" if over else "status.objection_undated"
        return [wording.say(key, **values)]
    return [wording.say("status.objection", **values)]


def _validity(valid_until: date, today: date, wording: Wording) -> list[str]:
    until = wording.date(valid_until, weekday=False)
    left = (valid_until - today).days
    if left < 0:
        return [wording.say("status.expired", date=until)]
    lines = [wording.say("status.valid_until", date=until)]
    if left <= EXPIRY_WARNING_DAYS:
        lines.append(wording.say("status.expires_soon", days=left))
    return lines
