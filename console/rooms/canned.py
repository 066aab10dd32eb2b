"""Replies kept ready: listed, added, changed, switched off."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.conversations.holding import key_of
from console.door import session_of
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin.accounts import Permission
from izin.canned_replies import VARIABLES, CannedReply, checked
from izin.errors import InvalidInput

Words = Annotated[str, Form()]


def router(house: House) -> APIRouter:
    """Serve ``/balasan``."""
    routes = Routes("/balasan")
    own = Permission.CANNED_REPLIES

    def form(request: Request, reply: CannedReply, status: int = 200, wrong: str = "") -> Response:
        return house.pages.page(
            request, "canned/form.html", status, reply=reply, wrong=wrong, variables=VARIABLES,
            categories=sorted({item.category for item in house.canned.replies(active_only=False)}),
            once=uuid.uuid4().hex,
        )  # fmt: skip

    @routes.get("", own)
    def replies(request: Request, cari: str = "") -> Response:
        wanted = cari.strip().casefold()
        found = [
            item
            for item in house.canned.replies(active_only=False)
            if wanted in f"{item.title} {item.category} {item.text}".casefold()
        ]
        return house.pages.page(request, "canned/list.html", replies=found, wanted=cari.strip())

    @routes.get("/baru", own)
    def new(request: Request) -> Response:
        return form(request, CannedReply("", "", "", ""))

    @routes.post("/baru", own)
    def add(
        request: Request,
        title: Words = "",
        category: Words = "",
        text: Words = "",
        once: Words = "",
    ) -> Response:
        given = CannedReply("", title, category, text)
        account = session_of(request).account
        try:
            reply, key = checked(given), key_of(once)
        except InvalidInput as error:
            return form(request, given, 422, error.field or "text")
        with house.one_commit():
            reply_id = house.canned.add(reply, f"{account.id}:{key}")
            house.record(account, "balasan.tambah", "balasan", reply_id)
        return see_other("/balasan")

    @routes.get("/{reply_id}", own)
    def edit(request: Request, reply_id: str) -> Response:
        return form(request, house.canned.reply(reply_id))

    @routes.post("/{reply_id}", own)
    def change(
        request: Request,
        reply_id: str,
        title: Words = "",
        category: Words = "",
        text: Words = "",
        active: Words = "",
    ) -> Response:
        known = house.canned.reply(reply_id)
        given = CannedReply(known.id, title, category, text, bool(active))
        try:
            reply = checked(given)
        except InvalidInput as error:
            return form(request, given, 422, error.field or "text")
        with house.one_commit():
            house.canned.change(reply)
            house.record(
                session_of(request).account, "balasan.ubah", "balasan", reply.id,
                aktif=reply.active,
            )  # fmt: skip
        return see_other("/balasan")

    return routes.router
