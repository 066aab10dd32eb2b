"""Opens sessions, and carries them in cookies."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request
from fastapi.responses import Response

from console.door import cookie_name, secret_hash
from console.visitors import address_of, device_of, known_device, new_device
from izin.accounts import HALF_OPEN_LENGTH, SESSION_IDLE, Account, AccountSession
from izin.ports import AccountSessions, Safe
from izin.settings import Settings
from izin.usecases.enter_console import Visitor

_DEVICE = "tanya_perangkat"
_DEVICE_LASTS = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Signing:
    """Sessions as a browser holds them."""

    sessions: AccountSessions
    safe: Safe
    settings: Settings
    clock: Callable[[], datetime]

    def begin(
        self, account: Account, *, second_factor: bool = True, device: str = ""
    ) -> tuple[AccountSession, str]:
        """Give a new session of an account, and the secret of its cookie."""
        now, secret = self.clock(), secrets.token_urlsafe(32)
        session = AccountSession(
            id=str(uuid.uuid4()),
            account=account,
            csrf=secrets.token_urlsafe(32),
            started_at=now,
            until=now + (SESSION_IDLE if second_factor else HALF_OPEN_LENGTH),
            second_factor=second_factor,
            device=device,
        )
        self.sessions.open(session, secret_hash(secret))
        return session, secret

    def enter(
        self, request: Request, account: Account, *, second_factor: bool
    ) -> tuple[AccountSession, str]:
        """Begin a session in place of the one this browser had, whoever gave it that one."""
        before: AccountSession | None = request.state.session
        if before is not None:
            self.sessions.revoke(before.id, self.clock())
        session, secret = self.begin(
            account, second_factor=second_factor, device=device_of(request)
        )
        request.state.session = session
        return session, secret

    def visitor(self, request: Request, login: str) -> Visitor:
        """Give where an attempt to sign in comes from."""
        value = request.cookies.get(cookie_name(self.settings, _DEVICE), "")
        known = known_device(self.safe, login, value) if value else ""
        return Visitor(address_of(request, self.settings), known)

    def hand_over(self, answer: Response, secret: str) -> None:
        """Put the session's secret into the browser."""
        self._set(answer, cookie_name(self.settings), secret)

    def remember_device(self, answer: Response, account: Account) -> None:
        """Let this browser prove later that the account signed in here."""
        value = new_device(self.safe, account.login)
        self._set(answer, cookie_name(self.settings, _DEVICE), value, _DEVICE_LASTS)

    def take_back(self, answer: Response) -> None:
        """Take the session out of the browser."""
        answer.delete_cookie(
            cookie_name(self.settings), path="/", secure=self._secure, httponly=True
        )

    @property
    def _secure(self) -> bool:
        return self.settings.console_url.startswith("https://")

    def _set(self, answer: Response, name: str, value: str, lasts: timedelta | None = None) -> None:
        answer.set_cookie(
            name, value, httponly=True, samesite="lax", path="/", secure=self._secure,
            max_age=int(lasts.total_seconds()) if lasts else None,
        )  # fmt: skip
