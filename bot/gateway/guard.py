"""What every call to the gateway meets first: its length, its address's pace, safe headers.

A platform's signed calls are never limited: an address is only held back while what it sends
is refused anyhow, and an answer of 200 counts nothing.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from izin.client_addresses import AddressLimit, client_address
from izin.wording import Wording

REFUSED_PER_MINUTE = 60
"""Refused calls of one address that are told why; nobody with the secret makes any."""

ASKED_PER_MINUTE = 120
"""Questions of one address after health, each of which asks the database and others."""

LONGEST_BODY_BYTES = 32 * 1024 * 1024
"""The simulator's largest file, written as text; a webhook's body has its own, smaller limit."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_WEBHOOKS = "/webhooks/"
_ASKING = "/readyz"
_HERE = ("127.0.0.1", "::1")


class Guard:
    """Stands before the gateway's application."""

    def __init__(
        self,
        app: ASGIApp,
        wording: Wording,
        proxies: int = 0,
        refused: AddressLimit | None = None,
        asked: AddressLimit | None = None,
    ) -> None:
        """Take the application behind it and how many proxies of ours stand before it."""
        self._app = app
        self._wording = wording
        self._proxies = proxies
        self._refused = refused or AddressLimit(REFUSED_PER_MINUTE)
        self._asked = asked or AddressLimit(ASKED_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        address = self._address(scope, headers)
        instead: JSONResponse | None = None

        async def sent(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start":
                if 400 <= message["status"] < 500 and address and message["status"] != 429:
                    instead = self._late(self._refused.count(address))
                if instead is None:
                    for name, value in HEADERS.items():
                        MutableHeaders(scope=message).setdefault(name, value)
            if instead is None:
                await send(message)

        if path == _ASKING and address and (wait := self._asked.count(address)):
            await self._late(wait)(scope, receive, sent)  # type: ignore[misc]
        elif (status := _too_long(scope, headers)) and not path.startswith(_WEBHOOKS):
            said = {"error": self._wording.say("gateway.too_big")}
            await JSONResponse(said, status)(scope, receive, sent)
        else:
            await self._app(scope, receive, sent)
        if instead is not None:
            late, instead = instead, None
            late.headers.update(HEADERS)
            await late(scope, receive, send)

    def _address(self, scope: Scope, headers: Headers) -> str:
        """Give who calls; empty for a program on this machine, which no proxy brought."""
        peer = (scope.get("client") or ("",))[0]
        forwarded = headers.getlist("x-forwarded-for")
        if peer in _HERE and not forwarded and "forwarded" not in headers:
            return ""
        return client_address(peer, forwarded, self._proxies)

    def _late(self, wait_s: int) -> JSONResponse | None:
        if not wait_s:
            return None
        said = {"error": self._wording.say("gateway.pace", seconds=wait_s)}
        return JSONResponse(said, 429, headers={"Retry-After": str(wait_s)})


def _too_long(scope: Scope, headers: Headers) -> int:
    """Give the status for a body that is too long, or does not say how long it is; else 0."""
    if scope["method"] in ("GET", "HEAD"):
        return 0
    declared = headers.get("content-length")
    if declared is None:
        return 411 if "transfer-encoding" in headers else 0
    number = declared.isascii() and declared.isdigit()
    return 413 if not number or int(declared[:20]) > LONGEST_BODY_BYTES else 0
