"""Accounts and sessions of the console on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from izin.accounts import SESSION_IDLE, SESSION_LENGTH, Account, AccountSession, Role
from izin.errors import Conflict, NotFound
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.accounts import account_sessions, accounts
from izin.storage.text import storable

_session = account_sessions.c


class PostgresAccounts:
    """``izin.ports.Accounts`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def add(self, account: Account, password_hash: str, now: datetime) -> None:
        """Store a new account."""
        values = {
            "id": account.id,
            "login": storable(account.login),
            "name": storable(account.name),
            "password_hash": password_hash,
            "roles": sorted(account.roles),
            "unit": account.unit,
            "title": storable(account.title),
            "active": account.active,
            "must_change_password": account.must_change_password,
            "created_at": now,
        }
        try:
            with transaction(self._engine) as connection:
                connection.execute(insert(accounts).values(**values))
        except IntegrityError as error:
            raise Conflict(f"login {account.login} is taken") from error

    def by_login(self, login: str) -> tuple[Account, str] | None:
        """Give an account with its password hash."""
        query = select(accounts).where(accounts.c.login == func.lower(storable(login)))
        with transaction(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else (_account(row), str(row.password_hash))

    def account(self, account_id: str) -> Account:
        """Give an account."""
        if not is_id(account_id):
            raise NotFound(f"account {account_id!r}")
        with transaction(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == account_id)).first()
        if row is None:
            raise NotFound(f"account {account_id}")
        return _account(row)

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        query = select(accounts).order_by(func.lower(accounts.c.name), accounts.c.login)
        with transaction(self._engine) as connection:
            return [_account(row) for row in connection.execute(query)]


class PostgresAccountSessions:
    """``izin.ports.AccountSessions`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def open(self, session: AccountSession, secret_hash: str) -> None:
        """Store a new session."""
        with transaction(self._engine) as connection:
            connection.execute(
                insert(account_sessions).values(
                    id=session.id,
                    account_id=session.account.id,
                    secret_hash=secret_hash,
                    csrf=session.csrf,
                    started_at=session.started_at,
                    seen_at=session.started_at,
                    second_factor=session.second_factor,
                )
            )

    def find(self, secret_hash: str, now: datetime) -> AccountSession | None:
        """Give the session if it goes on, and count it as used."""
        seen = (
            update(account_sessions)
            .where(
                _session.secret_hash == secret_hash,
                _session.revoked_at.is_(None),
                _session.started_at > now - SESSION_LENGTH,
                _session.seen_at > now - SESSION_IDLE,
                _session.account_id == accounts.c.id,
                accounts.c.active,
            )
            .values(seen_at=func.greatest(_session.seen_at, now))
            .returning(account_sessions.c.id.label("session_id"), _session.csrf,
                       _session.started_at, _session.seen_at, _session.second_factor, accounts)
        )  # fmt: skip
        with transaction(self._engine) as connection:
            row = connection.execute(seen).first()
        if row is None:
            return None
        return AccountSession(
            id=row.session_id,
            account=_account(row),
            csrf=row.csrf,
            started_at=row.started_at,
            until=min(row.seen_at + SESSION_IDLE, row.started_at + SESSION_LENGTH),
            second_factor=row.second_factor,
        )

    def revoke(self, session_id: str, now: datetime) -> bool:
        """End a session."""
        ended = (
            update(account_sessions)
            .where(_session.id == session_id, _session.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        with transaction(self._engine) as connection:
            return is_id(session_id) and connection.execute(ended).rowcount > 0


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        unit=row.unit,
        title=row.title,
        active=row.active,
        totp=row.totp_secret is not None,
        must_change_password=row.must_change_password,
    )
