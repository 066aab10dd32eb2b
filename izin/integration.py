"""What other programs get: keys to read with, and webhooks that are told of complaints."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from izin.errors import InvalidInput

_COMPLAINT = "complaint."
EVENTS = tuple(_COMPLAINT + what for what in ("created", "state_changed", "closed", "reopened"))
"""Of ordinary complaints only."""

TEST_EVENT = "webhook.test"

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 60, 120, 240, 480, 480))
"""Between one failed attempt and the next; a day in all, then the delivery has failed."""

LONGEST_URL = 500
LONGEST_NAME = 80
SECRET_PREFIX = "whsec_"  # noqa: S105 - of Standard Webhooks, so that its libraries take it
KEY_PREFIX = "tanya_"

_TRANSLATING = ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")
"""IPv6 addresses that a gateway turns into IPv4 ones (RFC 6052, 8215)."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key to the read-only API; the key itself is shown once and kept nowhere.

    Attributes:
        created_by: Id of the account that made it.
        last_used_at: To the minute.
        revoked_at: None while it opens.
    """

    id: str
    name: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events.

    Attributes:
        events: Which, of :data:`EVENTS`.
        active: Nothing is queued or sent while it is not.
        secret_version: Grows when the secret is made anew.
    """

    id: str
    url: str
    events: tuple[str, ...]
    created_at: datetime
    created_by: str
    active: bool = True
    secret_version: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook.

    Attributes:
        event_id: The same at every attempt; the receiver knows repeats by it.
        payload: Ids, codes and dates; never a citizen's words or name.
        state: ``waiting``, ``delivered`` or ``failed``.
        next_at: When it is tried next, if it waits.
        status: HTTP status of the last answer, None when there was none.
        error: Code of why the last attempt failed (``webhook.error.<code>`` in the wording).
    """

    id: str
    webhook_id: str
    event_id: str
    type: str
    payload: Mapping[str, Any]
    created_at: datetime
    state: str = "waiting"
    attempts: int = 0
    next_at: datetime | None = None
    answered_at: datetime | None = None
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to.

    Attributes:
        status: HTTP status, None without an answer.
        error: Code of the failure, None when it was delivered.
        final: Trying again cannot help.
    """

    status: int | None = None
    error: str | None = None
    final: bool = False


def after(delivery: Delivery, outcome: Outcome, now: datetime) -> tuple[str, datetime]:
    """Give the state of a delivery after an attempt, and when it is tried next.

    ``delivery.attempts`` counts the attempt.
    """
    if outcome.error is None:
        return "delivered", now
    if outcome.final or delivery.attempts > len(PAUSES):
        return "failed", now
    return "waiting", now + PAUSES[delivery.attempts - 1]


def signature(secret: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    """Give the value of ``webhook-signature`` (Standard Webhooks 1.0, symmetric)."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def secret_purpose(webhook: Webhook) -> str:
    """Give what a webhook's secret is derived for, so that it need be stored nowhere."""
    return f"webhook:{webhook.id}:{webhook.secret_version}"


def secret_text(secret: bytes) -> str:
    """Give a secret as the receiver enters it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def checked_url(url: str, schemes: tuple[str, ...] = ("https",)) -> str:
    """Give a webhook's address.

    Raises:
        InvalidInput: It is not https, names no public host, or carries a password.
    """
    url = url.strip()
    refused = InvalidInput("webhook address", field="url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise refused from None
    fits = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not fits or parts.scheme not in schemes or port == 0 or parts.username is not None:
        raise refused
    if parts.fragment or parts.password is not None:
        raise refused
    if not _is_address(host):
        # A name without a dot is one of the own network's.
        if "." not in host.strip(".") or host.endswith((".local", ".internal", ".localhost")):
            raise refused
    elif not is_public(host):
        raise refused
    return url


def checked_events(events: tuple[str, ...]) -> tuple[str, ...]:
    """Give the events in our order, each once.

    Raises:
        InvalidInput: There is none, or one is unknown.
    """
    if not events or not set(events) <= set(EVENTS):
        raise InvalidInput("webhook events", field="events")
    return tuple(event for event in EVENTS if event in events)


def checked_name(name: str) -> str:
    """Give the name of a key, trimmed.

    Raises:
        InvalidInput: It is empty or too long.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("name of the key", field="name")
    return name


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet.

    Loopback, private, link-local, shared, reserved and multicast addresses are not, neither
    are IPv6 addresses that lead to any IPv4 address in disguise.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        # Whatever carries an IPv4 address within may lead to a private one.
        disguised = found.ipv4_mapped or found.sixtofour or found.teredo
        if disguised or found.scope_id or any(found in network for network in _TRANSLATING):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
