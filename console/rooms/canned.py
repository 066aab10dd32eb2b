"""Replies kept ready: listed and searched here; changed as versions, like all content."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from console.editing.content_words import item_path
from console.editing.kind_pages import BASE
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin import content
from izin.accounts import Permission
from izin.content import ItemName


def router(house: House) -> APIRouter:
    """Serve ``/balasan``."""
    routes = Routes("/balasan")
    own = Permission.CANNED_REPLIES

    @routes.get("", own)
    def replies(request: Request, cari: str = "") -> Response:
        wanted = cari.strip().casefold()
        lines = [
            {"path": item_path(item.item), "item": item, "reply": shown.document}
            for item in house.content.items(content.CANNED)
            for shown in [item.open_version or item]
            if wanted in _searched(shown.document)
        ]
        return house.pages.page(
            request, "canned/list.html", lines=lines, wanted=cari.strip(),
            new=f"{BASE}/baru/{content.CANNED}",
        )  # fmt: skip

    @routes.get("/baru", own)
    def new(request: Request) -> Response:
        return see_other(f"{BASE}/baru/{content.CANNED}")

    @routes.get("/{reply_id}", own)
    def edit(request: Request, reply_id: str) -> Response:
        return see_other(item_path(house.content.item(ItemName(content.CANNED, reply_id)).item))

    return routes.router


def _searched(document: dict[str, str]) -> str:
    return f"{document['title']} {document['category']} {document['text']}".casefold()
