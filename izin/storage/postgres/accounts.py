"""Accounts of the console on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from izin.accounts import Account, Role
from izin.errors import Conflict, NotFound
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.accounts import accounts
from izin.storage.text import storable

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('accounts.admins'))")
"""Two admins who remove each other at the same moment must not both succeed."""


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
            "password_hash": password_hash,
            "must_change_password": account.must_change_password,
            "demo": account.demo,
            "created_at": now,
            **_changeable(account),
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
        return None if row is None else (as_account(row), str(row.password_hash))

    def account(self, account_id: str) -> Account:
        """Give an account."""
        with transaction(self._engine) as connection:
            return _one(connection, account_id)

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        query = select(accounts).order_by(func.lower(accounts.c.name), accounts.c.login)
        with transaction(self._engine) as connection:
            return [as_account(row) for row in connection.execute(query)]

    def change(self, account: Account) -> Account:
        """Store what may change; give what was before."""
        with transaction(self._engine) as connection:
            connection.execute(_ONE_AT_A_TIME)
            before = _one(connection, account.id)
            if before.is_admin and not account.is_admin and _admins(connection) == 1:
                raise Conflict("no active admin would be left")
            connection.execute(
                update(accounts).where(accounts.c.id == account.id).values(**_changeable(account))
            )
        return before

    def set_password(self, account_id: str, password_hash: str, *, must_change: bool) -> None:
        """Store another password."""
        with transaction(self._engine) as connection:
            _one(connection, account_id)
            connection.execute(
                update(accounts)
                .where(accounts.c.id == account_id)
                .values(password_hash=password_hash, must_change_password=must_change)
            )


def as_account(row: Any) -> Account:
    """Give the account of a row that holds all columns of ``accounts``."""
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
        demo=row.demo,
    )


def _changeable(account: Account) -> dict[str, object]:
    return {
        "name": storable(account.name),
        "roles": sorted(account.roles),
        "unit": account.unit,
        "title": storable(account.title),
        "active": account.active,
    }


def _one(connection: Connection, account_id: str) -> Account:
    query = select(accounts).where(accounts.c.id == account_id)
    row = connection.execute(query).first() if is_id(account_id) else None
    if row is None:
        raise NotFound(f"account {account_id!r}")
    return as_account(row)


def _admins(connection: Connection) -> int:
    admin = accounts.c.roles.any(Role.ADMIN.value)
    query = select(func.count()).select_from(accounts).where(accounts.c.active, admin)
    return connection.execute(query).scalar_one()
