"""Signing in and out, and the first page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.door import COOKIE, session_of
from console.house import House
from console.pages import MENU, own_path, see_other
from console.routes import PUBLIC, Routes
from console.signing import SignIn
from izin.accounts import Permission


def router(house: House) -> APIRouter:
    """Serve ``/masuk``, ``/keluar`` and ``/``."""
    routes = Routes()
    signing = SignIn(house.accounts, house.sessions, house.clock)

    @routes.get("/", Permission.OWN_ACCOUNT)
    def first_page(request: Request) -> Response:
        account = session_of(request).account
        rooms = [item.path for item in MENU if account.may(item.permission)]
        return see_other(rooms[0] if rooms else "/akun-saya")

    @routes.get("/masuk", PUBLIC)
    def form(request: Request, to: str = "/") -> Response:
        return house.pages.page(request, "sign_in.html", to=own_path(to), failed=False, login="")

    @routes.post("/masuk", PUBLIC)
    def sign_in(
        request: Request,
        login: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        to: Annotated[str, Form()] = "/",
    ) -> Response:
        opened = signing.open(login.strip(), password)
        if opened is None:
            return house.pages.page(
                request, "sign_in.html", 401, to=own_path(to), failed=True, login=login.strip()
            )
        session, secret = opened
        house.record(session.account, "akun.masuk", "akun", session.account.id)
        answer = see_other(own_path(to))
        answer.set_cookie(
            COOKIE, secret, httponly=True, samesite="lax", path="/",
            secure=house.settings.console_url.startswith("https://"),
        )  # fmt: skip
        return answer

    @routes.post("/keluar", Permission.OWN_ACCOUNT)
    def sign_out(request: Request) -> Response:
        session = session_of(request)
        house.sessions.revoke(session.id, house.clock())
        house.record(session.account, "akun.keluar", "akun", session.account.id)
        answer = see_other("/masuk")
        answer.delete_cookie(COOKIE, path="/")
        return answer

    return routes.router
