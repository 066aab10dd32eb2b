"""Tells officers and supervisors of complaints that come near their dates or passed them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from izin.accounts import Account, Role
from izin.complaint_clock import PARTS, PromisedTime
from izin.complaint_desk import SEALED_ROLES
from izin.complaint_work import Alarm
from izin.complaints import Complaint, Confidentiality
from izin.following import Notice, NoticeKind, QuietHours
from izin.ports import Accounts, Catalogue, Notices, OfficeBook
from izin.ports.complaint_work import ComplaintAlarms
from izin.ports.officer_chats import OfficerChats
from izin.replies import Reply
from izin.usecases.tell_complainant import TellComplainant
from izin.wording import Wording

OF_ONE_COMMIT, COMMITS = 50, 4
"""Complaints locked together, and how often in one run: after downtime many come due at once."""

SETTLED_WORKING_DAYS = 10
"""A result nobody objects to for so long is closed (closing rules of the catalogue)."""


@dataclass(frozen=True, slots=True)
class EscalateComplaints:
    """The due jobs; each alarm is kept once, whatever the clock that asks.

    Telegram is told ticket, category and date of ordinary complaints, and of sealed ones only
    that there is one: what is sent to a chat lies in the open history.
    """

    alarms: ComplaintAlarms
    accounts: Accounts
    chats: OfficerChats
    notices: Notices
    catalogue: Catalogue
    office: OfficeBook
    wording: Wording
    quiet: QuietHours | None = None
    one_commit: Callable[[], AbstractContextManager[None]] = nullcontext

    def run(self, now: datetime) -> int:
        """Raise what is due and tell those it is addressed to; gives how many alarms."""
        return sum(self._raise_some(now) for _ in range(COMMITS))

    def _raise_some(self, now: datetime) -> int:
        with self.one_commit():
            raised = self.alarms.raise_due(now, OF_ONE_COMMIT)
            if raised:
                people = [account for account in self.accounts.all() if account.active]
                for complaint, alarm in _latest(raised):
                    self._tell(complaint, alarm, people, now)
        return len(raised)

    def settle(self, now: datetime, tell: TellComplainant) -> int:
        """Close results told ten working days ago to which nobody objected, and say so."""
        zone, calendar = self.office.office().zone, self.office.calendar()
        today = now.astimezone(zone).date()
        day = today
        while calendar.add_working_days(day, SETTLED_WORKING_DAYS).day >= today:
            day -= timedelta(days=1)
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
        with self.one_commit():
            done = self.alarms.settled(now, end)
            for complaint in done:
                tell.settled(complaint, f"settled:{_key(complaint)}", now)
        return len(done)

    def _tell(
        self, complaint: Complaint, alarm: Alarm, people: Sequence[Account], now: datetime
    ) -> None:
        sealed = complaint.confidentiality is not Confidentiality.NORMAL
        told = [one for one in people if _addressed(one, complaint, alarm)]
        chats = self.chats.chats(one.id for one in told)
        quiet = self.quiet.over_at(now, self.office.office().zone) if self.quiet else None
        reply = Reply(self._sealed_words(alarm) if sealed else self._words(complaint, alarm))
        kind = "tertutup" if sealed else "aduan"
        for account_id, conversation_id in sorted(chats.items()):
            key = f"alarm:{kind}:{alarm.id}:{account_id}"
            self.notices.push(
                Notice(conversation_id, key, NoticeKind.STAFF, reply, not_before=quiet), now
            )

    def _words(self, complaint: Complaint, alarm: Alarm) -> str:
        labels = {item.code: item.label for item in self.catalogue.complaint_categories()}
        return self.wording.say(
            f"aduan.alarm.{_stage(alarm)}",
            ticket=complaint.ticket,
            category=labels.get(complaint.category, complaint.category),
            promise=self.wording.say(f"aduan.promise.{alarm.mark.promise.value}"),
            percent=alarm.mark.percent,
            date=self.wording.date(alarm.mark.due_on),
            times=alarm.mark.opening,
        )

    def _sealed_words(self, alarm: Alarm) -> str:
        date = self.wording.date(alarm.mark.due_on)
        return self.wording.say(f"aduan.alarm_sealed.{_stage(alarm)}", date=date)


def _stage(alarm: Alarm) -> str:
    if alarm.mark.promise is PromisedTime.REOPENED:
        return "again"
    return "passed" if alarm.mark.percent >= PARTS[-1] else "near"


def _latest(raised: Sequence[tuple[Complaint, Alarm]]) -> list[tuple[Complaint, Alarm]]:
    """Give of each complaint the alarm that tells most: after downtime many come at once."""
    latest: dict[str, tuple[Complaint, Alarm]] = {}
    for complaint, alarm in raised:
        known = latest.get(complaint.ticket)
        if known is None or _weight(alarm) >= _weight(known[1]):
            latest[complaint.ticket] = (complaint, alarm)
    return list(latest.values())


def _weight(alarm: Alarm) -> tuple[int, datetime]:
    again = alarm.mark.promise is PromisedTime.REOPENED
    return (0 if again else alarm.mark.percent, alarm.mark.at)


def _addressed(account: Account, complaint: Complaint, alarm: Alarm) -> bool:
    """Say whether an alarm is for an account: its holder, and supervisors from 80 percent on."""
    holds = complaint.officer == account.id
    roles = {role.value for role in account.roles}
    if complaint.confidentiality is not Confidentiality.NORMAL:
        return bool(roles & SEALED_ROLES) and (holds or alarm.mark.for_supervisors)
    if account.unit not in (None, complaint.unit):
        return False
    return holds or (alarm.mark.for_supervisors and Role.SUPERVISOR in account.roles)


def _key(complaint: Complaint) -> str:
    # A notice's key lies in the open schema: it must not name the ticket.
    return hashlib.sha256(f"{complaint.ticket}:{complaint.version}".encode()).hexdigest()[:32]
