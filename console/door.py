"""Who comes in: the session of a request, the permission of its route, and its form's token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from console.conversations.uploads import CUT
from console.errors import Forbidden, FormRejected, SignInNeeded, StepNeeded
from console.routes import BY_KEY, PUBLIC, access_of, takes_files
from console.visitors import by_script, from_own_page
from izin.accounts import Account, AccountSession, Permission
from izin.ports import AccountSessions
from izin.settings import Settings

COOKIE = "tanya_sesi"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
OWN_PASSWORD = "/akun-saya/kata-sandi"  # noqa: S105
OWN_SECOND_FACTOR = "/akun-saya/kode"
_ALWAYS = "/keluar"


def cookie_name(settings: Settings, name: str = COOKIE) -> str:
    """Give a cookie's name; over https no other host can set one of this name."""
    return f"__Host-{name}" if settings.console_url.startswith("https://") else name


def secret_hash(secret: str) -> str:
    """Give what is stored of a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Door:
    """Stands before every route; without it, and without a named access, nothing is served."""

    def __init__(
        self, sessions: AccountSessions, clock: Callable[[], datetime], settings: Settings
    ) -> None:
        """Take the sessions, the clock, and what the environment says of https and the demo."""
        self._sessions = sessions
        self._clock = clock
        self._cookie = cookie_name(settings)
        self._demo = settings.demo
        self.settings = settings

    async def __call__(self, request: Request) -> None:
        """Let a request in, with its session in ``request.state.session``.

        Raises:
            SignInNeeded: The route needs an account and none is signed in.
            Forbidden: The route names no access, or one the account lacks.
            FormRejected: A form without this session's token.
            StepNeeded: The account must first change its password or set up a second factor.
        """
        request.state.session = None
        access = access_of(request.scope["endpoint"])
        if access is None:
            raise Forbidden("-")
        if access == BY_KEY:
            return
        secret = request.cookies.get(self._cookie, "")
        used = request.method != "GET" or not by_script(request)
        session = await run_in_threadpool(self._find, secret, used) if secret else None
        request.state.session = session
        if access == PUBLIC:
            return
        if session is None or not session.second_factor:
            raise SignInNeeded
        if not session.account.may(Permission(access)):
            raise Forbidden(access)
        if request.method != "GET":
            await check_form(request, session, self.settings)
        step = first_step(session.account, demo=self._demo)
        path = request.url.path
        if step and path != _ALWAYS and path != step and not path.startswith(f"{step}/"):
            raise StepNeeded(step)

    def _find(self, secret: str, used: bool) -> AccountSession | None:
        session = self._sessions.find(secret_hash(secret), self._clock(), used=used)
        if session is not None and session.account.demo and not self._demo:
            return None  # an account for trying out does not exist outside the demo
        return session


def first_step(account: Account, *, demo: bool) -> str:
    """Give the path of what an account must do before anything else; empty for nothing."""
    if account.must_change_password:
        return OWN_PASSWORD
    return OWN_SECOND_FACTOR if second_factor_due(account, demo=demo) else ""


def second_factor_due(account: Account, *, demo: bool) -> bool:
    """Say whether an account must set up a second factor: whoever sees personal data, at work."""
    return not demo and account.sees_personal_data and not account.totp


async def check_form(request: Request, session: AccountSession, settings: Settings) -> None:
    """See that a form came from this session's own pages.

    Raises:
        FormRejected: It carries no token, or another session's, or comes from another site.
        HTTPException: It is too long to be read whole.
    """
    if not from_own_page(request, settings):
        raise FormRejected
    given: Any = request.headers.get(CSRF_HEADER)
    form = await request.form()
    if not takes_files(request.scope["endpoint"]):
        await form.close()
        if request.scope.get(CUT):
            raise HTTPException(413)
    if given is None:
        given = form.get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise FormRejected


def session_of(request: Request) -> AccountSession:
    """Give the session of a request that the door has let in.

    Raises:
        SignInNeeded: The route is public and nobody is signed in.
    """
    session: AccountSession | None = request.state.session
    if session is None:
        raise SignInNeeded
    return session
