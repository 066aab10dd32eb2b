"""Questions and answers."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/tanya-jawab"


def router(house: House) -> APIRouter:
    """Serve ``/isi/tanya-jawab``."""
    return Routes(BASE).router
