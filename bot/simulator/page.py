"""The simulator's page: a phone in the browser."""

from __future__ import annotations

from fastapi import APIRouter


def router() -> APIRouter:
    """Serve the page; nothing yet besides the API."""
    return APIRouter()
