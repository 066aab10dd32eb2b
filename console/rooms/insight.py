"""What citizens ask, miss and call things."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/wawasan"


def router(house: House) -> APIRouter:
    """Serve ``/isi/wawasan``."""
    return Routes(BASE).router
