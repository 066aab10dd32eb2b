"""Checks a password and opens a session."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from console.door import secret_hash
from izin.accounts import SESSION_IDLE, Account, AccountSession
from izin.ports import Accounts, AccountSessions

HASHER = PasswordHasher()
_NOBODY = HASHER.hash(secrets.token_urlsafe(16))  # so that an unknown login takes as long


@dataclass(frozen=True, slots=True)
class SignIn:
    """Opens sessions for those who know their password."""

    accounts: Accounts
    sessions: AccountSessions
    clock: Callable[[], datetime]

    def open(self, login: str, password: str) -> tuple[AccountSession, str] | None:
        """Give a new session and the secret of its cookie; None when either is wrong."""
        found = self.accounts.by_login(login)
        account, stored = found or (None, _NOBODY)
        try:
            HASHER.verify(stored, password)
        except VerifyMismatchError:
            return None
        return None if account is None or not account.active else self.begin(account)

    def begin(self, account: Account) -> tuple[AccountSession, str]:
        """Give a new session of an account, and the secret of its cookie."""
        now, secret = self.clock(), secrets.token_urlsafe(32)
        session = AccountSession(
            id=str(uuid.uuid4()),
            account=account,
            csrf=secrets.token_urlsafe(32),
            started_at=now,
            until=now + SESSION_IDLE,
        )
        self.sessions.open(session, secret_hash(secret))
        return session, secret
