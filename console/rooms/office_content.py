"""Office, calendar, names, activities and everything else of the content."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/kantor"


def router(house: House) -> APIRouter:
    """Serve ``/isi/kantor``."""
    return Routes(BASE).router
