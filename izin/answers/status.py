"""Where an application stands, in as much detail as the proof allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from izin.applications import Application, Status
from izin.office import Calendar, DueDate
from izin.permits import Permit
from izin.replies import Choice, Reply
from izin.service_time import ServiceTime, service_time
from izin.wording import Wording

EXPIRY_WARNING_DAYS = 90

_DECIDED = {
    Status.REJECTED: "status.rejected",
    Status.REVOKED: "status.revoked",
    Status.DRAFT: "status.draft",
}


_AFTER = {
    Status.RECEIVED: "status.expected_if_complete",
    Status.RETURNED: "status.expected_after_fix",
    Status.PAYMENT: "status.expected_after_payment",
}


@dataclass(frozen=True, slots=True)
class StatusView:
    """What is needed to tell a status.

    Attributes:
        application: The application, its proof already accepted.
        permit: Its permit in the catalogue, or None when the catalogue does not hold it.
        status_label: Label of its status code.
        full: The channel's verified phone equals the applicant's; otherwise only stage,
            unit, days, expected date and names of missing documents are told.
        now: Office clock.
        zone: Office's time zone.
    """

    application: Application
    permit: Permit | None
    status_label: str
    full: bool
    now: datetime
    zone: ZoneInfo


def status_reply(view: StatusView, calendar: Calendar, wording: Wording) -> Reply:
    """Give the status of an application with the next useful choices."""
    application = view.application
    standard = view.permit.sla_working_days if view.permit else None
    account = service_time(application, standard, calendar, view.now, view.zone)
    lines = [wording.say("status.title", number=application.number)]
    lines += _head(view, wording)
    lines += _time(view, account, wording)
    lines += _missing(view, wording)
    lines += _outcome(view, wording)
    if not view.full:
        lines.append(wording.say("status.limited"))
    lines.append(
        wording.say(
            "status.source",
            date=wording.date(application.changed_at.astimezone(view.zone).date(), weekday=False),
            time=wording.time(application.changed_at, view.zone),
        )
    )
    return Reply("\n".join(lines), choices=_choices(view, account, wording))


def _head(view: StatusView, wording: Wording) -> list[str]:
    application = view.application
    name = view.permit.short_name if view.permit else application.permit_code
    lines = []
    if view.full:
        lines.append(wording.say("status.permit", permit=name))
    lines.append(wording.say("status.stage", stage=application.stage, status=view.status_label))
    if application.status.is_open:
        lines.append(wording.say("status.unit", unit=application.unit))
    if view.full:
        submitted = application.submitted_at.astimezone(view.zone).date()
        lines.append(wording.say("status.submitted", date=wording.date(submitted, weekday=False)))
    return lines


def _time(view: StatusView, account: ServiceTime, wording: Wording) -> list[str]:
    status = view.application.status
    if not status.is_open:
        return []
    lines = []
    if account.started:
        lines.append(
            wording.say("status.days_used_no_standard", used=account.used)
            if account.standard is None
            else wording.say("status.days_used", used=account.used, standard=account.standard)
        )
    else:
        lines.append(wording.say("status.clock_not_started"))
    if status in (Status.RETURNED, Status.PAYMENT):
        reason = "returned" if status is Status.RETURNED else "payment"
        lines.append(
            wording.say("status.clock_paused", reason=wording.say(f"status.pause_reason_{reason}"))
        )
    if account.overdue_days and account.due:
        lines.append(
            wording.say("status.overdue", days=account.overdue_days, date=wording.date(account.due))
        )
    elif account.expected and (account.running or status in _AFTER):
        key = "status.expected" if account.running else _AFTER[status]
        lines.append(_expected(key, account.expected, wording))
    return lines


def _expected(key: str, due: DueDate, wording: Wording) -> str:
    provisional = wording.say("status.provisional") if due.provisional else ""
    return wording.say(key, date=wording.date(due.day), provisional=provisional)


def _missing(view: StatusView, wording: Wording) -> list[str]:
    missing = view.application.missing
    if not missing:
        return []
    lines = [wording.say("status.missing_title", count=len(missing))]
    for number, document in enumerate(missing, start=1):
        if document.note and view.full:
            lines.append(
                wording.say(
                    "status.missing_line_note",
                    number=number,
                    name=document.name,
                    note=document.note,
                )
            )
        else:
            lines.append(wording.say("status.missing_line", number=number, name=document.name))
    return lines


def _outcome(view: StatusView, wording: Wording) -> list[str]:
    application, full = view.application, view.full
    lines = []
    if application.status is Status.PAYMENT:
        due = application.amount_due_rupiah
        lines.append(
            wording.say("status.amount_due", amount=wording.rupiah(due))
            if full and due is not None
            else wording.say("status.payment_needed")
        )
    if key := _DECIDED.get(application.status):
        lines.append(wording.say(key))
    if full and application.note:
        lines.append(wording.say("status.note", note=application.note))
    if full and application.issued:
        lines += _issued(view, wording)
    return lines


def _issued(view: StatusView, wording: Wording) -> list[str]:
    issued = view.application.issued
    if issued is None:
        return []
    lines = [
        wording.say("status.issued", date=wording.date(issued.issued_on, weekday=False)),
        wording.say("status.issued_number", number=issued.number),
    ]
    if issued.valid_until:
        until = wording.date(issued.valid_until, weekday=False)
        left = (issued.valid_until - view.now.astimezone(view.zone).date()).days
        if left < 0:
            lines.append(wording.say("status.expired", date=until))
        else:
            lines.append(wording.say("status.valid_until", date=until))
            if left <= EXPIRY_WARNING_DAYS:
                lines.append(wording.say("status.expires_soon", days=left))
    return lines


def _choices(view: StatusView, account: ServiceTime, wording: Wording) -> tuple[Choice, ...]:
    application = view.application
    # The last four NIK digits do not open which permit it is, so no button may tell either.
    permit = {"izin": application.permit_code} if view.permit and view.full else {}
    choices = []
    if account.overdue_days:
        choices.append(
            Choice(
                wording.say("status.choice.complain"),
                "lapor_pengaduan",
                {"nomor_permohonan": application.number, "kategori": "KETERLAMBATAN", **permit},
            )
        )
    if application.status is Status.REJECTED:
        choices.append(
            Choice(
                wording.say("status.choice.objection"),
                "lapor_pengaduan",
                {"nomor_permohonan": application.number, "kategori": "PENOLAKAN", **permit},
            )
        )
    if application.status is Status.RETURNED and permit:
        choices.append(Choice(wording.say("status.choice.requirements"), "tanya_syarat", permit))
    if application.status in (Status.EXPIRED, Status.ISSUED) and permit:
        choices.append(Choice(wording.say("status.choice.extension"), "tanya_perpanjangan", permit))
    choices.append(Choice(wording.say("status.choice.other"), "cek_status"))
    choices.append(Choice(wording.say("status.choice.officer"), "minta_petugas"))
    return tuple(choices)
