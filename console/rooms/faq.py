"""Questions and answers: found, written, looked at as each channel shows them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from console.door import session_of
from console.editing.faq_form import typed
from console.editing.faq_page import BASE, FaqPage, answered, page_of, today
from console.editing.faq_preview import preview
from console.editing.faq_search import search
from console.editing.permit_saving import read_from
from console.house import House
from console.pages import HEADERS
from console.routes import Routes
from izin.accounts import Permission
from izin.ports.faq_shelf import STATES, FaqShelf, FaqWanted

SHOWN = 50
LONGEST_TOPIC = 60
_LAST_PAGE = 1_000_000


def router(house: House, shelf: FaqShelf) -> APIRouter:
    """Serve ``/isi/tanya-jawab``."""
    routes = Routes(BASE)
    own = Permission.CONTENT
    found, prepare = search(shelf, house.wording)

    @routes.get("", own)
    def answers(
        request: Request, cari: str = "", topik: str = "", keadaan: str = "", usang: str = "",
        tanpa_sumber: str = "", mulai: int = 0,
    ) -> Response:  # fmt: skip
        words = cari.strip()
        if not words:
            prepare()
        day, age = today(house), timedelta(days=house.settings.content_age_days)
        wanted = FaqWanted(
            topik, keadaan if keadaan in STATES else "", day - age if usang else None,
            bool(tanpa_sumber), found(words) if words else None,
        )  # fmt: skip
        start = min(max(mulai, 0), _LAST_PAGE)
        lines, total = shelf.lines(wanted, start, SHOWN)
        narrowed = {"cari": words, "topik": topik, "keadaan": wanted.state, "usang": usang,
                    "tanpa_sumber": tanpa_sumber}  # fmt: skip
        query = {name: value for name, value in narrowed.items() if value}
        return house.pages.page(
            request, "isi/faq/list.html", lines=lines, total=total, wanted=wanted, words=words,
            topics=shelf.topics(), states=STATES, today=day, old=day - age, narrowed=bool(query),
            age_days=age.days, first=_path(query) if start else None,
            more=_path({**query, "mulai": str(start + SHOWN)}) if start + SHOWN < total else None,
        )  # fmt: skip

    @routes.get("/baru", own)
    def new(request: Request, topik: str = "") -> Response:
        page = page_of(house, shelf, None)
        page.form.texts["topic"] = topik.replace("_", " ").strip()[:LONGEST_TOPIC]
        return page.shown(request)

    @routes.post("/baru", own)
    async def add(request: Request) -> Response:
        return await _sent(request, house, shelf, None)

    @routes.post("/pratinjau", own)
    async def look(request: Request) -> Response:
        form = typed(await _fields(request))

        def part() -> Response:
            page = FaqPage(house, shelf, page_of(house, shelf, None).opened, form)
            shown = () if form.wrong_days() else preview(house, page.document)
            text = house.pages.part(request, "isi/faq/preview.html", channels=shown)
            return HTMLResponse(text, headers=HEADERS)

        return await run_in_threadpool(part)

    @routes.get("/{key}", own)
    def answer(request: Request, key: str) -> Response:
        page = page_of(house, shelf, key)
        page.look()
        return page.shown(request)

    @routes.post("/{key}", own)
    async def change(request: Request, key: str) -> Response:
        return await _sent(request, house, shelf, key)

    return routes.router


async def _fields(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _sent(request: Request, house: House, shelf: FaqShelf, key: str | None) -> Response:
    fields, account = await _fields(request), session_of(request).account

    def answer() -> Response:
        page = page_of(house, shelf, key)
        page.form = typed(fields)
        return answered(request, page, fields.get("act", "save"), account, read_from(fields))

    return await run_in_threadpool(answer)


def _path(query: dict[str, str]) -> str:
    return f"{BASE}?{urlencode(query)}" if query else BASE
