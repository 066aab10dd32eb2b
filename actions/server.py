"""The HTTP side of the action server: Rasa's webhook, health and readiness.

rasa-sdk's executor runs the actions; its own Sanic shell is not used, because it listens on
all interfaces, sends the tracker back in error bodies and logs it, and asks for no secret.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import (
    ActionExecutionRejection,
    ActionMissingDomainException,
    ActionNotFoundException,
)
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from izin.errors import RegistryUnavailable, StorageUnavailable

log = structlog.get_logger()

LARGEST_BODY_BYTES = 8 * 1024 * 1024
"""A tracker of a long session with the domain stays far below this."""

_REFUSED = JSONResponse({"error": "body"}, 400)


def application(
    executor: ActionExecutor, secret: str, ready: Callable[[], None],
    registry: Callable[[], None] | None = lambda: None,
) -> ASGIApp:  # fmt: skip
    """Give the ASGI application.

    ``POST /webhook`` runs an action (401 without the bearer ``secret`` when one is set, 400
    for a body that is none, 404 for an unknown action, 500 for any failure inside one);
    ``GET /healthz`` answers while the process lives; ``GET /readyz`` is 200 once ``ready``
    returns, 503 when it raises; ``GET /registry`` says whether the permit registry answers, with
    ``registry`` raising when it does not and None when the office has none; ``GET /actions``
    lists the names.
    """
    others = _other_routes(executor, secret, ready, registry)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # What every turn asks goes past FastAPI, which took a fifth of this process's CPU time.
        if scope["type"] != "http" or scope["path"] != "/webhook" or scope["method"] != "POST":
            await others(scope, receive, send)
            return
        if secret and not _authorised(Headers(scope=scope).get("authorization", ""), secret):
            response = JSONResponse({"error": "unauthorised"}, 401)
        else:
            call = await _call(receive)
            response = await _run(executor, call) if call else _REFUSED
        await response(scope, receive, send)

    return serve


def _other_routes(
    executor: ActionExecutor, secret: str, ready: Callable[[], None],
    registry: Callable[[], None] | None,
) -> FastAPI:  # fmt: skip
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def health() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    async def readiness() -> JSONResponse:
        try:
            await run_in_threadpool(ready)
        except Exception as error:
            log.warning("actions_not_ready", error=type(error).__name__)
            return JSONResponse({"status": "unavailable"}, 503)
        return JSONResponse({"status": "ok"})

    @app.get("/registry")
    async def registry_health() -> JSONResponse:
        if registry is None:
            return JSONResponse({"connected": False})
        try:
            await run_in_threadpool(registry)
        except RegistryUnavailable:
            return JSONResponse({"reachable": False})
        return JSONResponse({"reachable": True})

    @app.get("/actions")
    async def actions(request: Request) -> JSONResponse:
        if secret and not _authorised(request.headers.get("authorization", ""), secret):
            return JSONResponse({"error": "unauthorised"}, 401)
        return JSONResponse([{"name": name} for name in sorted(executor.actions)])

    return app


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> JSONResponse:
    name = str(call.get("next_action"))
    turn_id = _turn_id(call)
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        body = {"error": "rejected", "action_name": rejection.action_name}
        return JSONResponse(body, 400)
    except ActionNotFoundException:
        log.error("action_unknown", action=name, turn_id=turn_id)
        return JSONResponse({"error": "unknown action", "action_name": name}, 404)
    except ActionMissingDomainException:
        return JSONResponse({"error": "domain", "action_name": name}, 449)
    except StorageUnavailable:
        # The gateway waits for our database where it would count a failure.
        log.warning("action_storage_away", action=name, turn_id=turn_id)
        return JSONResponse({"error": "unavailable", "action_name": name}, 503)
    except Exception as error:
        # Rasa must see every failure; the body names its type alone, for the tracker holds
        # what the citizen wrote.
        log.exception("action_failed", action=name, turn_id=turn_id, error=type(error).__name__)
        return JSONResponse({"error": type(error).__name__, "action_name": name}, 500)
    log.info("action_done", action=name, turn_id=turn_id)
    return JSONResponse(
        {"events": result.events, "responses": result.responses}
        if result
        else {"events": [], "responses": []}
    )


async def _call(receive: Receive) -> dict[str, Any] | None:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None  # whoever asked has gone; the refusal reaches nobody
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY_BYTES:
            return None
    try:
        call = json.loads(body)
    except ValueError:
        return None
    if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
        return None
    return call if call.get("next_action") else None


def _turn_id(call: dict[str, Any]) -> str:
    message = call["tracker"].get("latest_message") or {}
    return str((message.get("metadata") or {}).get("turn_id") or "")


def _authorised(header: str, secret: str) -> bool:
    return hmac.compare_digest(header.encode(), f"Bearer {secret}".encode())
