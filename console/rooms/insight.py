"""What citizens ask, miss and call things."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import Engine

from console.door import session_of
from console.editing.content_words import ContentWords, item_path
from console.editing.insight_page import PERIODS, InsightSources, insight, known_names
from console.editing.trail import record_item, record_version
from console.house import House
from console.pages import see_other, with_flash
from console.routes import Routes
from izin.accounts import Permission
from izin.content import PERMIT, ItemName, VersionState
from izin.errors import Conflict, InvalidInput
from izin.storage.postgres.content_overview import PostgresContentOverview
from izin.storage.postgres.learning_messages import PostgresListening
from izin.storage.postgres.name_hints import PostgresNameHints
from izin.words import fold

BASE = "/isi/wawasan"
LONGEST_NAME = 80

Words = Annotated[str, Form()]


def router(house: House, engine: Engine) -> APIRouter:
    """Serve ``/isi/wawasan``."""
    routes = Routes(BASE)
    own = Permission.CONTENT
    hints = PostgresNameHints(engine)
    sources = InsightSources(PostgresContentOverview(engine), PostgresListening(engine), hints)

    @routes.get("", own)
    def page(request: Request, hari: str = "") -> Response:
        days = int(hari) if hari in map(str, PERIODS) else PERIODS[1]
        return house.pages.page(
            request, "isi/insight.html", shown=insight(house, sources, days), periods=PERIODS,
            kind=ContentWords(house).kind, path_of=item_path,
        )  # fmt: skip

    @routes.post("/sebutan", own)
    def add_name(request: Request, izin: Words = "", sebutan: Words = "") -> Response:
        """Begin a draft of the permit with the name, or put it into the open draft."""
        account, name = session_of(request).account, _name(sebutan)
        item = house.content.item(ItemName(PERMIT, izin))
        opened = item.open_version
        if opened is not None and opened.state is not VersionState.DRAFT:
            return see_other(with_flash(f"/isi/versi/{opened.id}", "insight_waits"))
        if name in {fold(known) for known in known_names(house)}:
            return see_other(with_flash(BASE, "insight_known"))
        document = dict(opened.document if opened else item.document)
        synonyms = list(document["synonyms"])
        if name not in map(fold, synonyms):
            synonyms.append(name)
        document["synonyms"] = synonyms
        live = opened.live if opened else item.live
        try:
            with house.one_commit():
                draft = house.edit_content.put(
                    item.item, document, live, account, opened.id if opened else "",
                    opened.edits if opened else 0, item.base,
                )  # fmt: skip
                record_version(house, account, "isi.ubah", draft)
        except Conflict:
            return see_other(with_flash(BASE, "insight_again"))
        return see_other(with_flash(f"/isi/versi/{draft.id}", "insight_added"))

    @routes.post("/sebutan/bukan", own)
    def refuse_name(request: Request, izin: Words = "", sebutan: Words = "") -> Response:
        account, name = session_of(request).account, _name(sebutan)
        item = house.content.item(ItemName(PERMIT, izin))
        with house.one_commit():
            hints.refuse(item.item.key, name)
            record_item(house, account, "isi.bukan_sebutan", item.item)
        return see_other(with_flash(BASE, "insight_refused"))

    return routes.router


def _name(typed: str) -> str:
    """Give a name in small letters.

    Raises:
        InvalidInput: It holds no word, or is too long.
    """
    name = fold(typed)
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInput("no name", field="sebutan")
    return name
