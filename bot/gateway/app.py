"""The gateway's web application: only routes named here exist, nothing is served by default."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.gateway.guard import Guard
from izin.errors import InvalidInput, NotFound, StorageUnavailable
from izin.wording import Wording

log = structlog.get_logger()

_REFUSALS = {403: "gateway.refused", 413: "gateway.too_big"}

Lifespan = Callable[[], AbstractAsyncContextManager[None]]


def build(
    routers: Sequence[APIRouter], lifespan: Lifespan, wording: Wording, proxies: int = 0
) -> FastAPI:
    """Give the application; ``lifespan`` starts and stops workers and pollers.

    ``proxies`` of ours stand before it.
    """

    @asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        async with lifespan():
            yield

    app = FastAPI(lifespan=run, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, wording=wording, proxies=proxies)
    for router in routers:
        app.include_router(router)

    @app.exception_handler(StorageUnavailable)
    async def storage_down(_: Request, error: StorageUnavailable) -> JSONResponse:
        # Nothing was acknowledged: the platform sends it again.
        log.error("storage_unavailable", reason=str(error))
        return JSONResponse({"error": wording.say("gateway.storage_down")}, status_code=503)

    @app.exception_handler(RequestValidationError)
    async def not_valid(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()})
        sentence = wording.say("gateway.invalid_body", fields=", ".join(fields))
        return JSONResponse({"error": sentence, "fields": fields}, status_code=422)

    @app.exception_handler(InvalidInput)
    async def not_usable(_: Request, error: InvalidInput) -> JSONResponse:
        sentence = wording.say("gateway.invalid_body", fields=error.field or "-")
        return JSONResponse({"error": sentence}, status_code=422)

    @app.exception_handler(NotFound)
    async def not_found(_: Request, __: NotFound) -> JSONResponse:
        return JSONResponse({"error": wording.say("gateway.not_found")}, status_code=404)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        sentence = wording.say(_REFUSALS.get(error.status_code, "gateway.not_found"))
        return JSONResponse({"error": sentence}, error.status_code, headers=error.headers)

    return app
