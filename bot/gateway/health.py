"""Is this process alive, and can a citizen be answered right now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Check = Callable[[], Awaitable[bool]]
CHECK_TIMEOUT_S = 3.0


def router(checks: Mapping[str, Check]) -> APIRouter:
    """Serve ``/healthz`` (200 while alive) and ``/readyz`` (200 only when every check passes)."""
    routes = APIRouter()

    @routes.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz")
    async def readyz() -> JSONResponse:
        results = await asyncio.gather(*(_passes(check) for check in checks.values()))
        parts = dict(zip(checks, results, strict=True))
        ready = all(results)
        return JSONResponse({"ready": ready, "parts": parts}, status_code=200 if ready else 503)

    return routes


async def _passes(check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), CHECK_TIMEOUT_S)
    except Exception:
        # Whatever a check raises, the part it asks for is not ready.
        return False
