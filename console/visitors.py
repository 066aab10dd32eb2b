"""What is known of a browser before anybody has signed in: where it is, and whether it was here."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from fastapi import Request

from izin.client_addresses import client_address
from izin.ports import Safe
from izin.settings import Settings

_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"),
            ("Linux", "Linux"))  # fmt: skip
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
             ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip


def address_of(request: Request, settings: Settings) -> str:
    """Give the network address a request comes from, as ``client_address`` says."""
    peer = request.client.host if request.client else ""
    return client_address(
        peer, request.headers.getlist("x-forwarded-for"), settings.console_proxies
    )


def device_of(request: Request) -> str:
    """Give browser and system in two words, for somebody to recognise among own sessions."""
    agent = request.headers.get("user-agent", "")
    found = [next((name for mark, name in known if mark in agent), "")
             for known in (_BROWSERS, _SYSTEMS)]  # fmt: skip
    return " · ".join(word for word in found if word)


def from_own_page(request: Request, settings: Settings) -> bool:
    """Say whether a form comes from a page of ours, or from no browser at all."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    own = settings.console_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    try:
        return urlsplit(origin)[:2] == urlsplit(own)[:2]
    except ValueError:
        return False


def by_script(request: Request) -> bool:
    """Say whether a script of a page asks, and no person looks at the answer as a page."""
    return request.headers.get("sec-fetch-mode", "navigate") in ("cors", "same-origin")


def new_device(safe: Safe, login: str) -> str:
    """Give the value of the cookie that proves later that this login signed in here."""
    device = secrets.token_urlsafe(12)
    return f"{device}.{safe.mark('device', login, device)}"


def known_device(safe: Safe, login: str, value: str) -> str:
    """Give the device of such a cookie; empty when it is not this login's."""
    device, _, mark = value.partition(".")
    right = safe.mark("device", login.strip().lower(), device)
    return device if hmac.compare_digest(mark.encode(), right.encode()) else ""
