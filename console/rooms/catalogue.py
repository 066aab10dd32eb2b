"""Permits and fees."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from console.door import session_of
from console.editing import fee_page
from console.editing.content_words import ContentWords
from console.editing.permit_form import of_fields
from console.editing.permit_list import STATES, permit_lines
from console.editing.permit_page import BASE, answered, begun, page_of
from console.editing.permit_saving import opened, read_from
from console.house import House
from console.routes import Routes
from izin.accounts import Permission
from izin.content import FEE_TABLE, PERMIT, ItemName
from izin.errors import NotFound
from izin.ports.catalogue_history import CatalogueHistory
from izin.words import fold

MOST_LISTED = 50


def router(house: House, history: CatalogueHistory) -> APIRouter:
    """Serve ``/isi/katalog``."""
    routes = Routes(BASE)
    own = Permission.CONTENT

    @routes.get("", own)
    def permits(request: Request, cari: str = "", sektor: str = "", keadaan: str = "") -> Response:
        lines = permit_lines(house, _today(house))
        state = keadaan if keadaan in STATES else ""
        found = [
            line
            for line in lines
            if line.is_named(fold(cari))
            and (not sektor or line.permit.sector == sektor)
            and (not state or line.stands(state))
        ]
        return house.pages.page(
            request, "isi/katalog/list.html", lines=found, wanted=cari.strip(), sector=sektor,
            state=state, states=STATES, count=len(lines),
            sectors=sorted({line.permit.sector for line in lines}),
            tables=[item for item in house.content.items(FEE_TABLE)
                    if house.wording.has(f"catalogue.table.{item.item.key}")],
        )  # fmt: skip

    @routes.get("/baru", own)
    def new(request: Request) -> Response:
        return page_of(house, begun()).shown(request)

    @routes.post("/baru", own)
    async def add(request: Request) -> Response:
        return await _sent(request, house, None)

    @routes.get("/biaya/{name}", own)
    def table(request: Request, name: str) -> Response:
        return fee_page.page_of(house, _table(house, name)).shown(request)

    @routes.post("/biaya/{name}", own)
    async def change_table(request: Request, name: str) -> Response:
        items = (await request.form()).multi_items()
        account = session_of(request).account

        def answer() -> Response:
            return fee_page.answered(request, house, _table(house, name), items, account)

        return await run_in_threadpool(answer)

    @routes.get("/{code}", own)
    def permit(request: Request, code: str) -> Response:
        return page_of(house, opened(house, ItemName(PERMIT, code))).shown(request)

    @routes.post("/{code}", own)
    async def change(request: Request, code: str) -> Response:
        return await _sent(request, house, code)

    @routes.get("/{code}/perubahan", own)
    def changes(request: Request, code: str, mulai: int = 0) -> Response:
        item = house.content.item(ItemName(PERMIT, code))
        table = item.document["fee"]["calculator"]
        begin = min(max(mulai, 0), 100_000)
        found = history.of_permit(code, [table] if table else [], MOST_LISTED + 1, begin)
        words = ContentWords(house)
        path = f"{BASE}/{code}/perubahan"
        return house.pages.page(
            request, "isi/katalog/changes.html", permit=item.document,
            shown=words.versions(found[:MOST_LISTED]), first=path if begin else None,
            more=f"{path}?mulai={begin + MOST_LISTED}" if len(found) > MOST_LISTED else None,
        )  # fmt: skip

    return routes.router


async def _sent(request: Request, house: House, code: str | None) -> Response:
    """Answer the form of a permit; ``code`` is None for a new one."""
    items = (await request.form()).multi_items()
    account = session_of(request).account
    typed = {name: value for name, value in items if isinstance(value, str)}

    def answer() -> Response:
        known = begun() if code is None else opened(house, ItemName(PERMIT, code))
        form = of_fields(items, code or "")
        return answered(
            request, house, known, form, account, typed.get("act", "save"),
            read_from(typed),
        )  # fmt: skip

    return await run_in_threadpool(answer)


def _table(house: House, name: str) -> fee_page.Opened:
    """Open a fee table that has a form.

    Raises:
        NotFound: There is none.
    """
    if not house.wording.has(f"catalogue.table.{name}"):
        raise NotFound(f"fee table {name!r}")
    return opened(house, ItemName(FEE_TABLE, name))


def _today(house: House) -> date:
    return house.clock().astimezone(house.office.office().zone).date()
