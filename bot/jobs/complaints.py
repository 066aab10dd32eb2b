"""What becomes due for complaints: escalation, results nobody objects to, dates anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from izin.ports.officer_chats import OfficerChats
from izin.settings import Settings
from izin.storage.postgres.accounts import PostgresAccounts
from izin.storage.postgres.catalogue import PostgresCatalogue
from izin.storage.postgres.complaint_alarms import PostgresComplaintAlarms
from izin.storage.postgres.engine import one_commit
from izin.storage.postgres.notices import PostgresNotices
from izin.storage.postgres.office import PostgresOfficeBook
from izin.storage.postgres.sealed_mail import PostgresAnonymousMail
from izin.usecases.escalate_complaints import EscalateComplaints
from izin.usecases.tell_complainant import TellComplainant
from izin.wording import Wording

Job = Callable[[datetime], int]


class ComplaintJobs:
    """The jobs of complaints, joined over one engine."""

    def __init__(
        self, settings: Settings, engine: Engine, wording: Wording, chats: OfficerChats,
        bot_link: Callable[[], str],
    ) -> None:  # fmt: skip
        """Take the parts; ``bot_link`` gives the bot's address once Telegram has told it."""
        notices = PostgresNotices(engine, settings.whatsapp_templates)
        office = PostgresOfficeBook(engine)
        self._chats, self._bot_link = chats, bot_link
        self._alarms = PostgresComplaintAlarms(engine)
        self._escalate = EscalateComplaints(
            self._alarms, PostgresAccounts(engine), chats, notices, PostgresCatalogue(engine),
            office, wording, settings.quiet_hours, partial(one_commit, engine),
        )  # fmt: skip
        self._tell = TellComplainant(
            notices, PostgresAnonymousMail(engine), office, wording, settings.quiet_hours
        )

    def often(self) -> dict[str, Job]:
        """Give the jobs that run every minute, by name."""
        return {"escalate_complaints": self._escalate.run, "note_bot_link": self._note_link}

    def hourly(self) -> dict[str, Job]:
        """Give the jobs that run every hour, by name."""
        return {
            "settle_complaints": lambda now: self._escalate.settle(now, self._tell),
            "reckon_complaints": self._alarms.look_again,
        }

    def _note_link(self, now: datetime) -> int:
        url = self._bot_link()
        if not url or url == self._chats.bot():
            return 0
        self._chats.note_bot(url)
        return 1
