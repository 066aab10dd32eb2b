"""Accounts and sessions of the console in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from izin.accounts import SESSION_IDLE, SESSION_LENGTH, Account, AccountSession
from izin.errors import Conflict, NotFound


@dataclass(slots=True)
class AccountData:
    """What both ports share: accounts with hashes by id, sessions with use by secret hash."""

    accounts: dict[str, tuple[Account, str]] = field(default_factory=dict)
    sessions: dict[str, tuple[AccountSession, datetime]] = field(default_factory=dict)


class MemoryAccounts:
    """``izin.ports.Accounts`` in memory."""

    def __init__(self, data: AccountData) -> None:
        """Take the shared data."""
        self._data = data

    def add(self, account: Account, password_hash: str, now: datetime) -> None:
        """Store a new account."""
        if self.by_login(account.login) is not None:
            raise Conflict(f"login {account.login} is taken")
        self._data.accounts[account.id] = (account, password_hash)

    def by_login(self, login: str) -> tuple[Account, str] | None:
        """Give an account with its password hash."""
        found = (item for item in self._data.accounts.values() if item[0].login == login.lower())
        return next(found, None)

    def account(self, account_id: str) -> Account:
        """Give an account."""
        if account_id not in self._data.accounts:
            raise NotFound(f"account {account_id}")
        return self._data.accounts[account_id][0]

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        found = (account for account, _ in self._data.accounts.values())
        return sorted(found, key=lambda account: (account.name.lower(), account.login))


class MemoryAccountSessions:
    """``izin.ports.AccountSessions`` in memory."""

    def __init__(self, data: AccountData) -> None:
        """Take the shared data."""
        self._data = data

    def open(self, session: AccountSession, secret_hash: str) -> None:
        """Store a new session."""
        self._data.sessions[secret_hash] = (session, session.started_at)

    def find(self, secret_hash: str, now: datetime) -> AccountSession | None:
        """Give the session if it goes on, and count it as used."""
        found = self._data.sessions.get(secret_hash)
        if found is None:
            return None
        session, seen_at = found
        account, _ = self._data.accounts[session.account.id]
        over = session.started_at <= now - SESSION_LENGTH or seen_at <= now - SESSION_IDLE
        if over or not account.active:
            return None
        seen_at = max(seen_at, now)
        until = min(seen_at + SESSION_IDLE, session.started_at + SESSION_LENGTH)
        session = replace(session, account=account, until=until)
        self._data.sessions[secret_hash] = (session, seen_at)
        return session

    def revoke(self, session_id: str, now: datetime) -> bool:
        """End a session."""
        secret = next((k for k, (s, _) in self._data.sessions.items() if s.id == session_id), None)
        return secret is not None and self._data.sessions.pop(secret, None) is not None
