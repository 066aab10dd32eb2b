"""What was not understood, examples and regression cases."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/belajar"


def router(house: House) -> APIRouter:
    """Serve ``/isi/belajar``."""
    return Routes(BASE).router
