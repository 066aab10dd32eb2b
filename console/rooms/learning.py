"""What was not understood, examples and regression cases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from console.conversations.holding import key_of
from console.door import session_of
from console.editing.learning_desk import LearningDesk
from console.editing.learning_index import Twin
from console.editing.learning_lists import add_lists
from console.house import House
from console.pages import see_other, with_flash
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import Conflict, InvalidInput, NotFound

BASE = "/isi/belajar"
LISTED = 25

Words = Annotated[str, Form()]
Many = Annotated[list[str], Form()]


def router(house: House, desk: LearningDesk) -> APIRouter:
    """Serve ``/isi/belajar``."""
    routes = Routes(BASE)
    own = Permission.CONTENT

    @routes.get("", own)
    def waiting(request: Request, mulai: int = 0) -> Response:
        after = max(0, mulai)
        clusters = desk.listening.clusters(after=after, limit=LISTED + 1)
        messages, groups = desk.listening.open_counts()
        latest = desk.latest()
        return house.pages.page(
            request, "isi/belajar/list.html", lines=desk.lines(clusters[:LISTED]), first=after,
            more=after + LISTED if len(clusters) > LISTED else None, messages=messages,
            groups=groups, latest=latest, once=uuid.uuid4().hex,
            latest_meaning=desk.meaning_words(latest.meaning) if latest else "",
            answer_waits=latest is not None and desk.teach.waits_for_answer(latest),
        )  # fmt: skip

    def one(
        request: Request, cluster_id: str, status: int = 200, *, texts: str | None = None,
        permit: str = "", wrong: str = "", twins: Sequence[Twin] = (), chosen: str = "",
        picked: Sequence[str] = (), words: str = "",
    ) -> Response:  # fmt: skip
        found = desk.listening.clusters(only=cluster_id)
        if not found:
            raise NotFound(f"cluster {cluster_id!r}")
        (line,) = desk.lines(found)
        messages = desk.listening.open_messages(cluster_id)[:200]
        return house.pages.page(
            request, "isi/belajar/cluster.html", status, line=line, messages=messages,
            texts=line.texts if texts is None else texts, permit=permit, wrong=wrong,
            twins=[(twin, desk.name(twin.intent)) for twin in twins], chosen=chosen,
            picked=picked, words=words, permits=desk.permit_options(),
            choices=desk.searched(words) if words.strip() else line.choices,
            intents=desk.intent_options(), once=uuid.uuid4().hex,
        )  # fmt: skip

    @routes.get("/kelompok/{cluster_id}", own)
    def cluster(request: Request, cluster_id: str, cari: str = "") -> Response:
        return one(request, cluster_id, words=cari)

    @routes.post("/kelompok/{cluster_id}", own)
    def decide(
        request: Request,
        cluster_id: str,
        choice: Words = "",
        other: Words = "",
        texts: Words = "",
        permit: Words = "",
        confirmed: Words = "",
        messages: Annotated[list[str] | None, Form()] = None,
        once: Words = "",
    ) -> Response:
        account = session_of(request).account
        chosen = f"intent:{other}" if choice == "other" else choice
        picked = messages or []

        def again(status: int, wrong: str, twins: Sequence[Twin] = ()) -> Response:
            return one(
                request, cluster_id, status, texts=texts, permit=permit, wrong=wrong,
                twins=twins, chosen=chosen, picked=picked,
            )  # fmt: skip

        try:
            meaning, key = desk.meaning(chosen, permit), key_of(once)
            if not confirmed and (twins := desk.twins([texts], meaning)):
                return again(422, "twin", twins)
            desk.settle(cluster_id, meaning, texts, picked, account, key)
        except InvalidInput as error:
            return again(422, error.field or "choice")
        except Conflict:
            return see_other(with_flash(BASE, "learning_taken"))
        return see_other(f"{BASE}#daftar")

    @routes.post("/keputusan/{decision_id}/urung", own)
    def undo(request: Request, decision_id: str) -> Response:
        account = session_of(request).account
        try:
            with house.one_commit():
                desk.teach.undo(decision_id, account)
                house.record(account, "belajar.urung", "keputusan", decision_id)
        except Conflict:
            return see_other(with_flash(BASE, "learning_stays"))
        return see_other(with_flash(BASE, "learning_undone"))

    add_lists(routes, house, desk)
    return routes.router
