"""Tells admins in their own chat where the audit log stood: a copy outside the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from izin.accounts import Role
from izin.audit import DayHead
from izin.following import Notice, NoticeKind, QuietHours
from izin.ports import Accounts, Notices, OfficeBook
from izin.ports.officer_chats import OfficerChats
from izin.replies import Reply
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class TellAuditHead:
    """Sends a day's head to every admin who linked a chat, once, after the quiet hours."""

    accounts: Accounts
    chats: OfficerChats
    notices: Notices
    office: OfficeBook
    wording: Wording
    quiet: QuietHours | None = None

    def __call__(self, head: DayHead, now: datetime) -> None:
        """Queue the message."""
        admins = [
            account.id
            for account in self.accounts.all()
            if account.active and Role.ADMIN in account.roles
        ]
        after = self.quiet.over_at(now, self.office.office().zone) if self.quiet else None
        said = self.wording.say(
            "audit.head_told",
            day=self.wording.date(date.fromisoformat(head.day), weekday=False),
            entries=self.wording.number(head.entries),
            number=self.wording.number(head.number),
            mac=head.mac,
        )
        for account_id, conversation_id in sorted(self.chats.chats(admins).items()):
            key = f"audit_head:{head.day}:{account_id}"
            self.notices.push(
                Notice(conversation_id, key, NoticeKind.STAFF, Reply(said), not_before=after), now
            )
