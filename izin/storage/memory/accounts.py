"""Accounts of the console, their sessions, second factors and attempts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from izin.accounts import HALF_OPEN_LENGTH, SESSION_IDLE, SESSION_LENGTH, Account, AccountSession
from izin.errors import Conflict, NotFound
from izin.throttle import FORGOTTEN_AFTER, Counted


@dataclass(slots=True)
class AccountData:
    """What the ports share: accounts with hashes by id, sessions by secret hash, and factors."""

    accounts: dict[str, tuple[Account, str]] = field(default_factory=dict)
    sessions: dict[str, AccountSession] = field(default_factory=dict)
    factors: dict[str, tuple[str, int]] = field(default_factory=dict)
    recovery: dict[str, set[str]] = field(default_factory=dict)

    def now_known(self, account_id: str) -> Account:
        """Give an account as it is now (NotFound if unknown)."""
        if account_id not in self.accounts:
            raise NotFound(f"account {account_id!r}")
        return replace(self.accounts[account_id][0], totp=account_id in self.factors)


class MemoryAccounts:
    """``izin.ports.Accounts`` in memory."""

    def __init__(self, data: AccountData) -> None:
        """Take the shared data."""
        self._data = data

    def add(self, account: Account, password_hash: str, now: datetime) -> None:
        """Store a new account."""
        if self.by_login(account.login) is not None or account.id in self._data.accounts:
            raise Conflict(f"login {account.login} is taken")
        self._data.accounts[account.id] = (account, password_hash)

    def by_login(self, login: str) -> tuple[Account, str] | None:
        """Give an account with its password hash."""
        for account_id, (account, password_hash) in self._data.accounts.items():
            if account.login == login.lower():
                return self._data.now_known(account_id), password_hash
        return None

    def account(self, account_id: str) -> Account:
        """Give an account."""
        return self._data.now_known(account_id)

    def all(self) -> Sequence[Account]:
        """Give every account, by name."""
        found = map(self._data.now_known, self._data.accounts)
        return sorted(found, key=lambda account: (account.name.lower(), account.login))

    def change(self, account: Account) -> Account:
        """Store what may change; give what was before."""
        before = self._data.now_known(account.id)
        admins = sum(known.is_admin for known, _ in self._data.accounts.values())
        if before.is_admin and not account.is_admin and admins == 1:
            raise Conflict("no active admin would be left")
        changed = replace(
            before, name=account.name, roles=account.roles, unit=account.unit,
            title=account.title, active=account.active,
        )  # fmt: skip
        self._data.accounts[account.id] = (changed, self._data.accounts[account.id][1])
        return before

    def set_password(self, account_id: str, password_hash: str, *, must_change: bool) -> None:
        """Store another password."""
        account = replace(self._data.now_known(account_id), must_change_password=must_change)
        self._data.accounts[account_id] = (account, password_hash)


class MemoryAccountSessions:
    """``izin.ports.AccountSessions`` in memory."""

    def __init__(self, data: AccountData) -> None:
        """Take the shared data."""
        self._data = data

    def open(self, session: AccountSession, secret_hash: str) -> None:
        """Store a new session."""
        self._data.sessions[secret_hash] = replace(session, seen_at=session.started_at)

    def find(self, secret_hash: str, now: datetime, *, used: bool = True) -> AccountSession | None:
        """Give the session if it goes on, and count it as used."""
        session = self._data.sessions.get(secret_hash)
        found = None if session is None else self._going_on(session, now)
        if found is None or not used:
            return found
        used_now = replace(found, seen_at=max(found.seen_at or now, now))
        self._data.sessions[secret_hash] = used_now
        return self._going_on(used_now, now)

    def revoke(self, session_id: str, now: datetime) -> bool:
        """End a session."""
        secret = next((k for k, s in self._data.sessions.items() if s.id == session_id), None)
        return secret is not None and self._data.sessions.pop(secret, None) is not None

    def of_account(self, account_id: str, now: datetime) -> Sequence[AccountSession]:
        """Give the sessions of an account that go on."""
        own = (s for s in self._data.sessions.values() if s.account.id == account_id)
        found = [session for one in own if (session := self._going_on(one, now))]
        return sorted(found, key=lambda session: session.seen_at or now, reverse=True)

    def revoke_all(self, account_id: str, now: datetime, but: str = "") -> int:
        """End an account's sessions."""
        ended = [
            secret
            for secret, session in self._data.sessions.items()
            if session.account.id == account_id and session.id != but
        ]
        for secret in ended:
            del self._data.sessions[secret]
        return len(ended)

    def _going_on(self, session: AccountSession, now: datetime) -> AccountSession | None:
        account = self._data.now_known(session.account.id)
        seen_at, started_at = session.seen_at or session.started_at, session.started_at
        until = min(seen_at + SESSION_IDLE, started_at + SESSION_LENGTH)
        if not session.second_factor:
            until = started_at + HALF_OPEN_LENGTH
        if until <= now or not account.active:
            return None
        return replace(session, account=account, until=until)


