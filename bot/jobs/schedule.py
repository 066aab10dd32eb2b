"""Which jobs run with time: everything that is due every minute, and every hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from bot.jobs import content
from bot.jobs.audit import AuditJobs
from bot.jobs.complaints import ComplaintJobs
from bot.jobs.due import DueJobs
from bot.jobs.following import FollowingJobs
from bot.jobs.learning import LearningJobs
from bot.jobs.webhooks import WebhookJobs
from izin.ports import MediaStore
from izin.ports.officer_chats import OfficerChats
from izin.settings import Settings
from izin.storage.postgres import (
    complaint_retention,
    content_imports,
    due,
    engine,
    erasure,
    figures_refresh,
    leftovers,
    opinion_months,
    reencryption,
    retention,
    retention_plan,
    sealed_mail,
    sealing_due,
)
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.alarm_book import PostgresAlarmBook
from izin.storage.postgres.audit import PostgresAuditLog
from izin.storage.postgres.conversation_room import PostgresConversationRoom
from izin.storage.postgres.erased_chats import ErasureListJob
from izin.storage.postgres.left_tasks import PostgresLeftTasks
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.vault import Vault
from izin.usecases.remind_complaint import RemindComplaint
from izin.usecases.serve_citizen import ServeCitizen
from izin.usecases.tell_audit_head import TellAuditHead
from izin.wording import Wording


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the jobs of one gateway are made of.

    Attributes:
        telegram_link: Gives the address of the office's own Telegram chat, "" when unknown.
    """

    settings: Settings
    own: Engine
    wording: Wording
    vault: Vault
    media: MediaStore
    chats: OfficerChats
    serve: ServeCitizen
    webhooks: WebhookJobs
    telegram_link: Callable[[], str]

    def jobs(self) -> DueJobs:
        """Give every job."""
        following = FollowingJobs(self.settings, self.own, self.wording)
        complaints = ComplaintJobs(
            self.settings, self.own, self.wording, self.chats, self.telegram_link
        )
        office = PostgresOfficeBook(self.own)
        learning = LearningJobs(self.own)
        return DueJobs(
            often={
                **content.jobs(self.own, self._log()),
                **sealing_due.bound_often(self.own, self.vault),
                **sealed_mail.bound_often(self.own, self.vault),
                **following.jobs(),
                "return_from_officers": self.serve.return_expired,
                "send_scheduled": PostgresConversationRoom(self.own).send_due,
                **erasure.bound_often(self.own, self.media),
                "keep_erasure_list": ErasureListJob(self.own, self.settings.backup_folder).run,
                **figures_refresh.bound_often(self.own, office),
                **reencryption.bound_often(self.own, Path(self.settings.media_folder)),
                "remind_of_complaints": self._remind(office).run,
                **complaints.often(),
                **learning.often(),
            },
            hourly=retention_plan.recorded(self.own, {
                **content.tidying(self.own),
                **due.bound_jobs(self.own),
                **following.tidying(),
                **erasure.bound_hourly(self.own, self.media),
                **retention.bound_jobs(self.own, self.media),
                **content_imports.bound_hourly(self.own),
                **complaint_retention.bound_hourly(self.own, self.media),
                **leftovers.bound_hourly(self.own, Path(self.settings.media_folder)),
                **opinion_months.bound_hourly(self.own),
                **complaints.hourly(),
                **learning.hourly(),
                "forget_old_alarms": PostgresAlarmBook(self.own).forget,
                **self._audit(office).jobs(),
                **self.webhooks.jobs(),
            }),
        )  # fmt: skip

    def _notices(self) -> PostgresNotices:
        return PostgresNotices(self.own, self.settings.whatsapp_templates)

    def _log(self) -> PostgresAuditLog:
        return PostgresAuditLog(self.own, self.settings.audit_key, self.settings.audit_months)

    def _remind(self, office: PostgresOfficeBook) -> RemindComplaint:
        return RemindComplaint(
            PostgresLeftTasks(self.own), self._notices(), office, self.wording,
            self.settings.quiet_hours,
        )  # fmt: skip

    def _audit(self, office: PostgresOfficeBook) -> AuditJobs:
        tell_head = TellAuditHead(
            PostgresAccounts(self.own), self.chats, self._notices(), office, self.wording,
            self.settings.quiet_hours,
        )  # fmt: skip
        return AuditJobs(self._log(), office, tell_head, partial(engine.one_commit, self.own))
