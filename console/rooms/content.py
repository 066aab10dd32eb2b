"""What waits for editors, and versions of every kind of content."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi"


def router(house: House) -> APIRouter:
    """Serve ``/isi``."""
    return Routes(BASE).router
