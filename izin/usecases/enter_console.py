"""Sign in to the console: the password first, then the second factor, each in its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from izin.accounts import Account
from izin.audit import SYSTEM, AuditEntry
from izin.ports import Accounts, Attempts, AuditLog, PasswordHashes
from izin.throttle import own_key, shared_keys, sign_in_keys
from izin.usecases.second_factor import SecondFactor

SUBJECT = "akun"
NOBODY = "-"
"""Subject of a failure at a login that does not exist: what was typed is not kept."""


class Outcome(StrEnum):
    """What came of an attempt."""

    OK = "ok"
    WRONG = "wrong"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt.

    Attributes:
        outcome: Passed, wrong, or not looked at because of a pause.
        account: Whose attempt passed.
        wait_s: Seconds until the next attempt is looked at.
        by_recovery: It passed with a recovery code.
    """

    outcome: Outcome
    account: Account | None = None
    wait_s: int = 0
    by_recovery: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where an attempt comes from.

    Attributes:
        address: Network address.
        known_device: Mark of a browser that this login signed in with before, or empty.
    """

    address: str
    known_device: str = ""


@dataclass(frozen=True, slots=True)
class EnterConsole:
    """Looks at passwords and codes, counts attempts, and leaves a trace of each.

    Attributes:
        demo: Accounts made for trying out may sign in.
    """

    accounts: Accounts
    attempts: Attempts
    passwords: PasswordHashes
    second_factor: SecondFactor
    audit: AuditLog
    clock: Callable[[], datetime]
    demo: bool = False

    def by_password(self, login: str, password: str, visitor: Visitor) -> Attempt:
        """Look at a login with its password; an unknown login takes as long as a wrong one."""
        login, now = login.strip().lower(), self.clock()
        keys = sign_in_keys(login, visitor.address, visitor.known_device)
        until = self.attempts.begin(keys, now)
        if until is not None:
            return _wait(until, now)
        found = self.accounts.by_login(login)
        account, stored = found or (None, None)
        right = self.passwords.matches(stored, password)
        if account is None or not right or not self._may_enter(account):
            self._record("akun.gagal_masuk", account, "sandi")
            return Attempt(Outcome.WRONG)
        self.attempts.forgive(keys, shared_keys(keys))
        if stored is not None and self.passwords.outdated(stored):
            self.accounts.set_password(
                account.id, self.passwords.hash(password), must_change=account.must_change_password
            )
        return Attempt(Outcome.OK, account)

    def by_code(self, account: Account, code: str) -> Attempt:
        """Look at the second factor of somebody who gave the password."""
        now, key = self.clock(), own_key(account.id, "factor")
        until = self.attempts.begin([key], now)
        if until is not None:
            return _wait(until, now)
        by_recovery = False
        if not self.second_factor.check(account, code):
            by_recovery = self.second_factor.check_recovery(account, code)
            if not by_recovery:
                self._record("akun.gagal_masuk", account, "kode")
                return Attempt(Outcome.WRONG)
        self.attempts.forgive([key])
        return Attempt(Outcome.OK, account, by_recovery=by_recovery)

    def own_password(self, account: Account, password: str) -> Attempt:
        """Look at the password of somebody signed in who asks for something grave."""
        now, key = self.clock(), own_key(account.id, "sandi")
        until = self.attempts.begin([key], now)
        if until is not None:
            return _wait(until, now)
        found = self.accounts.by_login(account.login)
        if found is None or not self.passwords.matches(found[1], password):
            self._record("akun.gagal_konfirmasi", account, "sandi")
            return Attempt(Outcome.WRONG)
        self.attempts.forgive([key])
        return Attempt(Outcome.OK, account)

    def _may_enter(self, account: Account) -> bool:
        return account.active and (self.demo or not account.demo)

    def _record(self, action: str, account: Account | None, what: str) -> None:
        subject = account.id if account else NOBODY
        self.audit.record(
            AuditEntry(self.clock(), SYSTEM, action, SUBJECT, subject, {"bagian": what})
        )


def _wait(until: datetime, now: datetime) -> Attempt:
    return Attempt(Outcome.WAIT, wait_s=max(1, round((until - now).total_seconds())))
