"""Who comes in: the session of a request, the permission of its route, and its form's token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from console.errors import Forbidden, FormRejected, SignInNeeded
from console.routes import BY_KEY, PUBLIC, access_of
from izin.accounts import AccountSession, Permission
from izin.ports import AccountSessions

COOKIE = "tanya_sesi"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"


def secret_hash(secret: str) -> str:
    """Give what is stored of a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Door:
    """Stands before every route; without it, and without a named access, nothing is served."""

    def __init__(self, sessions: AccountSessions, clock: Callable[[], datetime]) -> None:
        """Take the sessions and the clock."""
        self._sessions = sessions
        self._clock = clock

    async def __call__(self, request: Request) -> None:
        """Let a request in, with its session in ``request.state.session``.

        Raises:
            SignInNeeded: The route needs an account and none is signed in.
            Forbidden: The route names no access, or one the account lacks.
            FormRejected: A form without this session's token.
        """
        request.state.session = None
        access = access_of(request.scope["endpoint"])
        if access is None:
            raise Forbidden("-")
        if access == BY_KEY:
            return
        secret = request.cookies.get(COOKIE, "")
        session = await run_in_threadpool(self._find, secret) if secret else None
        request.state.session = session
        if access == PUBLIC:
            return
        if session is None or not session.second_factor:
            raise SignInNeeded
        if not session.account.may(Permission(access)):
            raise Forbidden(access)
        if request.method != "GET":
            await check_form(request, session)

    def _find(self, secret: str) -> AccountSession | None:
        return self._sessions.find(secret_hash(secret), self._clock())


async def check_form(request: Request, session: AccountSession) -> None:
    """See that a form came from this session's own pages.

    Raises:
        FormRejected: It carries no token, or another session's.
    """
    given: Any = request.headers.get(CSRF_HEADER)
    if given is None:
        given = (await request.form()).get(CSRF_FIELD)
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
