"""Training, judging and publishing the language model."""

from __future__ import annotations

import uuid
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Engine

from console.conversations.holding import key_of
from console.door import session_of
from console.editing.model_parts import ModelParts, model_parts
from console.editing.model_view import ModelView
from console.house import House
from console.pages import HEADERS, see_other, with_flash
from console.routes import Routes
from izin.accounts import Permission
from izin.errors import Conflict, InvalidInput
from izin.language_models import TrainingState
from ops.nlu_training import TRAINER

log = structlog.get_logger()

BASE = "/isi/model"

Words = Annotated[str, Form()]


def router(house: House, engine: Engine) -> APIRouter:
    """Serve ``/isi/model``."""
    parts = model_parts(house, engine)
    routes = Routes(BASE)
    _add_training(routes, house, parts)
    _add_models(routes, house, parts)
    return routes.router


def _add_training(routes: Routes, house: House, parts: ModelParts) -> None:
    view = ModelView(house, parts)

    @routes.get("", Permission.CONTENT)
    def overview(request: Request, after: Annotated[int, Query(ge=0, le=100_000)] = 0) -> Response:
        return house.pages.page(
            request, "isi/model/list.html", once=uuid.uuid4().hex, **view.live(),
            **view.overview(after),
        )  # fmt: skip

    @routes.get("/keadaan", Permission.CONTENT)
    def live(request: Request) -> Response:
        shown = view.live()
        return HTMLResponse(
            house.pages.part(request, "isi/model/live.html", **shown), headers=HEADERS
        )

    @routes.post("/latih", Permission.CONTENT)
    def train(request: Request, once: Words = "") -> Response:
        account = session_of(request).account
        try:
            key = f"{account.id}:{key_of(once)}"
            with house.one_commit():
                training = parts.trainings.ask(account.id, key, house.clock())
                house.record(account, "model.latih", "latihan", training.id)
        except Conflict:
            return see_other(with_flash(BASE, "model_busy"))
        try:
            house.programs.start(TRAINER, training.id)
        except OSError as error:
            log.error("trainer_not_started", reason=str(error))
            parts.trainings.end(
                training.id, TrainingState.FAILED, house.clock(), error="not_started"
            )
        return see_other(BASE)

    @routes.post("/latihan/{training_id}/batal", Permission.CONTENT)
    def cancel(request: Request, training_id: str) -> Response:
        training = parts.trainings.training(training_id)
        with house.one_commit():
            parts.trainings.cancel(training.id)
            house.record(session_of(request).account, "model.batal", "latihan", training.id)
        return see_other(BASE)


def _add_models(routes: Routes, house: House, parts: ModelParts) -> None:
    view = ModelView(house, parts)

    def detail(request: Request, model_id: str, status: int = 200, **typed: str) -> Response:
        shown = view.detail(parts.models.model(model_id), session_of(request).account)
        kept = {"wrong": "", "reason": "", **typed}
        return house.pages.page(request, "isi/model/detail.html", status, **shown, **kept)

    @routes.get("/{model_id}", Permission.CONTENT)
    def show(request: Request, model_id: str) -> Response:
        return detail(request, model_id)

    @routes.post("/{model_id}/terbitkan", Permission.CONTENT)
    def publish(request: Request, model_id: str, reason: Words = "") -> Response:
        account = session_of(request).account
        try:
            with house.one_commit():
                model = parts.publish.publish(model_id, account, reason)
                house.record(
                    account, "model.terbitkan", "model", model.id, nomor=model.number,
                    ditolak_gerbang=bool(model.verdict),
                )  # fmt: skip
        except InvalidInput as error:
            return detail(request, model_id, 422, wrong=error.field or "archive", reason=reason)
        except Conflict:
            return see_other(with_flash(BASE, "model_published_already"))
        return see_other(with_flash(BASE, "model_published"))
