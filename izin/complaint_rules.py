"""The steps officers may take with a complaint, each checked against the rules.

Every function gives the complaint after the step or raises ``Refusal``. Sources: UU 25/2009
Ps. 44 and 50, and the closing and reopening rules of the complaint catalogue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from izin.complaint_clock import after_pause
from izin.complaint_states import Closing as Closing
from izin.complaint_states import (
    ClosingReason,
    ComplaintState,
    Pause,
    Priority,
    may_follow,
)
from izin.complaint_work import Refusal
from izin.complaints import Complaint, ComplaintEvent, Confidentiality, Deadlines
from izin.office import OfficeHours

COMPLETE_WITHIN_DAYS = 30
"""Calendar days a complainant has to complete a complaint (UU 25/2009 Ps. 44 ayat 4)."""

LONGEST_TEXT = 3000
SUPERVISED_CLASS = "BERKADAR"
"""The class that is always confidential; what came into it never leaves it."""

_FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W_]+")
_EMPTY_PHRASES = frozenset(
    _WORD.findall(
        "sudah telah akan sedang kami kita saya di ke dari yang dan untuk atas dengan oleh agar "
        "ini itu diteruskan teruskan meneruskan disampaikan sampaikan dikoordinasikan koordinasi "
        "ditindaklanjuti tindaklanjut tindak lanjut lanjuti diproses proses diterima terima kasih "
        "kepada pihak dinas opd unit bagian bidang instansi terkait berwenang bersangkutan "
        "laporan laporannya aduan pengaduan aduannya keluhan bapak ibu anda saudara mohon harap "
        "menunggu tunggu ditunggu bersabar sabar segera secepatnya informasi masukan selesai"
    )
)


@dataclass(frozen=True, slots=True)
class Correction:
    """What an officer corrects; None leaves a part as it is.

    ``unit`` is a code, or "" for the permit office's desk.
    """

    class_code: str | None = None
    category: str | None = None
    priority: Priority | None = None
    unit: str | None = None
    owner: str | None = None
    deadlines: Deadlines | None = None


def required(text: str, field: str) -> str:
    """Give a text trimmed.

    Raises:
        Refusal: It is empty (``<field>_missing``) or too long (``too_long``).
    """
    words = text.strip()
    if not words:
        raise Refusal(f"{field}_missing", field)
    if len(words) > LONGEST_TEXT:
        raise Refusal("too_long", field)
    return words


def is_template(text: str) -> bool:
    """Say whether a result says nothing but that something was passed on or is being done."""
    words = {word for word in _WORD.findall(text.casefold()) if len(word) > 1}
    return len(words - _EMPTY_PHRASES) < _FEWEST_WORDS


def verified(complaint: Complaint, actor: str, now: datetime) -> Complaint:
    """Give a complaint found complete and ours."""
    return _moved(complaint, ComplaintState.VERIFIED, "verified", actor, now)


def begun(complaint: Complaint, actor: str, text: str, now: datetime) -> Complaint:
    """Give a complaint that is being followed up; ``text`` says what is done and stays inside."""
    if complaint.state is ComplaintState.WAITING:
        raise Refusal("state", "state")  # it is resumed, so that its dates move
    return _moved(complaint, ComplaintState.IN_PROGRESS, "in_progress", actor, now, text)


def disposed(
    complaint: Complaint, actor: str, unit: str | None, owner: str, reason: str, now: datetime
) -> Complaint:
    """Give a complaint passed to another unit; ``owner`` is what the complainant reads."""
    words = required(reason, "reason")
    if (unit or None) == complaint.unit:
        raise Refusal("same_unit", "unit")
    after = replace(complaint, unit=unit or None, owner=owner, officer=None)
    details = {"unit_before": complaint.unit or "", "unit": unit or ""}
    return _moved(after, ComplaintState.DISPATCHED, "disposed", actor, now, words, details)


def assigned(complaint: Complaint, actor: str, officer: str | None, now: datetime) -> Complaint:
    """Give a complaint for which somebody else, or nobody, is responsible."""
    if not complaint.is_open:
        raise Refusal("closed", "state")
    if officer == complaint.officer:
        return complaint
    details = {"officer_before": complaint.officer or "", "officer": officer or ""}
    return _told(replace(complaint, officer=officer), "assigned", actor, now, details=details)


def corrected(
    complaint: Complaint, actor: str, change: Correction, reason: str, now: datetime
) -> Complaint:
    """Give a complaint with class, category, unit or priority corrected.

    What becomes ``BERKADAR`` becomes confidential with it; nothing is ever loosened.
    """
    words = required(reason, "reason")
    if not complaint.is_open:
        raise Refusal("closed", "state")
    sealed = complaint.confidentiality is not Confidentiality.NORMAL
    wanted = change.class_code or complaint.class_code
    if complaint.class_code == SUPERVISED_CLASS and wanted != SUPERVISED_CLASS:
        raise Refusal("never_loosened", "class_code")
    after = replace(
        complaint,
        class_code=wanted,
        category=change.category or complaint.category,
        priority=change.priority or complaint.priority,
        unit=complaint.unit if change.unit is None else change.unit or None,
        owner=change.owner or complaint.owner,
        deadlines=change.deadlines or complaint.deadlines,
        confidentiality=(
            Confidentiality.CONFIDENTIAL
            if wanted == SUPERVISED_CLASS and not sealed
            else complaint.confidentiality
        ),
    )
    if after == complaint:
        raise Refusal("nothing_changed", "class_code")
    details = {
        f"{name}{when}": str(getattr(item, name) or "")
        for name in ("class_code", "category", "priority", "unit")
        if getattr(complaint, name) != getattr(after, name)
        for when, item in (("_before", complaint), ("", after))
    }
    told = _told(after, "corrected", actor, now, words, details)
    if after.confidentiality is complaint.confidentiality:
        return told
    return _told(told, "made_confidential", actor, now)


def answered(complaint: Complaint, actor: str, text: str, now: datetime) -> Complaint:
    """Give a complaint that got a substantive answer; the first one keeps a promised date."""
    words = required(text, "text")
    if not complaint.is_open:
        raise Refusal("closed", "state")
    if is_template(words):
        raise Refusal("template", "text")
    after = _responded(complaint, now)
    if complaint.state is ComplaintState.RECEIVED:
        return _moved(after, ComplaintState.VERIFIED, "answered", actor, now, words)
    return _told(after, "answered", actor, now, words)


def asked(complaint: Complaint, actor: str, text: str, today: date, now: datetime) -> Complaint:
    """Give a complaint whose complainant has to complete it; its dates stand still.

    Asking for what is missing is the answer on completeness of UU 25/2009 Ps. 44 ayat 3.
    """
    words = required(text, "text")
    after = replace(
        _responded(complaint, now),
        waiting_until=today + timedelta(days=COMPLETE_WITHIN_DAYS),
        pauses=(*complaint.pauses, Pause(_at(complaint, now))),
    )
    return _moved(after, ComplaintState.WAITING, "asked", actor, now, words)


def resumed(
    complaint: Complaint, actor: str | None, now: datetime, hours: OfficeHours
) -> Complaint:
    """Give a complaint that is no longer waited for; its dates move by the days waited."""
    if complaint.state is not ComplaintState.WAITING:
        raise Refusal("state", "state")
    moved = after_pause(complaint, now, hours.calendar, hours.zone)
    return _moved(moved, ComplaintState.IN_PROGRESS, "resumed", actor, now)


def resolved(
    complaint: Complaint, actor: str, result: Closing, now: datetime, hours: OfficeHours
) -> Complaint:
    """Give a complaint whose result is told; it may be opened again for a while."""
    checked = checked_closing(complaint, replace(result, reason=ClosingReason.RESOLVED), now, hours)
    after = _ended(complaint, checked, now, hours)
    return _moved(_responded(after, now), ComplaintState.RESOLVED, "resolved", actor, now)


def closed(
    complaint: Complaint, actor: str | None, closing: Closing, now: datetime, hours: OfficeHours
) -> Complaint:
    """Give a complaint that is over, for one of the reasons."""
    told = complaint.state is ComplaintState.RESOLVED and complaint.closing is not None
    if told and closing.reason is ClosingReason.RESOLVED:
        after = complaint
    else:
        after = _ended(complaint, checked_closing(complaint, closing, now, hours), now, hours)
        after = _responded(after, now)
    details = {"reason": closing.reason.value}
    return _moved(after, ComplaintState.CLOSED, "closed", actor, now, details=details)


def reopened(
    complaint: Complaint, actor: str | None, reason: str, new: Deadlines, now: datetime
) -> Complaint:
    """Give a closed complaint opened again with new dates."""
    words = required(reason, "reason")
    if complaint.is_open:
        raise Refusal("is_open", "state")
    after = replace(
        complaint,
        deadlines=new,
        reopened_times=complaint.reopened_times + 1,
        closed_at=None,
        closing_reason=None,
        closing=None,
        responded_at=None,
        waiting_until=None,
    )
    return _moved(after, ComplaintState.REOPENED, "reopened", actor, now, words)


def linked(complaint: Complaint, actor: str, other: str, now: datetime) -> Complaint:
    """Give a complaint with a link to another one that tells of the same."""
    if other == complaint.ticket:
        raise Refusal("same_ticket", "other")
    known = {event.details.get("other") for event in complaint.events if event.kind == "linked"}
    if other in known:
        return complaint
    return _told(complaint, "linked", actor, now, details={"other": other})


def checked_closing(
    complaint: Complaint, closing: Closing, now: datetime, hours: OfficeHours
) -> Closing:
    """Give a closing with its texts trimmed.

    Raises:
        Refusal: It does not say what the closing rules demand of its reason.
    """
    text = required(closing.text, "text")
    today = now.astimezone(hours.zone).date()
    kept = Closing(closing.reason, text)
    match closing.reason:
        case ClosingReason.RESOLVED:
            if is_template(text):
                raise Refusal("template", "text")
            unit = required(closing.unit, "unit")
            if closing.done_on is None:
                raise Refusal("done_on_missing", "done_on")
            if not complaint.filed_at.astimezone(hours.zone).date() <= closing.done_on <= today:
                raise Refusal("done_on_impossible", "done_on")
            return replace(
                kept, unit=unit, done_on=closing.done_on, basis=closing.basis.strip()[:300]
            )
        case ClosingReason.DUPLICATE:
            other = required(closing.other.upper(), "other")
            if other == complaint.ticket:
                raise Refusal("same_ticket", "other")
            return replace(kept, other=other)
        case ClosingReason.NOT_OURS:
            return replace(kept, forwarded_to=required(closing.forwarded_to, "forwarded_to"))
        case ClosingReason.INCOMPLETE:
            until = complaint.waiting_until
            if complaint.state is not ComplaintState.WAITING or until is None:
                raise Refusal("not_asked", "reason")
            if today <= until:
                raise Refusal("not_yet", "reason")
    return kept


def _ended(complaint: Complaint, closing: Closing, now: datetime, hours: OfficeHours) -> Complaint:
    moved = after_pause(complaint, now, hours.calendar, hours.zone)
    return replace(
        moved,
        closing=closing,
        closing_reason=closing.reason.value,
        closed_at=complaint.closed_at or _at(complaint, now),
    )


def _responded(complaint: Complaint, now: datetime) -> Complaint:
    at = _at(complaint, now)
    return replace(
        complaint,
        first_response_at=complaint.first_response_at or at,
        responded_at=complaint.responded_at or at,
    )


def _moved(
    complaint: Complaint,
    state: ComplaintState,
    kind: str,
    actor: str | None,
    now: datetime,
    text: str = "",
    details: dict[str, str] | None = None,
) -> Complaint:
    if not may_follow(complaint.state, state):
        raise Refusal("closed" if not complaint.is_open else "state", "state")
    if len(text) > LONGEST_TEXT:
        raise Refusal("too_long", "text")
    kept = {"from": complaint.state.value, "to": state.value, **(details or {})}
    until = complaint.waiting_until if state is ComplaintState.WAITING else None
    return _told(replace(complaint, state=state, waiting_until=until), kind, actor, now, text, kept)


def _told(
    complaint: Complaint,
    kind: str,
    actor: str | None,
    now: datetime,
    text: str = "",
    details: dict[str, str] | None = None,
) -> Complaint:
    event = ComplaintEvent(_at(complaint, now), kind, text, actor, details or {})
    return replace(complaint, events=(*complaint.events, event))


def _at(complaint: Complaint, now: datetime) -> datetime:
    # Of an anonymous complaint the hour alone is kept, as for all that happens to it.
    if complaint.confidentiality is Confidentiality.ANONYMOUS:
        return now.replace(minute=0, second=0, microsecond=0)
    return now
