"""Sessions of the console on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, delete, func, insert, or_, select, update

from izin.accounts import HALF_OPEN_LENGTH, SESSION_IDLE, SESSION_LENGTH, AccountSession
from izin.storage.postgres.accounts import as_account
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.accounts import account_sessions, accounts

_KEPT = timedelta(days=7)
"""The audit log tells of sign-ins for longer; rows of ended sessions serve nobody."""

_session = account_sessions.c
_COLUMNS = (
    _session.id.label("session_id"), _session.csrf, _session.started_at, _session.seen_at,
    _session.second_factor, _session.device, accounts,
)  # fmt: skip


class PostgresAccountSessions:
    """``izin.ports.AccountSessions`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def open(self, session: AccountSession, secret_hash: str) -> None:
        """Store a new session, and forget those of the account that ended long ago."""
        long_over = _session.started_at < session.started_at - _KEPT
        with transaction(self._engine) as connection:
            connection.execute(
                delete(account_sessions).where(_session.account_id == session.account.id, long_over)
            )
            connection.execute(
                insert(account_sessions).values(
                    id=session.id,
                    account_id=session.account.id,
                    secret_hash=secret_hash,
                    csrf=session.csrf,
                    started_at=session.started_at,
                    seen_at=session.started_at,
                    second_factor=session.second_factor,
                    device=session.device,
                )
            )

    def find(self, secret_hash: str, now: datetime, *, used: bool = True) -> AccountSession | None:
        """Give the session if it goes on, and count it as used."""
        its_own = and_(_session.secret_hash == secret_hash, _goes_on(now))
        seen = (
            update(account_sessions)
            .where(its_own)
            .values(seen_at=func.greatest(_session.seen_at, now))
            .returning(*_COLUMNS)
        )
        with transaction(self._engine) as connection:
            row = connection.execute(seen if used else select(*_COLUMNS).where(its_own)).first()
        return None if row is None else _as_session(row)

    def revoke(self, session_id: str, now: datetime) -> bool:
        """End a session."""
        ended = (
            update(account_sessions)
            .where(_session.id == session_id, _session.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        with transaction(self._engine) as connection:
            return is_id(session_id) and connection.execute(ended).rowcount > 0

    def of_account(self, account_id: str, now: datetime) -> Sequence[AccountSession]:
        """Give the sessions of an account that go on."""
        query = (
            select(*_COLUMNS)
            .where(_session.account_id == account_id, _goes_on(now))
            .order_by(_session.seen_at.desc(), _session.id)
        )
        with transaction(self._engine) as connection:
            return [_as_session(row) for row in connection.execute(query)]

    def revoke_all(self, account_id: str, now: datetime, but: str = "") -> int:
        """End an account's sessions."""
        ended = update(account_sessions).where(
            _session.account_id == account_id, _session.revoked_at.is_(None)
        )
        if but:
            ended = ended.where(_session.id != but)
        with transaction(self._engine) as connection:
            return connection.execute(ended.values(revoked_at=now)).rowcount


def _goes_on(now: datetime) -> ColumnElement[bool]:
    return and_(
        _session.revoked_at.is_(None),
        _session.started_at > now - SESSION_LENGTH,
        _session.seen_at > now - SESSION_IDLE,
        or_(_session.second_factor, _session.started_at > now - HALF_OPEN_LENGTH),
        _session.account_id == accounts.c.id,
        accounts.c.active,
    )


def _as_session(row: Any) -> AccountSession:
    until = min(row.seen_at + SESSION_IDLE, row.started_at + SESSION_LENGTH)
    return AccountSession(
        id=row.session_id,
        account=as_account(row),
        csrf=row.csrf,
        started_at=row.started_at,
        until=until if row.second_factor else row.started_at + HALF_OPEN_LENGTH,
        second_factor=row.second_factor,
        device=row.device,
        seen_at=row.seen_at,
    )
