"""Ordinary complaints: list, work, states and deadlines."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.complaint_list import ComplaintList
from console.complaint_room import ComplaintRoom
from console.complaint_routes import add_room
from console.house import House
from console.routes import Routes
from izin.accounts import Permission

BASE = "/pengaduan"


def router(house: House) -> APIRouter:
    """Serve ``/pengaduan``."""
    routes, shown = Routes(BASE), ComplaintList(house, BASE, sealed=False)

    @routes.get("", Permission.COMPLAINTS)
    def all_complaints(request: Request) -> Response:
        return shown.page(request)

    @routes.get("/bagian", Permission.COMPLAINTS)
    def live_part(request: Request) -> Response:
        return shown.part(request)

    add_room(routes, ComplaintRoom(house, BASE, sealed=False), Permission.COMPLAINTS)
    return routes.router
