"""Training, judging and publishing the language model."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes

BASE = "/isi/model"


def router(house: House) -> APIRouter:
    """Serve ``/isi/model``."""
    return Routes(BASE).router
