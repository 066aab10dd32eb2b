"""What becomes due for the audit log: a head for each day, and the end of old months."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, time, timedelta

import structlog

from izin.audit import SYSTEM, AuditEntry, DayHead
from izin.ports import AuditLog, OfficeBook

log = structlog.get_logger()


def real_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


class AuditJobs:
    """Jobs of the gateway; the simulator's clock, moved ahead, ends no day and no month early."""

    def __init__(
        self,
        audit: AuditLog,
        office: OfficeBook,
        tell: Callable[[DayHead, datetime], None] = lambda head, now: None,
        one_commit: Callable[[], AbstractContextManager[None]] = nullcontext,
        clock: Callable[[], datetime] = real_now,
    ) -> None:
        """Take the log, the office (for its zone), who tells the admins, and the real time."""
        self._audit = audit
        self._office = office
        self._tell = tell
        self._one_commit = one_commit
        self._clock = clock

    def jobs(self) -> dict[str, Callable[[datetime], int]]:
        """Give the jobs by name."""
        return {"note_audit_head": self.note_head, "expire_audit_months": self.expire}

    def note_head(self, now: datetime) -> int:
        """Keep the head of yesterday and write it to the process's log, outside the database."""
        zone = self._office.office().zone
        today = min(now, self._clock()).astimezone(zone).date()
        midnight = datetime.combine(today, time(), zone)
        with self._one_commit():
            head = self._audit.note_head(today - timedelta(days=1), midnight)
            if head is None:
                return 0
            self._tell(head, now)
        log.info(
            "audit_day_head", day=head.day, number=head.number, entries=head.entries, mac=head.mac
        )
        return 1

    def expire(self, now: datetime) -> int:
        """Delete the months whose time is over, and record that."""
        gone = self._audit.expire(min(now, self._clock()))
        for month in gone:
            self._audit.record(
                AuditEntry(self._clock(), SYSTEM, "jejak.kedaluwarsa", "jejak", month)
            )
            log.info("audit_month_expired", month=month)
        return len(gone)
