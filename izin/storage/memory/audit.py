"""The audit log in memory."""

from __future__ import annotations

from izin.audit import AuditEntry


class MemoryAuditLog:
    """``izin.ports.AuditLog`` in memory; ``kept`` holds the entries, oldest first."""

    def __init__(self) -> None:
        """Begin empty."""
        self.kept: list[AuditEntry] = []

    def record(self, entry: AuditEntry) -> None:
        """Append an entry."""
        self.kept.append(entry)
