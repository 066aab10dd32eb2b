"""Following an application: what a citizen was told last, and what is news since.

A subscription keeps a snapshot of the application as its citizen knows it. Comparing that with
the registry gives at most one piece of news; storing the new snapshot together with the notice
makes each change known exactly once, whatever happened in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from izin.applications import Application, Status
from izin.replies import Reply
from izin.service_time import ServiceTime

EXPIRY_DAYS = (90, 30, 7)
"""Days before a permit's last day at which its holder is reminded, each once."""

Proof = Literal["phone", "digits"]
"""How the citizen proved to be the applicant when subscribing."""


class NoticeKind(StrEnum):
    """What a notice is about; decides which approved template may carry it."""

    STAGE = "stage"
    RETURNED = "returned"
    PAYMENT = "payment"
    DECIDED = "decided"
    OVERDUE = "overdue"
    EXPIRING = "expiring"
    DATE = "date"
    ENDED = "ended"
    SECURITY = "security"
    NEWS = "news"
    OFFICER = "officer"
    """An officer asks the citizen to write again, outside WhatsApp's window."""
    COMPLAINT = "complaint"
    """The office answers a complaint, or asks for what is missing."""
    STAFF = "staff"
    """To an officer's own chat: a complaint comes near its date."""


AT_ONCE = frozenset(
    {NoticeKind.SECURITY, NoticeKind.OFFICER, NoticeKind.COMPLAINT, NoticeKind.STAFF}
)
"""Kinds that do not wait until an officer is done with the conversation."""

_DECISIONS = frozenset({Status.ISSUED, Status.REJECTED, Status.REVOKED, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An application as its follower knows it.

    Attributes:
        status: Its status.
        stage: Its stage.
        unit: Who holds the file.
        missing: Missing documents with their notes.
        amount_due_rupiah: What has to be paid, if anything.
        valid_until: Last day of the permit that came of it.
        overdue: It was once beyond its standard; stays so.
        reminded_days: Nearest of ``EXPIRY_DAYS`` already reached, None before the first.
        provisional: Its expected date reached into a year without holidays loaded.
    """

    status: Status
    stage: str
    unit: str
    missing: tuple[str, ...] = ()
    amount_due_rupiah: int | None = None
    valid_until: date | None = None
    overdue: bool = False
    reminded_days: int | None = None
    provisional: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the snapshot as a JSON object."""
        return {
            "status": self.status.value,
            "stage": self.stage,
            "unit": self.unit,
            "missing": list(self.missing),
            "amount_due_rupiah": self.amount_due_rupiah,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "overdue": self.overdue,
            "reminded_days": self.reminded_days,
            "provisional": self.provisional,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Snapshot:
        """Give the snapshot that ``to_json`` wrote."""
        until = document.get("valid_until")
        return cls(
            status=Status(document["status"]),
            stage=str(document["stage"]),
            unit=str(document["unit"]),
            missing=tuple(document.get("missing") or ()),
            amount_due_rupiah=document.get("amount_due_rupiah"),
            valid_until=date.fromisoformat(until) if until else None,
            overdue=bool(document.get("overdue")),
            reminded_days=document.get("reminded_days"),
            provisional=bool(document.get("provisional")),
        )


@dataclass(frozen=True, slots=True)
class Subscription:
    """One chat following one application.

    Attributes:
        conversation_id: The chat.
        number: The application, as the registry writes it.
        permit_code: Its permit's catalogue code.
        proof: How the citizen proved to be the applicant.
        snapshot: The application as last told.
        since: When it was subscribed.
        changed_at: The registry's time of change that the snapshot rests on.
        version: Grows with every stored snapshot.
        verified_phone: The phone proven on the chat's channel, as it is now.
    """

    conversation_id: str
    number: str
    permit_code: str
    proof: Proof
    snapshot: Snapshot
    since: datetime
    changed_at: datetime | None = None
    version: int = 0
    verified_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that reaches a citizen without a question.

    Attributes:
        conversation_id: The chat.
        key: Idempotency key; the same key twice is one notice.
        kind: What it is about.
        reply: What it says.
        values: Parameters of the kind's approved WhatsApp template, one line each.
        subject: A later notice on the same subject replaces one that still waits.
        not_before: Earliest time of sending, None for at once.
        late_intro: Said before it when it had to wait for the citizen's next message.
    """

    conversation_id: str
    key: str
    kind: NoticeKind
    reply: Reply
    values: tuple[str, ...] = ()
    subject: str | None = None
    not_before: datetime | None = None
    late_intro: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message template approved by Meta, in one of its languages."""

    name: str
    language: str = "id"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The part of a day in which nobody is woken; may span midnight."""

    start: time
    end: time

    def over_at(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Give when the quiet hours that ``now`` lies in are over, None outside of them."""
        local = now.astimezone(zone)
        moment = local.time()
        if self.start <= self.end:
            inside = self.start <= moment < self.end
        else:
            inside = moment >= self.start or moment < self.end
        if not inside:
            return None
        day = local.date()
        if moment >= self.end:  # before midnight: they end tomorrow
            day += timedelta(days=1)
        return datetime.combine(day, self.end, tzinfo=zone)


def snapshot_of(
    application: Application, account: ServiceTime, today: date, before: Snapshot | None = None
) -> Snapshot:
    """Give the application as of ``today``; what was reached ``before`` stays reached."""
    until = application.issued.valid_until if application.issued else None
    same_permit = before is not None and before.valid_until == until
    reached = [before.reminded_days] if before and same_permit and before.reminded_days else []
    if until is not None and (left := (until - today).days) >= 0:
        reached += [days for days in EXPIRY_DAYS if left <= days]
    return Snapshot(
        status=application.status,
        stage=application.stage,
        unit=application.unit,
        missing=tuple(f"{item.name}: {item.note or ''}" for item in application.missing),
        amount_due_rupiah=application.amount_due_rupiah,
        valid_until=until,
        overdue=bool(account.overdue_days) or bool(before and before.overdue),
        reminded_days=min(reached, default=None),
        provisional=bool(account.expected and account.expected.provisional),
    )


def news_between(before: Snapshot, after: Snapshot) -> NoticeKind | None:
    """Give the weightiest news, None when nothing has to be told.

    What else changed at the same time is told along, since a notice carries the whole status.
    """
    if after.status is not before.status and after.status in _DECISIONS:
        return NoticeKind.DECIDED
    returned = after.status is Status.RETURNED and before.status is not Status.RETURNED
    if returned or (after.status.is_open and set(after.missing) - set(before.missing)):
        return NoticeKind.RETURNED
    amount_changed = after.amount_due_rupiah not in (None, before.amount_due_rupiah)
    if after.status is Status.PAYMENT and (before.status is not Status.PAYMENT or amount_changed):
        return NoticeKind.PAYMENT
    if (after.status, after.stage, after.unit) != (before.status, before.stage, before.unit):
        return NoticeKind.STAGE
    if after.overdue and not before.overdue:
        return NoticeKind.OVERDUE
    if after.reminded_days is not None and after.reminded_days != before.reminded_days:
        return NoticeKind.EXPIRING
    if before.provisional and not after.provisional and after.status.is_open:
        return NoticeKind.DATE
    return None
