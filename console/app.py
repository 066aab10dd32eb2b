"""The console's web application: every route stands behind the door, every no has a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.conversations.uploads import CUT, BodyLimit
from console.door import Door, cookie_name
from console.errors import Forbidden
from console.pace import Pace
from console.pages import HEADERS, Pages
from console.rooms import open311
from console.safe_headers import SafeHeaders
from console.turned_away import add_ways_back
from izin.errors import Conflict, InvalidInput, NotFound, OwnWork

log = structlog.get_logger()

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_REFUSED = {
    400: "console.refused.unreadable",
    403: "console.refused.forbidden",
    405: "console.refused.method",
    413: "console.refused.too_big",
}


def build(
    routers: Sequence[APIRouter], door: Door, pages: Pages, lifespan: Lifespan | None = None
) -> FastAPI:
    """Give the application of these rooms."""
    app = FastAPI(
        dependencies=[Depends(door)],
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # its redirects would name whatever host the request names
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Pace,
        settings=door.settings,
        refuse=partial(_late, pages),
        cookie=cookie_name(door.settings),
    )
    app.add_middleware(SafeHeaders, headers=HEADERS)
    for router in routers:
        app.include_router(router)
    add_ways_back(app, door.settings, pages)
    _add_refusals(app, pages)
    return app


def _late(pages: Pages, request: Request, seconds: int) -> Response:
    """Give the answer to an address that asks too often."""
    path = request.url.path
    if path.startswith(f"{open311.HERE}/"):
        return open311.too_often(pages.say, path, seconds)
    return pages.refusal(request, "console.refused.pace", 429, seconds=seconds)


def _add_refusals(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(Forbidden)
    async def forbidden(request: Request, error: Forbidden) -> Response:
        return pages.refusal(request, "console.refused.forbidden", 403)

    @app.exception_handler(NotFound)
    async def not_found(request: Request, error: NotFound) -> Response:
        return pages.refusal(request, "console.refused.not_found", 404)

    @app.exception_handler(Conflict)
    async def conflict(request: Request, error: Conflict) -> Response:
        return pages.refusal(request, "console.refused.conflict", 409)

    @app.exception_handler(OwnWork)
    async def own_work(request: Request, error: OwnWork) -> Response:
        return pages.refusal(request, "console.refused.own_work", 403)

    @app.exception_handler(InvalidInput)
    async def not_usable(request: Request, error: InvalidInput) -> Response:
        return pages.refusal(request, "console.refused.input", 422, field=error.field or "-")

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> Response:
        fields = sorted({str(item["loc"][-1]) for item in error.errors()})
        return pages.refusal(request, "console.refused.input", 422, field=", ".join(fields))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        # A form that is too long is noticed while it is read, and reported as unreadable.
        status = 413 if request.scope.get(CUT) else error.status_code
        return pages.refusal(request, _REFUSED.get(status, "console.refused.not_found"), status)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        # The route, not the address: that one may hold the number of a sealed complaint.
        route = getattr(request.scope.get("route"), "path", None)
        log.error("request_broken", route=route, exc_info=error)
        return pages.refusal(request, "console.refused.broken", 500)
