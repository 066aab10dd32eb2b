"""Chats with drafts."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/coba"


def router(house: House) -> APIRouter:
    """Serve ``/isi/coba``."""
    return Routes(BASE).router
