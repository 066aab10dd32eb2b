"""Gives the published language model to Rasa, which asks for it every few seconds."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Header
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from izin.errors import NotFound
from izin.ports.models import LanguageModels


def router(models: LanguageModels, token: str) -> APIRouter:
    """Serve ``/internal/model/<release>``: the archive, or 304 to whoever has it.

    403 without the token. 404 for a release that the published model does not fit: Rasa then
    keeps the model it has.
    """
    routes = APIRouter()

    @routes.get("/internal/model/{release}", include_in_schema=False)
    def model(release: str, token: str = "", if_none_match: str = Header("")) -> Response:
        if not allowed(token):
            raise HTTPException(403)
        published = models.published()
        if published is None or published.release != release:
            raise HTTPException(404)
        known = {
            # Rasa sends back what it was given, others quote it.
            "ETag": published.sha256,
            "filename": f"{published.sha256[:16]}.tar.gz",
        }
        if if_none_match.strip('"') == published.sha256:
            return Response(status_code=304, headers=known)
        try:
            archive = models.archive(published.id)
        except NotFound:
            raise HTTPException(404) from None
        return Response(archive, media_type="application/gzip", headers=known)

    def allowed(given: str) -> bool:
        return bool(token) and hmac.compare_digest(given.encode(), token.encode())

    return routes
