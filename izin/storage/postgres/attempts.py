"""Counted attempts on PostgreSQL: one count for all processes, and in one order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, case, delete, update
from sqlalchemy.dialects.postgresql import insert

from izin.storage.postgres.engine import transaction
from izin.storage.tables.accounts import sign_in_attempts
from izin.throttle import FORGOTTEN_AFTER, Counted

_row = sign_in_attempts.c


class PostgresAttempts:
    """``izin.ports.Attempts`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def begin(self, keys: Sequence[Counted], now: datetime) -> datetime | None:
        """Count an attempt in advance, or give the moment until which to wait."""
        limits = {_digest(item.key): item.limit for item in keys}
        known = {}
        with transaction(self._engine) as connection:
            connection.execute(
                delete(sign_in_attempts).where(
                    _row.last_at < now - FORGOTTEN_AFTER, _row.key.not_in(limits)
                )
            )
            for key in sorted(limits):  # one order for all, so that none waits in a circle
                locked = (
                    insert(sign_in_attempts)
                    .values(key=key, failures=0, last_at=now)
                    .on_conflict_do_update(index_elements=[_row.key], set_={"key": key})
                    .returning(_row.failures, _row.last_at, _row.until)
                )
                known[key] = connection.execute(locked).one()
            ends: list[datetime] = [row.until for row in known.values() if row.until]
            paused = [until for until in ends if until > now]
            if paused:
                return max(paused)
            for key, row in known.items():
                failures = 1 if row.last_at < now - FORGOTTEN_AFTER else row.failures + 1
                until = now + limits[key].pause(failures)
                connection.execute(
                    update(sign_in_attempts)
                    .where(_row.key == key)
                    .values(failures=failures, last_at=now, until=until)
                )
        return None

    def forgive(self, keys: Sequence[Counted], shared: Sequence[str] = ()) -> None:
        """Take back an attempt that succeeded."""
        eased = sorted(_digest(key) for key in shared)
        own = sorted(_digest(item.key) for item in keys if item.key not in shared)
        fewer = case((_row.failures > 0, _row.failures - 1), else_=0)
        with transaction(self._engine) as connection:
            connection.execute(delete(sign_in_attempts).where(_row.key.in_(own)))
            connection.execute(
                update(sign_in_attempts)
                .where(_row.key.in_(eased))
                .values(failures=fewer, until=None)
            )


def _digest(key: str) -> str:
    """Give what is kept of a key: what was typed as a login may be a password by mistake."""
    return hashlib.sha256(key.encode()).hexdigest()
