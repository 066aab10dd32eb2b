"""Office, calendar, names, activities and everything else of the content."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from console.editing import kind_holidays as holidays
from console.editing import kind_lists as lists
from console.editing import kind_saving as saving
from console.editing.content_words import item_path
from console.editing.kind_pages import BASE, FormPage
from console.house import House
from console.pages import see_other
from console.routes import Routes
from izin import content
from izin.accounts import Permission
from izin.content import ItemName
from izin.ports.faq_shelf import FaqShelf

OWN = Permission.CONTENT


def router(house: House, shelf: FaqShelf) -> APIRouter:
    """Serve ``/isi/kantor``."""
    routes = Routes(BASE)

    @routes.get("", OWN)
    def kinds(request: Request) -> Response:
        return lists.index(house, request)

    @routes.get("/instansi-lain", OWN)
    def agencies(request: Request, mulai: str = "") -> Response:
        return lists.agencies(house, request, shelf, mulai)

    @routes.get("/libur/tempel", OWN)
    def paste(request: Request, tahun: str = "") -> Response:
        return holidays.paste_page(house, request, tahun)

    @routes.post("/libur/tempel", OWN)
    async def pasted(request: Request) -> Response:
        return await run_in_threadpool(holidays.pasted, house, request, await _sent(request))

    @routes.post("/libur/setujui", OWN)
    async def approve(request: Request) -> Response:
        return await run_in_threadpool(holidays.approved, house, request, await _sent(request))

    _forms(routes, house)
    return routes.router


def _forms(routes: Routes, house: House) -> None:
    @routes.get("/baru/{kind}", OWN)
    def new(request: Request, kind: str) -> Response:
        return FormPage(house, request, saving.begun(kind)).shown()

    @routes.post("/baru/{kind}", OWN)
    async def add(request: Request, kind: str) -> Response:
        sent = await _sent(request)
        page = FormPage(house, request, saving.begun(kind), sent)
        return await run_in_threadpool(page.taken)

    @routes.get("/{kind}", OWN)
    def items(request: Request, kind: str, cari: str = "", mulai: str = "") -> Response:
        form = saving.form_of(kind)
        if kind == content.OFFICE:
            return see_other(item_path(ItemName(kind, "office")))
        if kind == content.HOLIDAY:
            return holidays.years(house, request, cari)
        return lists.items(house, request, form, cari.strip(), mulai)

    @routes.get("/{kind}/{key:path}", OWN)
    def edit(request: Request, kind: str, key: str) -> Response:
        return FormPage(house, request, saving.opened(house, kind, key)).shown()

    @routes.post("/{kind}/{key:path}", OWN)
    async def change(request: Request, kind: str, key: str) -> Response:
        sent = await _sent(request)

        def answer() -> Response:
            return FormPage(house, request, saving.opened(house, kind, key), sent).taken()

        return await run_in_threadpool(answer)


async def _sent(request: Request) -> dict[str, str]:
    """Give the texts of a form; the last one counts where a name stands twice."""
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}
