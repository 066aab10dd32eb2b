"""Where an application stands, in as much detail as the proof allows."""

from __future__ import annotations

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
from izin.replies import Choice, Reply
from izin.service_time import ServiceTime
from izin.wording import Wording

__all__ = ["OTHER_NUMBER", "StatusView", "status_choices", "status_reply"]

OTHER_NUMBER = "nomor_lain"
"""``langkah`` of the button that begins with another application."""

_DECIDED = {Status.REVOKED: "status.revoked", Status.DRAFT: "status.draft"}
_WITH_APPLICANT = (Status.RETURNED, Status.PAYMENT, Status.DRAFT)


def status_reply(view: StatusView, calendar: Calendar, wording: Wording) -> Reply:
    """Give the status of an application with the next useful choices."""
    application = view.application
    account = view.account(calendar)
    lines = [wording.say("status.title", number=application.number)]
    lines += _head(view, wording)
    if application.status.is_open and application.status is not Status.DRAFT:
        lines += used_lines(view, account, wording)
        lines += past_pauses_line(account, wording)
        lines += expected_lines(view, account, wording)
        lines += pace_lines(view, account, calendar, wording)
    lines += missing_lines(view, wording)
    lines += _outcome(view, calendar, wording)
    if not view.full:
        lines.append(wording.say("status.limited"))
    lines.append(source_line(view, wording))
    return Reply("\n".join(lines), choices=status_choices(view, account, wording))


def source_line(view: StatusView, wording: Wording) -> str:
    """Give where a status comes from and when it last changed."""
    changed = view.application.changed_at
    return wording.say(
        "status.source",
        date=wording.date(changed.astimezone(view.zone).date(), weekday=False),
        time=wording.time(changed, view.zone),
    )


def status_choices(view: StatusView, account: ServiceTime, wording: Wording) -> tuple[Choice, ...]:
    """Give the next useful steps, the most urgent first."""
    application = view.application
    # The last four NIK digits do not open which permit it is, so no button may tell either.
    permit = {"izin": application.permit_code} if view.permit and view.full else {}
    choices = []
    if account.overdue_days:
        choices.append(complaint_choice("complain", "KETERLAMBATAN", view, wording))
    if application.status in (Status.REJECTED, Status.REVOKED):
        choices.append(complaint_choice("objection", "PENOLAKAN", view, wording))
    if application.status is Status.RETURNED and permit:
        choices.append(Choice(wording.say("status.choice.requirements"), "tanya_syarat", permit))
    if application.status in (Status.EXPIRED, Status.ISSUED) and permit:
        choices.append(Choice(wording.say("status.choice.extension"), "tanya_perpanjangan", permit))
    if application.status.is_open and wording.has("following.choice_follow"):
        follow = {"langkah": "ikuti", "nomor_permohonan": application.number}
        choices.append(Choice(wording.say("following.choice_follow"), "ubah_langganan", follow))
    other = {"langkah": OTHER_NUMBER}
    choices.append(Choice(wording.say("status.choice.other"), "cek_status", other))
    choices.append(Choice(wording.say("status.choice.officer"), "minta_petugas"))
    return tuple(choices)


def complaint_choice(what: str, category: str, view: StatusView, wording: Wording) -> Choice:
    """Give the button that opens a complaint on the application with all that is known."""
    entities = {"nomor_permohonan": view.application.number, "kategori": category}
    if view.permit and view.full:
        entities["izin"] = view.permit.code
    return Choice(wording.say(f"status.choice.{what}"), "lapor_pengaduan", entities)


def _head(view: StatusView, wording: Wording) -> list[str]:
    application = view.application
    name = view.permit.short_name if view.permit else application.permit_code
    lines = []
    if view.full:
        lines.append(wording.say("status.permit", permit=name))
    lines.append(wording.say("status.stage", stage=application.stage, status=view.status_label))
    if application.status.is_open:
        key = "unit_applicant" if application.status in _WITH_APPLICANT else "unit"
        lines.append(wording.say(f"status.{key}", unit=application.unit))
    if view.full:
        submitted = application.submitted_at.astimezone(view.zone).date()
        lines.append(wording.say("status.submitted", date=wording.date(submitted, weekday=False)))
    return lines


def _outcome(view: StatusView, calendar: Calendar, wording: Wording) -> list[str]:
    application = view.application
    lines = payment_lines(view, wording)
    if application.status is Status.REJECTED:
        return lines + rejection_lines(view, calendar, wording)
    if key := _DECIDED.get(application.status):
        lines.append(wording.say(key))
    if view.full and application.note:
        lines.append(wording.say("status.note", note=application.note))
    return lines + issued_lines(view, wording)
