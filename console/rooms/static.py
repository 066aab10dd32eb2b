"""Serves style, script and pictures."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from console.pages import with_headers
from console.routes import PUBLIC, Routes
from console.static_files import read

_LASTING = {"Cache-Control": "public, max-age=31536000, immutable"}


def router() -> APIRouter:
    """Serve ``/static/<version>/<name>``; the version lets a browser keep the file for good."""
    routes = Routes()

    @routes.get("/static/{version}/{name}", PUBLIC)
    def file(version: str, name: str) -> Response:
        content, media_type = read(name)
        return with_headers(Response(content, media_type=media_type), _LASTING)

    return routes.router
