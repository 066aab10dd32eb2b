"""Whether the console can serve."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from console.routes import PUBLIC, Routes
from izin.storage.postgres import health


def router(engine: Engine) -> APIRouter:
    """Serve ``/healthz`` (200 while alive) and ``/readyz`` (200 when the database answers)."""
    routes = Routes()

    @routes.get("/healthz", PUBLIC)
    def healthz() -> JSONResponse:
        return JSONResponse({"ok": True})

    @routes.get("/readyz", PUBLIC)
    def readyz() -> JSONResponse:
        health.ping(engine)
        return JSONResponse({"ok": True})

    return routes.router
