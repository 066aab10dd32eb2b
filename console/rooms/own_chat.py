"""A person's own Telegram chat, in which they are told of complaints' dates."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.door import session_of
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Permission
from izin.usecases.link_officer_chat import LinkOfficerChat, OfferedLink

_ANY = Permission.OWN_ACCOUNT


def router(house: House, link: LinkOfficerChat) -> APIRouter:
    """Serve ``/akun-saya/telegram``."""
    routes = Routes("/akun-saya/telegram")

    def page(request: Request, offered: OfferedLink | None = None) -> Response:
        linked = link.linked(session_of(request).account.id)
        return house.pages.page(request, "accounts/telegram.html", linked=linked, offered=offered)

    @routes.get("", _ANY)
    def own_chat(request: Request) -> Response:
        return page(request)

    @routes.post("/tautan", _ANY)
    def begin(request: Request) -> Response:
        account = session_of(request).account
        with house.one_commit():
            offered = link.begin(account.id, house.clock())
            house.record(account, "akun.telegram_tautan", "akun", account.id)
        # Shown in the answer itself: the code is stored as a hash only.
        return page(request, offered)

    @routes.post("/putus", _ANY)
    def unlink(request: Request) -> Response:
        account = session_of(request).account
        with house.one_commit():
            if link.unlink(account.id):
                house.record(account, "akun.telegram_putus", "akun", account.id)
        return see_other("/akun-saya/telegram")

    return routes.router
