"""Accounts of the console and their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.accounts import Account, AccountSession


class Accounts(Protocol):
    """Who may sign in. Passwords come hashed; every call is one transaction."""

    def add(self, account: Account, password_hash: str, now: datetime) -> None:
        """Store a new account.

        Raises:
            Conflict: The login is taken.
        """
        ...

    def by_login(self, login: str) -> tuple[Account, str] | None:
        """Give an account with its password hash by login, in any case of letters."""
        ...

    def account(self, account_id: str) -> Account:
        """Give an account (NotFound if unknown)."""
        ...

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        ...


class AccountSessions(Protocol):
    """Sign-ins that go on, found by the hash of the cookie's secret."""

    def open(self, session: AccountSession, secret_hash: str) -> None:
        """Store a new session."""
        ...

    def find(self, secret_hash: str, now: datetime) -> AccountSession | None:
        """Give the session, or None when it is unknown, over, revoked or its account inactive.

        Being found counts as use: ``until`` moves on, within the longest length.
        """
        ...

    def revoke(self, session_id: str, now: datetime) -> bool:
        """End a session; False if it is not known or over."""
        ...
