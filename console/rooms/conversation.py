"""One conversation: history, claim, answers, notes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from console.conversations.holding import add_holding
from console.conversations.page import REVEAL_REASONS, ConversationPage
from console.conversations.sending import add_sending
from console.house import House
from console.pages import HEADERS
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import RegistryUnavailable


def router(house: House) -> APIRouter:
    """Serve ``/percakapan/{id}`` and what its forms do."""
    routes = Routes("/percakapan")
    pages = ConversationPage(house)

    @routes.get("/{conversation_id}", Permission.CONVERSATIONS)
    def conversation(request: Request, conversation_id: str, sebelum: str = "") -> Response:
        account = pages.visitor(request, conversation_id)
        with house.one_commit():
            house.desk.see(conversation_id, account.id, house.clock())
            house.record(account, "percakapan.buka", "percakapan", conversation_id)
        return pages.show(request, conversation_id, before=sebelum or None)

    @routes.get("/{conversation_id}/riwayat", Permission.CONVERSATIONS)
    def history(request: Request, conversation_id: str) -> Response:
        account = pages.visitor(request, conversation_id)
        with house.one_commit():
            house.desk.see(conversation_id, account.id, house.clock())
            house.record(account, "percakapan.baca", "percakapan", conversation_id)
        context = pages.part_context(conversation_id, account)
        return _part(house.pages.part(request, "conversation/history.html", **context))

    @routes.get("/{conversation_id}/keadaan", Permission.CONVERSATIONS)
    def state(request: Request, conversation_id: str) -> Response:
        account = pages.visitor(request, conversation_id)
        context = pages.part_context(conversation_id, account)
        return _part(house.pages.part(request, "conversation/state.html", **context))

    @routes.post("/{conversation_id}/buka-data", Permission.CONVERSATIONS)
    def reveal(
        request: Request,
        conversation_id: str,
        what: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
    ) -> Response:
        account = pages.visitor(request, conversation_id)
        if what not in ("nomor", "nama") or reason not in REVEAL_REASONS:
            text = house.wording.say("room.wrong.reveal")
            return pages.show(request, conversation_id, 422, error=text, wrong="reveal")
        phone = house.room.head(conversation_id).verified_phone
        shown: dict[str, object] = {}
        if what == "nomor":
            shown["revealed"] = phone
        else:
            shown["revealed_names"] = _names(house, phone)
        house.record(
            account, f"percakapan.buka_{what}", "percakapan", conversation_id, alasan=reason
        )
        return pages.show(request, conversation_id, **shown)

    add_holding(routes, house, pages)
    add_sending(routes, house, pages)
    return routes.router


def _names(house: House, phone: str | None) -> dict[str, str]:
    try:
        found = house.registry.of_phone(phone) if phone else ()
    except RegistryUnavailable:
        return {}
    return {item.number: item.applicant_name for item in found}


def _part(html: str) -> Response:
    return HTMLResponse(html, headers=HEADERS)
