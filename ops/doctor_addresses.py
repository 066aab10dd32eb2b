"""What `tanya doctor` finds at the public addresses: names, certificates, and who answers there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

Level = Literal["ok", "warn", "fail"]
Row = tuple[Level, str, dict[str, object]]

SOON = timedelta(days=14)
"""Automatic renewal happens 30 days before the end, so here it has failed."""
_EXPIRED, _NOT_YET, _OTHER_NAME = 10, 9, 62  # X509_V_ERR_… of OpenSSL
_TIMEOUT_S = 6.0
_ADDRESSES = (
    ("TANYA_PUBLIC_URL", "TANYA_GATEWAY_PROXIES", "address.gateway_proxies"),
    ("TANYA_CONSOLE_URL", "TANYA_CONSOLE_PROXIES", "address.console_proxies"),
)
"""Each address, what says how many proxies of ours stand before it, and what none means."""


def examine(env: Mapping[str, str], now: datetime | None = None) -> Iterator[Row]:
    """Level, sentence part and parameters of each finding on the addresses that are set."""
    for name, proxies, unbelieved in _ADDRESSES:
        url = env.get(name, "").strip()
        if url:
            yield examine_one(name, url, now)
            # https ends before us, so whoever knocks comes through a proxy.
            if env.get(proxies, "").strip() in ("", "0"):
                yield ("warn", unbelieved, {"name": name})


def examine_one(name: str, url: str, now: datetime | None = None) -> Row:
    """The finding on one address.

    Args:
        name: the variable that holds it.
        url: the address.
        now: the present moment, the real one by default.
    """
    place = urlsplit(url)
    host = place.hostname or ""
    known: dict[str, object] = {"name": name, "host": host}
    if place.scheme != "https" or not host:
        return ("fail", "address.not_https", {"name": name, "url": url})
    try:
        until = _valid_until(host, place.port or 443)
    except ssl.SSLCertVerificationError as error:
        return ("fail", _fault(error), known)
    except ssl.SSLError:
        return ("fail", "address.no_tls", known)
    except socket.gaierror:
        return ("fail", "address.unknown_name", known)
    except OSError:
        return ("fail", "address.nobody", known)
    left = until - (now or datetime.now(UTC))
    if left < timedelta(0):
        return ("fail", "address.expired", known)
    known["days"] = left.days
    return ("warn", "address.soon", known) if left < SOON else ("ok", "address.ok", known)


def is_private(url: str) -> bool:
    """Say whether a host name leads to this machine or a private network only."""
    try:
        found = socket.getaddrinfo(urlsplit(url).hostname or "", None)
    except OSError:
        return False
    return all(ip_address(str(item[4][0]).partition("%")[0]).is_private for item in found)


def _valid_until(host: str, port: int) -> datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        certificate = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _fault(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in (_EXPIRED, _NOT_YET):
        return "address.expired"
    return "address.other_name" if error.verify_code == _OTHER_NAME else "address.untrusted"