class MemorySecondFactors:
    """``izin.ports.SecondFactors`` in memory."""

    def __init__(self, data: AccountData) -> None:
        """Take the shared data."""
        self._data = data

    def store(
        self, account_id: str, locked_secret: str, recovery: Sequence[str], last_step: int
    ) -> None:
        """Set an account's second factor."""
        self._data.now_known(account_id)
        self._data.factors[account_id] = (locked_secret, last_step)
        self._data.recovery[account_id] = set(recovery)

    def locked_secret(self, account_id: str) -> str | None:
        """Give the encrypted key."""
        found = self._data.factors.get(account_id)
        return found[0] if found else None

    def use_step(self, account_id: str, step: int) -> bool:
        """Count a time step as used."""
        found = self._data.factors.get(account_id)
        if found is None or step <= found[1]:
            return False
        self._data.factors[account_id] = (found[0], step)
        return True

    def use_recovery(self, account_id: str, mark: str) -> bool:
        """Use up a recovery code."""
        left = self._data.recovery.get(account_id, set())
        was = mark in left
        left.discard(mark)
        return was

    def set_recovery(self, account_id: str, recovery: Sequence[str]) -> None:
        """Put other recovery codes in place."""
        self._data.recovery[account_id] = set(recovery)

    def recovery_left(self, account_id: str) -> int:
        """Give how many recovery codes are left."""
        return len(self._data.recovery.get(account_id, ()))

    def remove(self, account_id: str) -> bool:
        """Take the second factor away."""
        self._data.recovery.pop(account_id, None)
        return self._data.factors.pop(account_id, None) is not None


class MemoryAttempts:
    """``izin.ports.Attempts`` in memory."""

    def __init__(self) -> None:
        """Begin without any."""
        self._known: dict[str, tuple[int, datetime, datetime | None]] = {}

    def begin(self, keys: Sequence[Counted], now: datetime) -> datetime | None:
        """Count an attempt in advance, or give the moment until which to wait."""
        known = {item.key: self._known.get(item.key, (0, now, None)) for item in keys}
        paused = [until for _, _, until in known.values() if until and until > now]
        if paused:
            return max(paused)
        for item in keys:
            failures, last_at, _ = known[item.key]
            failures = 1 if last_at < now - FORGOTTEN_AFTER else failures + 1
            self._known[item.key] = (failures, now, now + item.limit.pause(failures))
        return None

    def forgive(self, keys: Sequence[Counted], shared: Sequence[str] = ()) -> None:
        """Take back an attempt that succeeded."""
        for key in (item.key for item in keys):
            if key in shared and key in self._known:
                failures, last_at, _ = self._known[key]
                self._known[key] = (max(failures - 1, 0), last_at, None)
            else:
                self._known.pop(key, None)
