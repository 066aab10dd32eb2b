"""The house's health: every check, what to do, and quiet for alarms that somebody looks after."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from console.door import session_of
from console.health_view import HealthView
from console.house import House
from console.pages import HEADERS, see_other, with_flash
from console.routes import Routes
from izin.accounts import Permission
from izin.alarms import MUTE_HOURS
from izin.errors import NotFound
from izin.health import Check
from izin.ports.health import AlarmBook

BASE = "/kesehatan"


def router(house: House, book: AlarmBook, view: HealthView) -> APIRouter:
    """Serve ``/kesehatan``."""
    routes = Routes(BASE)

    @routes.get("", Permission.HEALTH)
    def overview(request: Request) -> Response:
        view.fresh_sign()
        return house.pages.page(
            request, "health/page.html", health=view.page(), mute_hours=MUTE_HOURS
        )

    @routes.get("/bagian", Permission.HEALTH)
    def part(request: Request) -> Response:
        shown = house.pages.part(
            request, "health/checks.html", health=view.page(), mute_hours=MUTE_HOURS
        )
        return HTMLResponse(shown, headers=HEADERS)

    @routes.get("/tanda", Permission.HEALTH)
    def sign(request: Request) -> Response:
        view.fresh_sign()
        return HTMLResponse(house.pages.part(request, "health/sign.html"), headers=HEADERS)

    @routes.post("/{name}/bisukan", Permission.HEALTH)
    def mute(request: Request, name: str, jam: Annotated[int, Form()] = MUTE_HOURS[0]) -> Response:
        check, account = _check(name), session_of(request).account
        hours = jam if jam in MUTE_HOURS else MUTE_HOURS[0]
        return _kept(
            lambda: book.mute(check, house.clock() + timedelta(hours=hours), account.id),
            lambda: house.record(account, "kesehatan.bisukan", "alarm", check.value, jam=hours),
            "health_muted",
        )

    @routes.post("/{name}/bunyikan", Permission.HEALTH)
    def ring(request: Request, name: str) -> Response:
        check, account = _check(name), session_of(request).account
        return _kept(
            lambda: book.mute(check, None, account.id),
            lambda: house.record(account, "kesehatan.bunyikan", "alarm", check.value),
            "health_rings",
        )

    def _kept(change, record, flash: str) -> Response:  # type: ignore[no-untyped-def]
        try:
            with house.one_commit():
                change()
                record()
        except NotFound:
            return see_other(with_flash(BASE, "health_over"))
        view.fresh_sign()
        return see_other(with_flash(BASE, flash))

    return routes.router


def _check(name: str) -> Check:
    try:
        return Check(name)
    except ValueError:
        raise NotFound(f"check {name!r}") from None
