"""Telegram's webhook: verified, stored, then answered 200."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

import structlog
from fastapi import APIRouter, Request, Response

from bot.request_bodies import read_body
from bot.telegram.intake import Intake, Receive, Review
from izin.errors import StorageUnavailable

log = structlog.get_logger()

PATH = "/webhooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def verify_telegram(header: str | None, secret: str) -> bool:
    """Say whether the secret header is ours, in constant time; an empty secret never is."""
    if not secret or not header:
        return False
    return hmac.compare_digest(header.encode(), secret.encode())


def router(
    receive: Receive,
    secret: str,
    bot_username: str | Callable[[], str],
    review: Review | None = None,
    refused: Callable[[str], None] = lambda channel: None,
) -> APIRouter:
    """Give the route that Telegram calls.

    Answers 401 without the header, 403 with a wrong one, 413 over 3 MB, 400 when it is not
    JSON; all store nothing. 503 while our database is down, so that Telegram sends again.

    Args:
        receive: Stores a message; returns after the commit.
        secret: Expected in the secret-token header.
        bot_username: Ours, without ``@``, or what gives it once Telegram has told it.
        review: Keeps an update that could not be understood; without it such an update is
            logged and answered 200, since sending it again would not help.
        refused: Hears of every call with a wrong secret.
    """
    routes = APIRouter()
    take = Intake(receive, bot_username, review)

    @routes.post(PATH)
    async def take_update(request: Request) -> Response:
        header = request.headers.get(SECRET_HEADER)
        if not verify_telegram(header, secret):
            log.warning("webhook_refused", channel="telegram", header=header is not None)
            refused("telegram")
            return Response(status_code=403 if header else 401)
        body = await read_body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        try:
            await take(update)
        except StorageUnavailable:
            return Response(status_code=503)
        return Response(status_code=200)

    return routes
