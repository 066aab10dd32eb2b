"""Reminds a citizen, once, of a complaint that was begun and not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from izin.following import Notice, NoticeKind, QuietHours
from izin.ports import Notices, OfficeBook
from izin.ports.reminders import LeftTasks, reminder_key
from izin.replies import Choice, Reply
from izin.usecases.file_complaint import DRAFT
from izin.wording import Wording

SILENCE = timedelta(hours=2)
WHATSAPP_WINDOW = timedelta(hours=23)
"""WhatsApp takes free text for 24 hours after the citizen's message; an hour is kept spare."""

TOO_LATE = timedelta(days=3)
DRAFT_DAYS = 7
"""A draft is deleted so many days after its last message (``forget_old_drafts``)."""


@dataclass(frozen=True, slots=True)
class RemindComplaint:
    """The due job; the notice's key makes it one reminder for each complaint."""

    tasks: LeftTasks
    notices: Notices
    office: OfficeBook
    wording: Wording
    quiet: QuietHours | None = None

    def run(self, now: datetime) -> int:
        """Remind of every complaint silent for two hours, in the daytime; gives how many."""
        if self.quiet and self.quiet.over_at(now, self.office.office().zone):
            return 0
        sent = 0
        for task in self.tasks.left(DRAFT, now - TOO_LATE, now - SILENCE):
            if task.channel == "whatsapp" and now - task.at > WHATSAPP_WINDOW:
                continue
            key = reminder_key(task.conversation_id, task.begun)
            notice = Notice(task.conversation_id, key, NoticeKind.NEWS, self._reply())
            sent += self.notices.push(notice, now)
        return sent

    def _reply(self) -> Reply:
        go_on = Choice(
            self.wording.say("complaint.choice.resume"), "lapor_pengaduan", {"langkah": "lanjut"}
        )
        drop = Choice(
            self.wording.say("complaint.choice.drop"), "lapor_pengaduan", {"langkah": "hapus"}
        )
        text = self.wording.say("complaint.reminder", days=DRAFT_DAYS)
        return Reply(text, choices=(go_on, drop))
