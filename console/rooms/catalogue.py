"""Permits and fees."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/katalog"


def router(house: House) -> APIRouter:
    """Serve ``/isi/katalog``."""
    return Routes(BASE).router
