"""A person's own account."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.house import House
from console.routes import Routes
from izin.accounts import Permission


def router(house: House) -> APIRouter:
    """Serve ``/akun-saya``."""
    routes = Routes("/akun-saya")

    @routes.get("", Permission.OWN_ACCOUNT)
    def own_account(request: Request) -> Response:
        return house.pages.page(request, "own_account.html")

    return routes.router
