"""Tells webhooks what happened: signed, to a checked address only, and again until it worked.

The database's trigger has queued what is sent here; no transaction is open while the network is
used. How an address is checked: ``bot.public_addresses``.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import UTC, datetime
from ssl import SSLContext, SSLError, create_default_context
from urllib.parse import urlsplit

import httpx
import structlog

from bot.public_addresses import Resolve, public_address, resolve
from izin.errors import InvalidInput, StorageUnavailable
from izin.integration import Delivery, Outcome, Webhook, checked_url, signature
from izin.ports import Webhooks

log = structlog.get_logger()

Secret = Callable[[Webhook], bytes]

TIMEOUT_S = 10.0
GONE = 410
AT_ONCE = 10


class WebhookSender:
    """Makes one attempt at a delivery.

    Args:
        secret: Gives the secret of a webhook.
        resolve: Gives the addresses of a name.
        allowed: Addresses that are taken though they are not public; of tests alone.
        schemes: https; tests alone take http as well.
        tls: Whom to trust; the system's authorities by default.
        timeout_s: For the whole attempt, however slowly an answer drips.
    """

    def __init__(
        self,
        secret: Secret,
        resolve: Resolve = resolve,
        *,
        allowed: Set[str] = frozenset(),
        schemes: tuple[str, ...] = ("https",),
        tls: SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._secret = secret
        self._resolve = resolve
        self._allowed = allowed
        self._schemes = schemes
        self._tls = tls
        self._timeout_s = timeout_s

    async def send(self, webhook: Webhook, delivery: Delivery) -> Outcome:
        """Send a delivery; gives what came of it and never raises for the receiver's sake."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._attempt(webhook, delivery)
        except InvalidInput:
            return Outcome(error="address")
        except TimeoutError:
            return Outcome(error="timeout")
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return Outcome(error=_code(error))

    async def _attempt(self, webhook: Webhook, delivery: Delivery) -> Outcome:
        parts = urlsplit(checked_url(webhook.url, self._schemes))
        host = str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await public_address(host, port, self._resolve, self._allowed)
        body = content(delivery)
        url = httpx.URL(webhook.url).copy_with(host=address, port=port)
        headers = {"host": parts.netloc, **self._headers(webhook, delivery, body)}
        if self._tls is None:
            self._tls = await asyncio.to_thread(create_default_context)
        async with httpx.AsyncClient(
            verify=self._tls, trust_env=False, follow_redirects=False, timeout=self._timeout_s
        ) as client:
            request = client.build_request(
                "POST", url, content=body, headers=headers, extensions={"sni_hostname": host}
            )
            # Of the answer only its status counts; its body may be endless.
            answer = await client.send(request, stream=True)
            await answer.aclose()
        return _outcome(answer.status_code)

    def _headers(self, webhook: Webhook, delivery: Delivery, body: bytes) -> Mapping[str, str]:
        timestamp = int(time.time())
        signed = signature(self._secret(webhook), delivery.event_id, timestamp, body)
        return {
            "content-type": "application/json",
            "user-agent": "TanyaIzin-Webhook/1",
            "webhook-id": delivery.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signed,
        }


def content(delivery: Delivery) -> bytes:
    """Give the body of a delivery, the same at every attempt."""
    document = {
        "type": delivery.type,
        "timestamp": delivery.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": dict(delivery.payload),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status)
    if 300 <= status < 400:
        return Outcome(status, "redirect")
    return Outcome(status, "gone", final=True) if status == GONE else Outcome(status, "status")


def _code(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "name"
    causes = [error, error.__cause__, error.__context__]
    if any(isinstance(one, SSLError) for one in causes) or "CERTIFICATE" in str(error).upper():
        return "tls"
    return "unreachable"


class WebhookJobs:
    """Sends what is due, a few webhooks at once, each webhook's deliveries in order."""

    def __init__(
        self,
        webhooks: Webhooks,
        sender: WebhookSender,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the queue, the sender and the clock."""
        self._webhooks = webhooks
        self._sender = sender
        self._clock = clock

    def jobs(self) -> dict[str, Callable[[datetime], int]]:
        """Give the jobs by name that only tidy."""
        return {"forget_webhook_deliveries": self._webhooks.forget}

    async def run(self) -> int:
        """Make an attempt at everything due; gives how many were delivered."""
        done, more = 0, True
        while more:
            delivered, more = await self._round()
            done += delivered
        return done

    async def _round(self) -> tuple[int, bool]:
        """Send some; gives how many were delivered and whether there may be more."""
        # So few that all are tried before their claim ends, slow as a receiver may be.
        taken = await asyncio.to_thread(self._webhooks.claim, self._clock(), AT_ONCE)
        of_each: dict[str, list[tuple[Webhook, Delivery]]] = {}
        for webhook, delivery in taken:
            of_each.setdefault(webhook.id, []).append((webhook, delivery))
        done = await asyncio.gather(*(self._deliver(pairs) for pairs in of_each.values()))
        return sum(done), len(taken) == AT_ONCE

    async def _deliver(self, pairs: Sequence[tuple[Webhook, Delivery]]) -> int:
        """Send one webhook's deliveries; after one that got no answer the others wait as well.

        So a receiver that is down costs one time-out a round, not one for each delivery.
        """
        done, silent = 0, None
        for webhook, delivery in pairs:
            outcome = silent or await self._sender.send(webhook, delivery)
            if outcome.error and outcome.status is None:
                silent = outcome
            await self._note(webhook, delivery, outcome)
            done += outcome.error is None
        return done

    async def _note(self, webhook: Webhook, delivery: Delivery, outcome: Outcome) -> None:
        # Neither address nor body: a path may hold the receiver's own secret.
        log.info("webhook_attempt", webhook=webhook.id, event_id=delivery.event_id,
                 attempt=delivery.attempts, status=outcome.status, error=outcome.error)  # fmt: skip
        try:
            await asyncio.to_thread(self._webhooks.answered, delivery, outcome, self._clock())
        except StorageUnavailable as error:
            # It will be claimed and sent again: at least once is what is promised.
            log.warning("webhook_outcome_lost", delivery=delivery.id, reason=str(error))
