"""Second factors on PostgreSQL: encrypted keys, the last step used, marked recovery codes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from izin.errors import NotFound
from izin.storage.postgres.engine import is_id, transaction
from izin.storage.tables.accounts import accounts, recovery_codes


class PostgresSecondFactors:
    """``izin.ports.SecondFactors`` on our own PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        """Take the engine; every call is one transaction."""
        self._engine = engine

    def store(
        self, account_id: str, locked_secret: str, recovery: Sequence[str], last_step: int
    ) -> None:
        """Set an account's second factor."""
        changed = (
            update(accounts)
            .where(accounts.c.id == account_id)
            .values(totp_secret=locked_secret, totp_last_step=last_step)
        )
        with transaction(self._engine) as connection:
            if not is_id(account_id) or connection.execute(changed).rowcount == 0:
                raise NotFound(f"account {account_id!r}")
            _replace(connection, account_id, recovery)

    def locked_secret(self, account_id: str) -> str | None:
        """Give the encrypted key."""
        query = select(accounts.c.totp_secret).where(accounts.c.id == account_id)
        with transaction(self._engine) as connection:
            return connection.execute(query).scalar()

    def use_step(self, account_id: str, step: int) -> bool:
        """Count a time step as used."""
        last = accounts.c.totp_last_step
        used = (
            update(accounts)
            .where(
                accounts.c.id == account_id,
                accounts.c.totp_secret.is_not(None),
                or_(last.is_(None), last < step),
            )
            .values(totp_last_step=step)
        )
        with transaction(self._engine) as connection:
            return connection.execute(used).rowcount > 0

    def use_recovery(self, account_id: str, mark: str) -> bool:
        """Use up a recovery code."""
        used = delete(recovery_codes).where(
            recovery_codes.c.account_id == account_id, recovery_codes.c.mark == mark
        )
        with transaction(self._engine) as connection:
            return connection.execute(used).rowcount > 0

    def set_recovery(self, account_id: str, recovery: Sequence[str]) -> None:
        """Put other recovery codes in place."""
        with transaction(self._engine) as connection:
            _replace(connection, account_id, recovery)

    def recovery_left(self, account_id: str) -> int:
        """Give how many recovery codes are left."""
        query = (
            select(func.count())
            .select_from(recovery_codes)
            .where(recovery_codes.c.account_id == account_id)
        )
        with transaction(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def remove(self, account_id: str) -> bool:
        """Take the second factor away."""
        removed = (
            update(accounts)
            .where(accounts.c.id == account_id, accounts.c.totp_secret.is_not(None))
            .values(totp_secret=None, totp_last_step=None)
        )
        with transaction(self._engine) as connection:
            _replace(connection, account_id, ())
            return connection.execute(removed).rowcount > 0


def _replace(connection: Connection, account_id: str, recovery: Sequence[str]) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    if recovery:
        rows = [{"account_id": account_id, "mark": mark} for mark in recovery]
        connection.execute(insert(recovery_codes), rows)
