"""Figures and complaints as CSV and XLSX."""

from __future__ import annotations

from fastapi import APIRouter

from console.house import House
from console.routes import Routes


def router(house: House) -> APIRouter:
    """Serve nothing yet."""
    return Routes().router
