"""How often one address may ask: of whoever has not signed in, and for whole files.

Officers of one office share an address, so whoever is signed in is not held back by what
others there do; only downloads are counted for everybody.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.visitors import address_of
from izin.client_addresses import AddressLimit
from izin.settings import Settings

STRANGERS_PER_MINUTE = 300
"""Unsigned pages of one address: a whole office signs in within the same minute."""

PROGRAMS_PER_MINUTE = 600
"""Questions of one address by API keys: five keys, each at its own limit."""

DOWNLOADS_PER_MINUTE = 60
"""Tables of one address, each of which reads a whole list."""

FILES_PER_MINUTE = 900
"""Citizens' files of one address: an open conversation shows thirty pictures."""

_FREE = ("/static/", "/healthz")
_PROGRAMS = "/open311/"
_HERE = ("127.0.0.1", "::1")

Refuse = Callable[[Request, int], Response]


class Pace:
    """Stands before the console's application and counts by address."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        refuse: Refuse,
        cookie: str,
        strangers: AddressLimit | None = None,
    ) -> None:
        """Take the application behind it, what says no, and the name of a session's cookie."""
        self._app = app
        self._settings = settings
        self._refuse = refuse
        self._cookie = f"{cookie}="
        self._strangers = strangers or AddressLimit(STRANGERS_PER_MINUTE)
        self._programs = AddressLimit(PROGRAMS_PER_MINUTE)
        self._downloads = AddressLimit(DOWNLOADS_PER_MINUTE)
        self._files = AddressLimit(FILES_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        address = self._address(scope) if scope["type"] == "http" else ""
        if not address or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        wait = self._before(scope, address)
        if wait:
            await self._late(scope, wait)(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        late: Response | None = None

        async def sent(message: Message) -> None:
            nonlocal late
            if message["type"] == "http.response.start" and _stranger(scope, state, message):
                wait = self._strangers.count(address)
                late = self._late(scope, wait) if wait else None
            if late is None:
                await send(message)

        await self._app(scope, receive, sent)
        if late is not None:
            await late(scope, receive, send)

    def _before(self, scope: Scope, address: str) -> int:
        """Give how long to wait with a request that need not be looked at further; else 0."""
        path = scope["path"]
        if path.startswith(_PROGRAMS):
            return self._programs.count(address) or self._strangers.wait_s(address) * (
                "x-api-key" not in Headers(scope=scope) and b"api_key" not in scope["query_string"]
            )
        if self._cookie not in Headers(scope=scope).get("cookie", ""):
            return self._strangers.wait_s(address)
        if "/unduh" in path:
            return self._downloads.count(address)
        if path.startswith("/berkas/") or "/bukti/" in path:
            return self._files.count(address)
        return 0

    def _address(self, scope: Scope) -> str:
        """Give who asks; empty for a browser on this machine, which no proxy brought."""
        headers = Headers(scope=scope)
        peer = (scope.get("client") or ("",))[0]
        if peer in _HERE and not {"x-forwarded-for", "forwarded"} & set(headers):
            return ""
        return address_of(Request(scope), self._settings)

    def _late(self, scope: Scope, wait_s: int) -> Response:
        scope.setdefault("state", {})["session"] = None  # the page's frame knows nobody
        answer = self._refuse(Request(scope), wait_s)
        answer.headers["Retry-After"] = str(wait_s)
        return answer


def _stranger(scope: Scope, state: dict[str, object], message: Message) -> bool:
    """Say whether nobody was known by the answer that is on its way."""
    if scope["path"].startswith(_PROGRAMS):
        return bool(message["status"] == 403)
    return state.get("session") is None
