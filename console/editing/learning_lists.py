"""Pages of training examples and regression cases: seen, searched, switched off, added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response

from console.door import session_of
from console.editing.learning_desk import LearningDesk
from console.editing.learning_index import Twin
from console.house import House
from console.pages import see_other, with_flash
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import Conflict, InvalidInput

BASE = "/isi/belajar"
LISTED = 50

EXAMPLES, CASES = "contoh", "kasus"

Words = Annotated[str, Form()]


def add_lists(routes: Routes, house: House, desk: LearningDesk) -> None:
    """Serve ``/contoh`` and ``/kasus``."""
    own = Permission.CONTENT

    def listed(
        request: Request, kind: str, status: int = 200, *, intent: str = "", words: str = "",
        active: str = "", after: int = 0, form: dict[str, str] | None = None, wrong: str = "",
        twins: Sequence[Twin] = (),
    ) -> Response:  # fmt: skip
        list_of = desk.learning.list_examples if kind == EXAMPLES else desk.learning.list_cases
        items = list_of(
            intent=intent, words=words, active={"ya": True, "tidak": False}.get(active),
            after=after, limit=LISTED + 1,
        )  # fmt: skip
        shown = items[:LISTED]
        return house.pages.page(
            request, "isi/belajar/items.html", status, kind=kind, items=shown,
            names=dict(desk.intent_options()), intent=intent,
            words=words, active=active, first=after,
            more=after + LISTED if len(items) > LISTED else None,
            people=desk.people([item.added_by for item in shown]),
            intents=desk.intent_options(), permits=desk.permit_options(), form=form or {},
            wrong=wrong, twins=[(twin, desk.name(twin.intent)) for twin in twins],
        )  # fmt: skip

    def add_kind(kind: str) -> None:
        @routes.get(f"/{kind}", own, name=f"learning_{kind}")
        def page(
            request: Request, maksud: str = "", cari: str = "", dipakai: str = "", mulai: int = 0
        ) -> Response:
            return listed(
                request, kind, intent=maksud, words=cari, active=dipakai, after=max(0, mulai)
            )

        @routes.post(f"/{kind}", own, name=f"learning_{kind}_add")
        def add(
            request: Request,
            texts: Words = "",
            intent: Words = "",
            permit: Words = "",
            faq: Words = "",
            both: Words = "",
            confirmed: Words = "",
        ) -> Response:
            account = session_of(request).account
            form = {"texts": texts, "intent": intent, "permit": permit, "faq": faq, "both": both}
            chosen = f"faq:{faq.strip()}" if faq.strip() else f"intent:{intent}"
            try:
                meaning = desk.meaning(chosen, permit)
                if not confirmed and (twins := desk.twins([texts], meaning)):
                    return listed(request, kind, 422, form=form, wrong="twin", twins=twins)
                with house.one_commit():
                    new = desk.teach.add(
                        meaning, [texts], account, cases=bool(both) or kind == CASES,
                        examples=bool(both) or kind == EXAMPLES,
                    )  # fmt: skip
                    house.record(
                        account, "belajar.tambah", kind, meaning.faq or meaning.intent, jumlah=new
                    )
            except InvalidInput as error:
                return listed(request, kind, 422, form=form, wrong=error.field or "choice")
            return see_other(with_flash(f"{BASE}/{kind}", "saved"))

        @routes.post(f"/{kind}/{{item_id}}", own, name=f"learning_{kind}_switch")
        def switch(request: Request, item_id: str, active: Words = "") -> Response:
            account = session_of(request).account
            change = desk.learning.switch_example if kind == EXAMPLES else desk.learning.switch_case
            try:
                with house.one_commit():
                    change(item_id, bool(active))
                    house.record(account, f"belajar.{kind}", kind, item_id, dipakai=bool(active))
            except Conflict:
                return see_other(with_flash(f"{BASE}/{kind}", "learning_equal"))
            return see_other(with_flash(f"{BASE}/{kind}", "saved"))

    for kind in (EXAMPLES, CASES):
        add_kind(kind)
