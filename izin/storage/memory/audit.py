"""The audit log in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from threading import Lock

from izin.audit import (
    AuditEntry,
    AuditFilter,
    Checkpoint,
    DayHead,
    KeptEntry,
    refuse_personal_values,
)
from izin.audit_chain import (
    START,
    AuditReport,
    Chain,
    Row,
    microseconds,
    month_of,
    oldest_kept,
    verify,
)

KEPT_MONTHS = 24


class MemoryAuditLog:
    """``izin.ports.AuditLog`` in memory; ``kept`` holds the entries, oldest first."""

    def __init__(self, key: str = "m" * 32, kept_months: int = KEPT_MONTHS) -> None:
        """Begin empty."""
        self.chain = Chain(key)
        self.sealed: list[KeptEntry] = []
        self.checkpoints: list[Checkpoint] = []
        self.days: list[DayHead] = []
        self._kept_months = kept_months
        self._lock = Lock()

    @property
    def kept(self) -> list[AuditEntry]:
        """Give the entries, oldest first."""
        return [item.entry for item in self.sealed]

    def record(self, entry: AuditEntry) -> None:
        """Append an entry."""
        refuse_personal_values(entry)
        with self._lock:
            end = self.sealed[-1] if self.sealed else None
            number = end.number + 1 if end else 1
            month = max(month_of(entry.at), end.month if end else "")
            if end and end.month != month:
                before = self.checkpoints[-1] if self.checkpoints else None
                first, previous = (before.last + 1, before.mac) if before else (1, START)
                closed = self.chain.close(end.month, first, end.number, end.mac, previous)
                self.checkpoints.append(closed)
            mac = self.chain.seal(number, month, entry, end.mac if end else START)
            self.sealed.append(KeptEntry(number, month, entry, mac))

    def entries(
        self, wanted: AuditFilter, before: tuple[datetime, int] | None = None, limit: int = 50
    ) -> Sequence[KeptEntry]:
        """Give entries, newest first."""
        found = [
            item
            for item in self.sealed
            if (wanted.since is None or item.entry.at >= wanted.since)
            and (wanted.until is None or item.entry.at < wanted.until)
            and wanted.actor in ("", item.entry.actor)
            and wanted.action in ("", item.entry.action)
            and wanted.subject_kind in ("", item.entry.subject_kind)
            and wanted.subject in ("", item.entry.subject)
            and (before is None or (item.entry.at, item.number) < before)
        ]
        found.sort(key=lambda item: (item.entry.at, item.number), reverse=True)
        return found[:limit]

    def verify(self, now: datetime) -> AuditReport:
        """Check every entry, checkpoint and head."""
        kept_from = oldest_kept(min(now, datetime.now(UTC)), self._kept_months)
        rows = map(_row, self.sealed)
        return verify(self.chain, rows, self.checkpoints, self.days, kept_from)

    def note_head(self, day: date, end: datetime) -> DayHead | None:
        """Keep where the chain stood at the end of a day."""
        before = [item for item in self.sealed if item.entry.at < end]
        former = self.days[-1] if self.days else None
        if not before or (former and former.day >= day.isoformat()):
            return None
        last = before[-1]
        entries = max(last.number - (former.number if former else 0), 0)
        self.days.append(DayHead(day.isoformat(), last.number, entries, last.mac))
        return self.days[-1]

    def heads(self, limit: int = 14) -> Sequence[DayHead]:
        """Give the newest heads, newest first."""
        return self.days[::-1][:limit]

    def expire(self, now: datetime) -> Sequence[str]:
        """Delete the months whose time is over."""
        kept_from = oldest_kept(min(now, datetime.now(UTC)), self._kept_months)
        closed = {item.month for item in self.checkpoints}
        gone = sorted({item.month for item in self.sealed if item.month < kept_from} & closed)
        self.sealed = [item for item in self.sealed if item.month not in gone]
        return gone


def _row(item: KeptEntry) -> Row:
    entry = item.entry
    return (item.number, item.month, microseconds(entry.at), entry.actor, entry.action,
            entry.subject_kind, entry.subject, dict(entry.details), item.mac)  # fmt: skip
