"""The monthly report, to print or save."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes


def router(house: House) -> APIRouter:
    """Serve nothing yet."""
    return Routes().router
