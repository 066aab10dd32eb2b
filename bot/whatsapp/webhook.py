"""WhatsApp's webhook: verified by signature, every item stored, then answered 200."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from bot.request_bodies import read_body
from bot.whatsapp.parse import ParsedWebhook, parse_webhook
from izin.conversations import DeliveryReceipt, InboundMessage
from izin.errors import InvalidInput, StorageUnavailable, Unavailable

log = structlog.get_logger()

PATH = "/webhooks/whatsapp"
SIGNATURE_HEADER = "X-Hub-Signature-256"
MOST_KEPT_BYTES = 200_000

Receive = Callable[[InboundMessage], Awaitable[object]]
Receipt = Callable[[DeliveryReceipt], Awaitable[None]]
Review = Callable[[bytes, str], Awaitable[None]]


def sign(raw_body: bytes, app_secret: str) -> str:
    """Give the signature header of a body."""
    return "sha256=" + hmac.new(app_secret.encode(), raw_body, hashlib.sha256).hexdigest()


def verify_whatsapp(raw_body: bytes, header: str | None, app_secret: str) -> bool:
    """Say whether the signature of the raw body is right, in constant time.

    An empty secret verifies nothing.
    """
    if not app_secret or not header:
        return False
    return hmac.compare_digest(header.encode(), sign(raw_body, app_secret).encode())


def challenge(params: Mapping[str, str], verify_token: str) -> str | None:
    """Give what to echo at the subscription of the webhook, or None for a wrong word."""
    given = params.get("hub.verify_token", "")
    if not verify_token or params.get("hub.mode") != "subscribe":
        return None
    if not hmac.compare_digest(given.encode(), verify_token.encode()):
        return None
    return params.get("hub.challenge")


def router(
    receive: Receive,
    receipt: Receipt,
    review: Review,
    app_secret: str,
    verify_token: str,
    phone_id: str = "",
    refused: Callable[[str], None] = lambda channel: None,
) -> APIRouter:
    """Give the routes that Meta calls.

    Answers 401 without a signature, 403 with a wrong one, 413 over 3 MB, 400 when it is
    not JSON; all store nothing. 503 while our database is down, so that Meta sends again;
    what was stored before is then known by its id.

    Args:
        receive: Stores a message; returns after the commit.
        receipt: Records what became of a message of ours.
        review: Keeps an item that could not be understood, with the reason.
        app_secret: Key of the signature.
        verify_token: Word of the GET challenge.
        phone_id: Only this business number's items are taken; empty takes all.
        refused: Hears of every call with a wrong signature.
    """
    routes = APIRouter()
    intake = _Intake(receive, receipt, review)

    @routes.get(PATH)
    async def subscribe(request: Request) -> Response:
        word = challenge(request.query_params, verify_token)
        if word is None:
            log.warning("webhook_challenge_refused", channel="whatsapp")
            return Response(status_code=403)
        return Response(word, media_type="text/plain")

    @routes.post(PATH)
    async def take_webhook(request: Request) -> Response:
        header = request.headers.get(SIGNATURE_HEADER)
        if not header:
            log.warning("webhook_refused", channel="whatsapp", header=False)
            return Response(status_code=401)
        body = await read_body(request)
        if body is None:
            return Response(status_code=413)
        if not verify_whatsapp(body, header, app_secret):
            log.warning("webhook_refused", channel="whatsapp", header=True)
            refused("whatsapp")
            return Response(status_code=403)
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        try:
            await _take(document, body)
        except StorageUnavailable:
            return Response(status_code=503)
        return Response(status_code=200)

    async def _take(document: Any, body: bytes) -> None:
        try:
            parsed = parse_webhook(document, phone_id)
        except InvalidInput as error:
            log.warning("webhook_not_understood", channel="whatsapp", reason=str(error))
            await review(body[:MOST_KEPT_BYTES], str(error))
            return
        await intake(parsed)

    return routes


class _Intake:
    """Stores the items of a webhook, each apart."""

    def __init__(self, receive: Receive, receipt: Receipt, review: Review) -> None:
        self._receive = receive
        self._receipt = receipt
        self._review = review

    async def __call__(self, parsed: ParsedWebhook) -> None:
        for reason in parsed.ignored:
            log.info("update_ignored", channel="whatsapp", reason=reason)
        for message in parsed.messages:
            await self._apart(self._receive, message)
        for receipt in parsed.receipts:
            await self._apart(self._receipt, receipt)
        for item, reason in parsed.unparsed:
            log.warning("update_not_understood", channel="whatsapp", reason=reason)
            await self._review(item.encode("utf-8", "replace")[:MOST_KEPT_BYTES], reason)

    async def _apart(self, store: Callable[[Any], Awaitable[object]], item: Any) -> None:
        try:
            await store(item)
        except Unavailable:
            raise
        except Exception as error:
            # A fault of ours with this one item; kept, so that it takes no other with it.
            log.exception("update_not_stored", channel="whatsapp", external_id=item.external_id)
            kept = json.dumps(asdict(item), default=str).encode()
            await self._review(kept[:MOST_KEPT_BYTES], type(error).__name__)
