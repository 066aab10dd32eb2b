"""Confidential and anonymous complaints, for the few who may read them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.complaint_list import ComplaintList
from console.complaint_room import ComplaintRoom
from console.complaint_routes import add_room
from console.house import House
from console.routes import Routes
from izin.accounts import Permission

BASE = "/pengaduan-tertutup"


def router(house: House) -> APIRouter:
    """Serve ``/pengaduan-tertutup``."""
    routes, shown = Routes(BASE), ComplaintList(house, BASE, sealed=True)

    @routes.get("", Permission.SEALED_COMPLAINTS)
    def all_sealed(request: Request) -> Response:
        return shown.page(request)

    @routes.get("/bagian", Permission.SEALED_COMPLAINTS)
    def sealed_live_part(request: Request) -> Response:
        return shown.part(request)

    add_room(routes, ComplaintRoom(house, BASE, sealed=True), Permission.SEALED_COMPLAINTS)
    return routes.router
