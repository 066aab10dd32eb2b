"""Content out to files and in from files."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/berkas"


def router(house: House) -> APIRouter:
    """Serve ``/isi/berkas``."""
    return Routes(BASE).router
