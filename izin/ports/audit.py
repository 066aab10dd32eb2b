"""Where actions and readings are recorded for ever, or until their month expires."""

from __future__ import annotations

from typing import Protocol

from izin.audit import AuditEntry


class AuditLog(Protocol):
    """Append-only record."""

    def record(self, entry: AuditEntry) -> None:
        """Append an entry, in the caller's own commit where one is open."""
        ...
