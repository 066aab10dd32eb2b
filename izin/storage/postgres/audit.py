"""The audit log on PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Engine, insert

from izin.audit import AuditEntry
from izin.storage.postgres.engine import transaction
from izin.storage.tables.audit import audit_log


class PostgresAuditLog:
    """``izin.ports.AuditLog`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction, or part of the one that is open."""
        self._engine = engine

    def record(self, entry: AuditEntry) -> None:
        """Append an entry."""
        with transaction(self._engine) as connection:
            connection.execute(
                insert(audit_log).values(
                    at=entry.at,
                    actor=entry.actor,
                    action=entry.action,
                    subject_kind=entry.subject_kind,
                    subject=entry.subject,
                    details=dict(entry.details),
                )
            )
