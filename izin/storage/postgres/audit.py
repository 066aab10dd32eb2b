"""The audit log on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    cast,
    delete,
    extract,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from izin.audit import (
    AuditEntry,
    AuditFilter,
    Checkpoint,
    DayHead,
    KeptEntry,
    refuse_personal_values,
)
from izin.audit_chain import START, AuditReport, Chain, Row, month_of, oldest_kept, verify
from izin.storage.postgres.engine import at_the_end, transaction
from izin.storage.tables.audit import audit_checkpoints, audit_heads, audit_log

KEPT_MONTHS = 24
_APPEND_LOCK = 7_203_011
_READ_AT_ONCE = 20_000

_log = audit_log.c
_checkpoint = audit_checkpoints.c


class PostgresAuditLog:
    """``izin.ports.AuditLog`` on our own PostgreSQL."""

    def __init__(self, engine: Engine, key: str, kept_months: int = KEPT_MONTHS) -> None:
        """Take the engine, the chain's key and how many full months are kept.

        Raises:
            InvalidInput: The key is shorter than 32 characters.
        """
        self._engine = engine
        self._chain = Chain(key)
        self._kept_months = kept_months

    def record(self, entry: AuditEntry) -> None:
        """Append an entry, as the last act of the commit that is open."""
        refuse_personal_values(entry)
        at_the_end(self._engine, lambda connection: self._append(connection, entry))

    def _append(self, connection: Connection, entry: AuditEntry) -> None:
        # In one statement the end would be that of before the wait.
        connection.execute(select(func.pg_advisory_xact_lock(_APPEND_LOCK)))
        end = connection.execute(
            select(_log.id, _log.month, _log.mac).order_by(_log.id.desc()).limit(1)
        ).first()
        number, last_month, previous = (end.id + 1, end.month, end.mac) if end else (1, "", START)
        month = max(month_of(entry.at), last_month)
        if end and month != last_month:
            self._close(connection, last_month, end.id, end.mac)
        connection.execute(
            insert(audit_log).values(
                id=number,
                month=month,
                at=entry.at,
                actor=entry.actor,
                action=entry.action,
                subject_kind=entry.subject_kind,
                subject=entry.subject,
                details=dict(entry.details),
                mac=self._chain.seal(number, month, entry, previous),
            )
        )

    def _close(self, connection: Connection, month: str, last: int, last_mac: str) -> None:
        before = connection.execute(
            select(audit_checkpoints).order_by(_checkpoint.month.desc()).limit(1)
        ).first()
        first, previous = (before.last + 1, before.mac) if before else (1, START)
        made = self._chain.close(month, first, last, last_mac, previous)
        connection.execute(
            insert(audit_checkpoints).values(
                month=made.month, first=first, last=last, last_mac=last_mac, mac=made.mac
            )
        )

    def entries(
        self, wanted: AuditFilter, before: tuple[datetime, int] | None = None, limit: int = 50
    ) -> Sequence[KeptEntry]:
        """Give entries, newest first."""
        query = select(audit_log).order_by(_log.at.desc(), _log.id.desc()).limit(limit)
        if wanted.since:
            query = query.where(_log.at >= wanted.since)
        if wanted.until:
            query = query.where(_log.at < wanted.until)
        for column in (_log.actor, _log.action, _log.subject_kind, _log.subject):
            if value := getattr(wanted, column.name):
                query = query.where(column == value)
        if before:
            query = query.where(tuple_(_log.at, _log.id) < before)
        with transaction(self._engine) as connection:
            return [_kept(row) for row in connection.execute(query)]

    def verify(self, now: datetime) -> AuditReport:
        """Check every entry, checkpoint and head, as they stand at one moment."""
        kept_from = oldest_kept(min(now, datetime.now(UTC)), self._kept_months)
        with self._engine.connect() as connection:
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", stream_results=True, yield_per=_READ_AT_ONCE
            )
            checkpoints = [
                Checkpoint(*row)
                for row in connection.execute(select(audit_checkpoints).order_by(_checkpoint.month))
            ]
            heads = [
                _head(row)
                for row in connection.execute(select(audit_heads).order_by(audit_heads.c.day))
            ]
            return verify(self._chain, _rows(connection), checkpoints, heads, kept_from)

    def note_head(self, day: date, end: datetime) -> DayHead | None:
        """Keep where the chain stood at the end of a day.

        Without the chain's lock: numbers are given in order, so what is seen has no gap.
        """
        with transaction(self._engine) as connection:
            noted = select(audit_heads).order_by(audit_heads.c.day.desc()).limit(1)
            former = connection.execute(noted).first()
            last = connection.execute(
                select(_log.id, _log.mac).where(_log.at < end).order_by(_log.id.desc()).limit(1)
            ).first()
            if last is None or (former and former.day >= day):
                return None
            entries = max(last.id - (former.number if former else 0), 0)
            values = {"day": day, "number": last.id, "entries": entries, "mac": last.mac}
            added = connection.execute(
                upsert(audit_heads).values(values).on_conflict_do_nothing()
            ).rowcount
            if not added:
                return None  # another gateway was first
        return DayHead(day.isoformat(), last.id, entries, last.mac)

    def heads(self, limit: int = 14) -> Sequence[DayHead]:
        """Give the newest heads, newest first."""
        query = select(audit_heads).order_by(audit_heads.c.day.desc()).limit(limit)
        with transaction(self._engine) as connection:
            return [_head(row) for row in connection.execute(query)]

    def expire(self, now: datetime) -> Sequence[str]:
        """Delete the months whose time is over; a clock that was moved ahead deletes nothing."""
        kept_from = oldest_kept(min(now, datetime.now(UTC)), self._kept_months)
        gone = []
        with transaction(self._engine) as connection:
            expired = connection.execute(
                select(audit_checkpoints)
                .where(
                    _checkpoint.month < kept_from,
                    select(_log.id).where(_log.id == _checkpoint.first).exists(),
                )
                .order_by(_checkpoint.month)
            ).all()
            for row in expired:
                connection.execute(
                    text("SELECT set_config('tanya.expired_audit_month', :month, true)"),
                    {"month": row.month},
                )
                # Of the primary key, so that a month costs no reading of the others.
                connection.execute(delete(audit_log).where(_log.id.between(row.first, row.last)))
                gone.append(row.month)
        return gone


def _rows(connection: Connection) -> Iterator[Row]:
    at = cast(extract("epoch", _log.at) * 1_000_000, BigInteger)
    query = select(_log.id, _log.month, at, _log.actor, _log.action, _log.subject_kind,
                   _log.subject, _log.details, _log.mac)  # fmt: skip
    for part in connection.execute(query.order_by(_log.id)).partitions():
        yield from part  # type: ignore[misc]


def _kept(row: Any) -> KeptEntry:
    entry = AuditEntry(row.at, row.actor, row.action, row.subject_kind, row.subject, row.details)
    return KeptEntry(row.id, row.month, entry, row.mac)


def _head(row: Any) -> DayHead:
    return DayHead(row.day.isoformat(), row.number, row.entries, row.mac)
