"""Accounts of the console, their sessions, second factors, and counted attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from izin.accounts import Account, AccountSession
from izin.throttle import Counted


class Accounts(Protocol):
    """Who may sign in. Passwords come hashed; every call is one transaction."""

    def add(self, account: Account, password_hash: str, now: datetime) -> None:
        """Store a new account.

        Raises:
            Conflict: The login or the id is taken.
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

    def change(self, account: Account) -> Account:
        """Store name, roles, unit, title and whether it is active; give what was before.

        Raises:
            NotFound: No such account.
            Conflict: No active admin would be left.
        """
        ...

    def set_password(self, account_id: str, password_hash: str, *, must_change: bool) -> None:
        """Store another password (NotFound if the account is unknown)."""
        ...


class AccountSessions(Protocol):
    """Sign-ins that go on, found by the hash of the cookie's secret."""

    def open(self, session: AccountSession, secret_hash: str) -> None:
        """Store a new session."""
        ...

    def find(self, secret_hash: str, now: datetime, *, used: bool = True) -> AccountSession | None:
        """Give the session, or None when it is unknown, over, revoked or its account inactive.

        ``used`` counts it as used by its person: ``until`` moves on, within the longest length.
        A session that waits for the second factor is over soon whatever its use.
        """
        ...

    def revoke(self, session_id: str, now: datetime) -> bool:
        """End a session; False if it is not known or over."""
        ...

    def of_account(self, account_id: str, now: datetime) -> Sequence[AccountSession]:
        """Give the sessions of an account that go on, last used first."""
        ...

    def revoke_all(self, account_id: str, now: datetime, but: str = "") -> int:
        """End an account's sessions, except the one named; give how many."""
        ...


class SecondFactors(Protocol):
    """Keys of authenticator apps (encrypted) and recovery codes (marked)."""

    def store(
        self, account_id: str, locked_secret: str, recovery: Sequence[str], last_step: int
    ) -> None:
        """Set an account's second factor with its recovery codes, in place of what was.

        ``last_step`` is the time step already used to confirm it.

        Raises:
            NotFound: No such account.
        """
        ...

    def locked_secret(self, account_id: str) -> str | None:
        """Give what was stored, None when there is none."""
        ...

    def use_step(self, account_id: str, step: int) -> bool:
        """Count a time step as used; False if it, or a later one, was used before."""
        ...

    def use_recovery(self, account_id: str, mark: str) -> bool:
        """Use up a recovery code; False if there is no such one left."""
        ...

    def set_recovery(self, account_id: str, recovery: Sequence[str]) -> None:
        """Put other recovery codes in place of those left."""
        ...

    def recovery_left(self, account_id: str) -> int:
        """Give how many recovery codes are left."""
        ...

    def remove(self, account_id: str) -> bool:
        """Take the second factor away; False if there was none."""
        ...


class Attempts(Protocol):
    """Counted attempts, over all processes. Keys are kept as digests only."""

    def begin(self, keys: Sequence[Counted], now: datetime) -> datetime | None:
        """Count an attempt as failed in advance, under every key, and give None.

        While one of the keys has its pause, nothing is counted: gives the moment it ends.
        Commits by itself, before the password is looked at: attempts made at the same time
        cannot all be free.
        """
        ...

    def forgive(self, keys: Sequence[Counted], shared: Sequence[str] = ()) -> None:
        """Take back an attempt that succeeded: all failures, of ``shared`` keys just one."""
        ...


class PasswordHashes(Protocol):
    """How passwords are kept."""

    def hash(self, password: str) -> str:
        """Give what is stored of a password."""
        ...

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Say whether it is this password; None takes as long, and never is."""
        ...

    def outdated(self, password_hash: str) -> bool:
        """Say whether it was made with weaker parameters than today's."""
        ...


class OneTimeCodes(Protocol):
    """Codes of authenticator apps (TOTP, RFC 6238)."""

    def new_secret(self) -> str:
        """Give a new key in base32."""
        ...

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """Give the time step a code belongs to, one before or after the present at most."""
        ...


class Safe(Protocol):
    """What only a key outside the database opens or recognises."""

    def mark(self, *parts: str) -> str:
        """Give the same digits for the same parts."""
        ...

    def lock(self, text: str) -> str:
        """Give a text encrypted."""
        ...

    def unlock(self, locked: str) -> str:
        """Give what was locked (NotFound when it was locked with another key)."""
        ...
