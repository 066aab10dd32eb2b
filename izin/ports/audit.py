"""Where actions and readings are recorded, until their month expires."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from izin.audit import AuditEntry, AuditFilter, DayHead, KeptEntry
from izin.audit_chain import AuditReport


class AuditLog(Protocol):
    """Append-only record in a chain of seals."""

    def record(self, entry: AuditEntry) -> None:
        """Append an entry; within ``one_commit`` as its last act, together with the rest.

        Raises:
            InvalidInput: It holds what looks like a personal value.
        """
        ...

    def entries(
        self, wanted: AuditFilter, before: tuple[datetime, int] | None = None, limit: int = 50
    ) -> Sequence[KeptEntry]:
        """Give entries, newest first; ``before`` is moment and number of the last one seen."""
        ...

    def verify(self, now: datetime) -> AuditReport:
        """Check every entry, checkpoint and head."""
        ...

    def note_head(self, day: date, end: datetime) -> DayHead | None:
        """Keep where the chain stood at the end of a day.

        Args:
            day: In the office's zone.
            end: Its last moment, excluded.

        Returns:
            The head, or None when the day has one already or nothing was ever written.
        """
        ...

    def heads(self, limit: int = 14) -> Sequence[DayHead]:
        """Give the newest heads, newest first."""
        ...

    def expire(self, now: datetime) -> Sequence[str]:
        """Delete the months whose time is over, each as a whole; gives which."""
        ...
